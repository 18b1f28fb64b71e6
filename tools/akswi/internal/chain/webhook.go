package chain

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// webhookName is a part of the webhook's name in every release of chart and add-on:
// mutation.azure-workload-identity.io.
const webhookName = "azure-workload-identity"

const (
	installRemedy = "install the webhook (WebhookRelease, or the AKS add-on), and see that its pods run"
	servingRemedy = "look at the webhook's pods (`kubectl get pods -A -l azure-workload-identity.io/system=true`); " +
		"pods with the label cannot start until they serve"
	injectionRemedy = "check the webhook's settings and the service account's annotations; a variable that the pod sets itself overrides the webhook's"
)

// webhook checks link 4: the webhook is registered, serves, and injects into a labelled pod what
// the exchange needs. The links after it use what it finds in the mutated pod, and nothing else.
func (c *Chain) webhook(ctx context.Context, t target, f *findings) Result {
	probe := newProbePod(t)
	registered := c.registration(ctx, probe)
	if registered.Status != OK {
		return registered
	}
	pod, err := c.Kubernetes.CoreV1().Pods(probe.Namespace).Create(ctx, probe, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return probeError(err)
	}
	m, problems := readMutation(pod)
	if len(problems) > 0 {
		remedy := installRemedy
		if m.injected {
			remedy = "check the service account's annotations and the webhook's version; nothing in the pod may set these variables itself"
		}
		return broken(LinkWebhook, strings.Join(problems, "\n"), remedy).asTransient()
	}
	if r, wrong := m.check(t, cmp.Or(f.defaultClientID, t.workload.ClientID)); wrong {
		return r
	}
	// Pods of a shared service account pass the workload's own client id; for all others it is the
	// injected one already.
	m.ClientID = t.workload.ClientID
	f.mutation = m
	return ok(LinkWebhook, fmt.Sprintf("%s, serves; a dry-run pod gets\n%s and a token for %s, %d s", registered.Detail,
		count(len(azwi.InjectedEnv()), "variable"), m.Audience, m.Seconds))
}

// registration finds the webhook configuration that handles the pod, and returns its description as
// the detail. The dry run shows more than the registration, so a user who may not list
// configurations goes on.
func (c *Chain) registration(ctx context.Context, pod *corev1.Pod) Result {
	list, err := c.Kubernetes.AdmissionregistrationV1().MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if apierrors.IsForbidden(err) {
		return ok(LinkWebhook, "registration not readable")
	}
	if err != nil {
		return clusterError(LinkWebhook, err)
	}
	namespace := labels.Set{}
	if ns, err := c.Kubernetes.CoreV1().Namespaces().Get(ctx, pod.Namespace, metav1.GetOptions{}); err == nil {
		namespace = ns.Labels
	}
	excluded := ""
	for _, configuration := range list.Items {
		for _, hook := range configuration.Webhooks {
			if !isWorkloadIdentityWebhook(hook) {
				continue
			}
			why := exclusion(hook, namespace, pod.Labels)
			if why == "" {
				return ok(LinkWebhook, describeRegistration(hook))
			}
			excluded = fmt.Sprintf("webhook configuration %s leaves this pod out: %s", configuration.Name, why)
		}
	}
	if excluded != "" {
		return broken(LinkWebhook, excluded,
			"let the webhook's namespaceSelector and objectSelector match, or label namespace and pod template as they want")
	}
	return broken(LinkWebhook, "no mutating webhook configuration handles pods with label "+azwi.LabelUse, installRemedy).asTransient()
}

// isWorkloadIdentityWebhook reports whether a webhook is that of chart or add-on, by its name or by
// the label that it selects.
func isWorkloadIdentityWebhook(hook admissionv1.MutatingWebhook) bool {
	if strings.Contains(hook.Name, webhookName) {
		return true
	}
	if hook.ObjectSelector == nil {
		return false
	}
	_, selects := hook.ObjectSelector.MatchLabels[azwi.LabelUse]
	return selects
}

