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

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// webhookName is in the name of the webhook of every release of chart and add-on: mutation.azure-workload-identity.io.
const webhookName = "azure-workload-identity"

const (
	installRemedy = "install the webhook (WebhookRelease, or the AKS add-on), and see that its pods run"
	servingRemedy = "look at the webhook's pods (`kubectl get pods -A -l azure-workload-identity.io/system=true`); " +
		"pods with the label cannot start until they serve"
)

// webhook checks link 4: the webhook is registered, serves, and makes of a labelled pod what the exchange needs. What it
// finds in the mutated pod, and nothing else, is used by the links after it.
func (c *Chain) webhook(ctx context.Context, t target, f *facts) Result {
	probe := probePod(t)
	registered, r, bad := c.registration(ctx, probe)
	if bad {
		return r
	}
	pod, err := c.Kubernetes.CoreV1().Pods(probe.Namespace).Create(ctx, probe, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return probeError(err)
	}
	m, problems := readMutation(pod)
	if len(problems) > 0 {
		remedy := installRemedy
		if m.touched {
			remedy = "check the service account's annotations and the webhook's version; nothing in the pod may set these variables itself"
		}
		return broken(LinkWebhook, strings.Join(problems, "\n"), remedy).passing()
	}
	if r, bad := m.contradicts(t, cmp.Or(f.defaultClientID, t.workload.ClientID)); bad {
		return r
	}
	// Pods of a shared service account pass the workload's own client id; of any other, it is the injected one already.
	m.ClientID = t.workload.ClientID
	f.mutation = m
	return ok(LinkWebhook, fmt.Sprintf("%s, serves; a dry-run pod gets\n%s and a token for %s, %d s", registered,
		count(len(azwi.InjectedEnv()), "variable"), m.Audience, m.Seconds))
}

// registration finds the webhook configuration that handles the pod, and describes it. That it is registered is not
// enough, so not being allowed to look is no reason to stop.
func (c *Chain) registration(ctx context.Context, pod *corev1.Pod) (found string, r Result, bad bool) {
	list, err := c.Kubernetes.AdmissionregistrationV1().MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	switch {
	case apierrors.IsForbidden(err):
		return "registration not readable", Result{}, false
	case err != nil:
		return "", clusterError(LinkWebhook, err), true
	}
	namespace := labels.Set{}
	if ns, err := c.Kubernetes.CoreV1().Namespaces().Get(ctx, pod.Namespace, metav1.GetOptions{}); err == nil {
		namespace = ns.Labels
	}
	excluded := ""
	for _, configuration := range list.Items {
		for _, hook := range configuration.Webhooks {
			if !isOurs(hook) {
				continue
			}
			if why := leavesOut(hook, namespace, pod.Labels); why != "" {
				excluded = fmt.Sprintf("webhook configuration %s leaves this pod out: %s", configuration.Name, why)
				continue
			}
			return describeHook(hook), Result{}, false
		}
	}
	if excluded != "" {
		return "", broken(LinkWebhook, excluded,
			"let the webhook's namespaceSelector and objectSelector match, or label namespace and pod template as they want"), true
	}
	return "", broken(LinkWebhook, "no mutating webhook configuration handles pods with label "+azwi.LabelUse, installRemedy).passing(), true
}

func isOurs(hook admissionv1.MutatingWebhook) bool {
	if strings.Contains(hook.Name, webhookName) {
		return true
	}
	if hook.ObjectSelector == nil {
		return false
	}
	_, selects := hook.ObjectSelector.MatchLabels[azwi.LabelUse]
	return selects
}

// leavesOut says why a webhook does not see the pod; empty when it does.
func leavesOut(hook admissionv1.MutatingWebhook, namespace, pod labels.Set) string {
	for _, s := range []struct {
		what     string
		selector *metav1.LabelSelector
		have     labels.Set
	}{
		{"namespaceSelector", hook.NamespaceSelector, namespace},
		{"objectSelector", hook.ObjectSelector, pod},
	} {
		if s.selector == nil {
			continue
		}
		selector, err := metav1.LabelSelectorAsSelector(s.selector)
		if err != nil {
			return fmt.Sprintf("its %s cannot be read: %v", s.what, err)
		}
		if !selector.Matches(s.have) {
			return fmt.Sprintf("its %s wants %s", s.what, selector)
		}
	}
	return ""
}

func describeHook(hook admissionv1.MutatingWebhook) string {
	if hook.FailurePolicy != nil && *hook.FailurePolicy == admissionv1.Ignore {
		return "registered with failurePolicy Ignore (pods that start while it is away get no identity)"
	}
	return "registered with failurePolicy Fail"
}

// probeError explains why the API server refused the dry-run pod. Refusals by this webhook are a broken link; those of
// quotas, Pod Security or other webhooks say nothing about it.
func probeError(err error) Result {
	text := firstLine(err)
	switch {
	case strings.Contains(text, "failed calling webhook") && strings.Contains(text, webhookName):
		return broken(LinkWebhook, "the webhook is registered but does not serve: "+text, servingRemedy).passing()
	case strings.Contains(text, "admission webhook") && strings.Contains(text, webhookName):
		return broken(LinkWebhook, "the webhook refuses the pod: "+text, "correct what it names, then run `pulumi up`")
	case strings.Contains(text, "admission webhook") || apierrors.IsForbidden(err) && strings.Contains(text, "violates PodSecurity"),
		strings.Contains(text, "exceeded quota"):
		return unchecked(LinkWebhook, "another admission rule refuses the dry-run pod: "+text,
			"allow a pod with this service account in the namespace, or check the chain from one that runs")
	}
	return clusterError(LinkWebhook, err)
}

// contradicts holds what the pod was given against the identity and its credential. The client id is the one that the
// service account names.
func (m mutation) contradicts(t target, clientID string) (r Result, bad bool) {
	const env = "check the webhook's settings and the service account's annotations; a variable that the pod sets itself wins over the webhook's"
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
		return broken(LinkWebhook, fmt.Sprintf("the pod gets the wrong %s\n%s\n%s", v.name, pair("needed", v.want), pair("injected", v.have)), env).
			predicting(v.code).passing(), true
	}
	if how := difference(t.federation.Audience, m.Audience); how != "" {
		return broken(LinkWebhook, fmt.Sprintf("the projected token's audience %s\n%s\n%s", how,
			pair("trusted", t.federation.Audience), pair("projected", m.Audience)),
			fmt.Sprintf("set the federation's audience to %q, which the chart cannot change, and run `pulumi up`", m.Audience)).
			predicting(entra.CodeAudience), true
	}
	return Result{}, false
}
