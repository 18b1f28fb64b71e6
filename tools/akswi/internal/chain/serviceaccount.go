package chain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// serviceAccount checks link 3: the service account exists, and names the client id of this
// identity or of a workload with which this one shares it.
func (c *Chain) serviceAccount(ctx context.Context, t target, f *findings) Result {
	if c.Kubernetes == nil {
		return unchecked(LinkServiceAccount, fmt.Sprintf("no cluster to ask: %v", c.KubernetesErr), kubeconfigRemedy)
	}
	namespace, name := t.federation.Namespace, t.federation.ServiceAccount
	account, err := c.Kubernetes.CoreV1().ServiceAccounts(namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		what := fmt.Sprintf("service account %s/%s does not exist", namespace, name)
		if _, err := c.Kubernetes.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{}); apierrors.IsNotFound(err) {
			what = fmt.Sprintf("namespace %s does not exist", namespace)
		}
		return broken(LinkServiceAccount, what, "run `pulumi up --refresh`, or deploy the chart that brings the service account").asTransient()
	}
	if err != nil {
		return clusterError(LinkServiceAccount, err)
	}
	owner := t.otherWorkload(account.Annotations[azwi.AnnotationClientID])
	if r, wrong := t.checkAnnotations(account.Annotations, owner != nil); wrong {
		return r
	}
	if owner != nil {
		f.defaultClientID = owner.ClientID
		return ok(LinkServiceAccount, fmt.Sprintf("%s/%s is shared: the default identity is workload %s;\npods pass client id %s to the SDK",
			namespace, name, owner.Name, t.workload.ClientID))
	}
	f.defaultClientID = ""
	return ok(LinkServiceAccount, fmt.Sprintf("%s/%s names client id %s", namespace, name, t.workload.ClientID))
}

// otherWorkload returns the other workload of these outputs that has the client id and trusts the
// same service account, or nil. The annotation is only a default: pods may pass any client id that
// trusts their token to the SDK (azidentity, WorkloadIdentityCredentialOptions.ClientID). A
// workload that does not trust the service account does not count: as a default it would fail.
func (t target) otherWorkload(clientID string) *outputs.Workload {
	if strings.EqualFold(clientID, t.workload.ClientID) {
		return nil
	}
	for i, w := range t.stack.Workloads {
		if strings.EqualFold(clientID, w.ClientID) && slices.ContainsFunc(w.Federations, t.sameServiceAccount) {
			return &t.stack.Workloads[i]
		}
	}
	return nil
}

// sameServiceAccount reports whether a federation trusts the same service account of the same
// cluster.
func (t target) sameServiceAccount(f outputs.Federation) bool {
	return f.Issuer == t.federation.Issuer && f.Namespace == t.federation.Namespace && f.ServiceAccount == t.federation.ServiceAccount
}

const annotationRemedy = "run `pulumi up --refresh` to correct the annotation, then restart the pods: they keep what they started with"

// checkAnnotations compares a service account's annotations with the identity, by the rules of
// webhook v1.6.0. The client id of a shared service account is another workload's and not compared.
func (t target) checkAnnotations(annotations map[string]string, shared bool) (r Result, wrong bool) {
	clientID := annotations[azwi.AnnotationClientID]
	if strings.TrimSpace(clientID) == "" {
		return broken(LinkServiceAccount, "annotation "+azwi.AnnotationClientID+" is missing: the webhook then injects no client id and reports no error",
			annotationRemedy), true
	}
	if !shared && !strings.EqualFold(clientID, t.workload.ClientID) {
		how := difference(t.workload.ClientID, clientID)
		if strings.EqualFold(clientID, t.workload.PrincipalID) {
			how = "holds the identity's principal id (object id) instead of its client id"
		}
		return wrongAnnotation(azwi.AnnotationClientID, how, t.workload.ClientID, clientID).predicting(entra.CodeApplication), true
	}
	tenant, present := annotations[azwi.AnnotationTenantID]
	if present && tenant == "" {
		return broken(LinkServiceAccount, fmt.Sprintf("annotation %s is empty: that removes %s from the pods", azwi.AnnotationTenantID, azwi.EnvTenantID),
			annotationRemedy), true
	}
	if present && !strings.EqualFold(tenant, t.workload.TenantID) {
		how := difference(t.workload.TenantID, tenant)
		return wrongAnnotation(azwi.AnnotationTenantID, how, t.workload.TenantID, tenant).predicting(entra.CodeTenant), true
	}
	if text, present := annotations[azwi.AnnotationTokenExpiration]; present {
		seconds, err := strconv.Atoi(text)
		if err != nil || azwi.ValidateTokenExpiration(seconds) != nil {
			return broken(LinkServiceAccount,
				fmt.Sprintf("annotation %s is %q: the webhook refuses every pod of this service account", azwi.AnnotationTokenExpiration, text),
				fmt.Sprintf("set it to whole seconds from %d to %d and run `pulumi up`", azwi.MinTokenExpirationSeconds, azwi.MaxTokenExpirationSeconds)), true
		}
	}
	return Result{}, false
}

// wrongAnnotation returns the result for an annotation with a wrong value.
func wrongAnnotation(name, how, want, have string) Result {
	return broken(LinkServiceAccount, fmt.Sprintf("annotation %s %s\n%s\n%s", name, how, valueLine("needed", want), valueLine("annotated", have)), annotationRemedy)
}

const kubeconfigRemedy = "run this against the stack that has the cluster's kubeconfig, from where the API server can be reached"

// clusterError explains an error of the API server that tells nothing about the workload.
func clusterError(l Link, err error) Result {
	switch {
	case apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err):
		return unchecked(l, "the kubeconfig's user may not do this: "+firstLine(err.Error()),
			"use a kubeconfig that may read service accounts, create pods (dry run) and create serviceaccounts/token")
	case isTimeout(err):
		return unchecked(l, "the cluster gives no answer in time", timeoutRemedy)
	}
	return unchecked(l, "the cluster cannot be asked: "+firstLine(err.Error()), kubeconfigRemedy)
}