// exclusion returns why a webhook does not get the pod, or "" if it does.
func exclusion(hook admissionv1.MutatingWebhook, namespace, pod labels.Set) string {
	for _, s := range []struct {
		name     string
		selector *metav1.LabelSelector
		labels   labels.Set
	}{
		{"namespaceSelector", hook.NamespaceSelector, namespace},
		{"objectSelector", hook.ObjectSelector, pod},
	} {
		if s.selector == nil { // selects all; metav1.LabelSelectorAsSelector would select nothing
			continue
		}
		selector, err := metav1.LabelSelectorAsSelector(s.selector)
		if err != nil {
			return fmt.Sprintf("its %s cannot be read: %v", s.name, err)
		}
		if !selector.Matches(s.labels) {
			return fmt.Sprintf("its %s wants %s", s.name, selector)
		}
	}
	return ""
}

// describeRegistration returns what a registered webhook does with pods while it is down.
func describeRegistration(hook admissionv1.MutatingWebhook) string {
	if ptr.Deref(hook.FailurePolicy, admissionv1.Fail) == admissionv1.Ignore {
		return "registered with failurePolicy Ignore (pods that start while it is down get no identity)"
	}
	return "registered with failurePolicy Fail"
}

// probeError explains why the API server refused the dry-run pod. Refusals by this webhook break
// the link; those by quotas, Pod Security or other webhooks tell nothing about it.
func probeError(err error) Result {
	text := firstLine(err.Error())
	switch {
	case strings.Contains(text, "failed calling webhook") && strings.Contains(text, webhookName):
		return broken(LinkWebhook, "the webhook is registered but does not serve: "+text, servingRemedy).asTransient()
	case strings.Contains(text, "admission webhook") && strings.Contains(text, webhookName):
		return broken(LinkWebhook, "the webhook refuses the pod: "+text, "correct what the message names, then run `pulumi up`")
	case strings.Contains(text, "admission webhook") || apierrors.IsForbidden(err) && strings.Contains(text, "violates PodSecurity"),
		strings.Contains(text, "exceeded quota"):
		return unchecked(LinkWebhook, "another admission rule refuses the dry-run pod: "+text,
			"allow a pod with this service account in the namespace, or check the chain from one that runs")
	}
	return clusterError(LinkWebhook, err)
}

// check compares what the pod was given with the identity and its credential. The client id is the
// one that the service account names.
func (m mutation) check(t target, clientID string) (r Result, wrong bool) {
	for _, v := range []struct {
		name, want, have string
		code             int
	}{
		{azwi.EnvClientID, clientID, m.ClientID, entra.CodeApplication},
		{azwi.EnvTenantID, t.workload.TenantID, m.TenantID, entra.CodeTenant},
		{azwi.EnvAuthorityHost, t.stack.Cloud.Name.AuthorityHost(), m.AuthorityHost, entra.CodeTenant},
	} {
		if strings.EqualFold(strings.TrimSuffix(v.want, "/"), strings.TrimSuffix(v.have, "/")) {
			continue
		}
		detail := fmt.Sprintf("the pod gets the wrong %s\n%s\n%s", v.name, valueLine("needed", v.want), valueLine("injected", v.have))
		return broken(LinkWebhook, detail, injectionRemedy).predicting(v.code).asTransient(), true
	}
	if how := difference(t.federation.Audience, m.Audience); how != "" {
		detail := fmt.Sprintf("the projected token's audience %s\n%s\n%s", how, valueLine("trusted", t.federation.Audience), valueLine("projected", m.Audience))
		return broken(LinkWebhook, detail,
			fmt.Sprintf("set the federation's audience to %q, which the chart cannot change, and run `pulumi up`", m.Audience)).
			predicting(entra.CodeAudience), true
	}
	return Result{}, false
}
