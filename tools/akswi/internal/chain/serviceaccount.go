package chain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// serviceAccount checks link 3: the service account is there, and names this identity, or that of a workload with which
// this one shares it.
func (c *Chain) serviceAccount(ctx context.Context, t target, f *facts) Result {
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
		return broken(LinkServiceAccount, what, "run `pulumi up --refresh`, or deploy the chart that brings the service account").passing()
	}
	if err != nil {
		return clusterError(LinkServiceAccount, err)
	}
	sharer := t.sharer(account.Annotations[azwi.AnnotationClientID])
	if r, bad := annotations(t, account, sharer != nil); bad {
		return r
	}
	if sharer != nil {
		f.defaultClientID = sharer.ClientID
		return ok(LinkServiceAccount, fmt.Sprintf("%s/%s is shared: the default identity is workload %s;\npods pass client id %s to the SDK",
			namespace, name, sharer.Name, t.workload.ClientID))
	}
	f.defaultClientID = ""
	return ok(LinkServiceAccount, fmt.Sprintf("%s/%s names client id %s", namespace, name, t.workload.ClientID))
}

// sharer is the other workload of these outputs that has the client id and trusts the same service account; nil when
// there is none. The annotation is only a default: pods may pass any client id that trusts their token to the SDK
// (azidentity, WorkloadIdentityCredentialOptions.ClientID). A workload that does not trust the service account is no
// sharer: as a default it would fail.
func (t target) sharer(clientID string) *outputs.Workload {
	if strings.EqualFold(clientID, t.workload.ClientID) {
		return nil
	}
	for i, w := range t.stack.Workloads {
		if strings.EqualFold(clientID, w.ClientID) && slices.ContainsFunc(w.Federations, t.sharedWith) {
			return &t.stack.Workloads[i]
		}
	}
	return nil
}

// sharedWith is true for a federation that trusts the same service account of the same cluster.
func (t target) sharedWith(f outputs.Federation) bool {
	return f.Issuer == t.federation.Issuer && f.Namespace == t.federation.Namespace && f.ServiceAccount == t.federation.ServiceAccount
}

// annotations holds a service account's annotations against the identity; of a shared one, the client id is another
// workload's by right. The rules are the webhook's, v1.6.0.
func annotations(t target, account *corev1.ServiceAccount, shared bool) (r Result, bad bool) {
	fail := func(remedy, format string, args ...any) (Result, bool) {
		return broken(LinkServiceAccount, fmt.Sprintf(format, args...), remedy), true
	}
	const again = "run `pulumi up --refresh` to set the annotation right, then restart the pods: they keep what they started with"

	client, present := account.Annotations[azwi.AnnotationClientID]
	switch {
	case !present || strings.TrimSpace(client) == "":
		return fail(again, "annotation %s is missing: the webhook then injects no client id and reports no error", azwi.AnnotationClientID)
	case !shared && !strings.EqualFold(client, t.workload.ClientID):
		how := difference(t.workload.ClientID, client)
		if strings.EqualFold(client, t.workload.PrincipalID) {
			how = "holds the identity's principal id (object id) instead of its client id"
		}
		r, bad := fail(again, "annotation %s %s\n%s\n%s", azwi.AnnotationClientID, how, pair("needed", t.workload.ClientID), pair("annotated", client))
		return r.predicting(entra.CodeApplication), bad
	}
	if tenant, present := account.Annotations[azwi.AnnotationTenantID]; present && !strings.EqualFold(tenant, t.workload.TenantID) {
		if tenant == "" {
			return fail(again, "annotation %s is empty: that removes %s from the pods", azwi.AnnotationTenantID, azwi.EnvTenantID)
		}
		r, bad := fail(again, "annotation %s %s\n%s\n%s", azwi.AnnotationTenantID, difference(t.workload.TenantID, tenant),
			pair("needed", t.workload.TenantID), pair("annotated", tenant))
		return r.predicting(entra.CodeTenant), bad
	}
	if text, present := account.Annotations[azwi.AnnotationTokenExpiration]; present {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < azwi.MinTokenExpirationSeconds || seconds > azwi.MaxTokenExpirationSeconds {
			return fail(fmt.Sprintf("set it to whole seconds from %d to %d and run `pulumi up`", azwi.MinTokenExpirationSeconds, azwi.MaxTokenExpirationSeconds),
				"annotation %s is %q: the webhook refuses every pod of this service account", azwi.AnnotationTokenExpiration, text)
		}
	}
	return Result{}, false
}

const kubeconfigRemedy = "run this against the stack that has the cluster's kubeconfig, from where the API server can be reached"

// clusterError is an error of the API server that says nothing about the workload.
func clusterError(l Link, err error) Result {
	switch {
	case apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err):
		return unchecked(l, "the kubeconfig's user may not do this: "+firstLine(err),
			"use a kubeconfig that may read service accounts, create pods (dry run) and create serviceaccounts/token")
	case isTimeout(err):
		return unchecked(l, "the cluster gives no answer in time", timeoutRemedy)
	}
	return unchecked(l, "the cluster cannot be asked: "+firstLine(err), kubeconfigRemedy)
}
