package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	webhookNamespace  = "azure-workload-identity-system"
	webhookDeployment = "azure-wi-webhook-controller-manager"
)

// TestWebhookByChart takes over a release that is in the cluster already, and gives it each kind of
// setting, which the real API server has to accept.
//
// Carries R3, R4.
func TestWebhookByChart(t *testing.T) {
	w := newWorld(t).withStack(t, "local-platform")
	w.up(t)
	chart := func(change func(chart map[string]any)) {
		w.edit(t, func(config map[string]any) {
			webhook := at(t, config, project+":webhook")
			if webhook["chart"] == nil {
				webhook["chart"] = object{}
			}
			change(at(t, webhook, "chart"))
		})
	}

	t.Run("a release that another has installed is not touched without adopt", func(t *testing.T) {
		w.pulumi(t, "state", "delete", "--yes", w.urn(t, "kubernetes:helm.sh/v3:Release"))
		out, code := w.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, "cannot re-use a name that is still in use")
	})

	t.Run("adopt takes it over", func(t *testing.T) {
		chart(func(chart map[string]any) { chart["adopt"], chart["replicas"] = true, 3 })
		out := w.up(t)
		assert.Regexp(t, `helm.sh/v3:Release webhook-release (imported|updated)`, out)
		assert.NotRegexp(t, `Release webhook-release (created|replaced|deleted)`, out)
		d, err := w.kubernetes(t).AppsV1().Deployments(webhookNamespace).Get(t.Context(), webhookDeployment, metav1.GetOptions{})
		require.NoError(t, err)
		assert.EqualValues(t, 3, d.Status.ReadyReplicas)
		requireNoChange(t, w.up(t))
		chart(func(chart map[string]any) { delete(chart, "adopt") })
		requireNoChange(t, w.upRefreshed(t))
	})

	t.Run("every setting reaches the cluster", func(t *testing.T) {
		chart(func(chart map[string]any) {
			for key, value := range manySettings() {
				chart[key] = value
			}
		})
		out := w.up(t)
		assert.Contains(t, out, "1 updated")
		client := w.kubernetes(t)
		d, err := client.AppsV1().Deployments(webhookNamespace).Get(t.Context(), webhookDeployment, metav1.GetOptions{})
		require.NoError(t, err)
		pod := d.Spec.Template
		container := pod.Spec.Containers[0]
		assert.EqualValues(t, 4, d.Status.ReadyReplicas)
		assert.Equal(t, "64Mi", container.Resources.Requests.Memory().String())
		assert.Equal(t, "128Mi", container.Resources.Limits.Memory().String())
		assert.Equal(t, "platform", pod.Labels["team"])
		assert.Equal(t, "9000", pod.Annotations["prometheus.io/port"])
		assert.Contains(t, container.Args, "--metrics-addr=:9000")
		assert.Equal(t, "system-node-critical", pod.Spec.PriorityClassName)
		assert.Equal(t, []corev1.Toleration{{Key: "CriticalAddonsOnly", Operator: corev1.TolerationOpExists}}, pod.Spec.Tolerations)
		require.Len(t, pod.Spec.TopologySpreadConstraints, 1)
		assert.Equal(t, corev1.ScheduleAnyway, pod.Spec.TopologySpreadConstraints[0].WhenUnsatisfiable)
		budget, err := client.PolicyV1().PodDisruptionBudgets(webhookNamespace).Get(t.Context(), webhookDeployment, metav1.GetOptions{})
		require.NoError(t, err)
		assert.Nil(t, budget.Spec.MinAvailable)
		assert.Equal(t, "25%", budget.Spec.MaxUnavailable.String())
		hook, err := client.AdmissionregistrationV1().MutatingWebhookConfigurations().Get(t.Context(), "azure-wi-webhook-mutating-webhook-configuration", metav1.GetOptions{})
		require.NoError(t, err)
		assert.Equal(t, "true", hook.Annotations["admissions.enforcer/disabled"])
		assert.Equal(t, map[string]string{"workload-identity": "on"}, hook.Webhooks[0].NamespaceSelector.MatchLabels)
		requireNoChange(t, w.upRefreshed(t))
	})
	assert.Contains(t, w.down(t), "No resource exists.")
}

// manySettings returns a value for each kind of setting of the chart.
func manySettings() map[string]any {
	return object{
		"replicas":            4,
		"podDisruptionBudget": object{"maxUnavailable": "25%"},
		"resources":           object{"memoryRequest": "64Mi", "memoryLimit": "128Mi", "cpuRequest": "50m", "cpuLimit": "500m"},
		"nodeSelector":        object{"kubernetes.azure.com/mode": "system"},
		"tolerations":         []any{object{"key": "CriticalAddonsOnly", "operator": "Exists"}},
		"topologySpread":      []any{object{"topologyKey": "kubernetes.io/hostname", "maxSkew": 2}},
		"affinity": object{"podAntiAffinity": object{"preferredDuringSchedulingIgnoredDuringExecution": []any{
			object{"weight": 1, "podAffinityTerm": object{
				"topologyKey":   "topology.kubernetes.io/zone",
				"labelSelector": object{"matchLabels": object{"team": "platform"}},
			}},
		}}},
		"priorityClassName":  "system-node-critical",
		"podLabels":          object{"team": "platform"},
		"podAnnotations":     object{"prometheus.io/port": "9000"},
		"webhookAnnotations": object{"admissions.enforcer/disabled": "true"},
		"namespaceSelector":  object{"matchLabels": object{"workload-identity": "on"}},
		"logLevel":           "debug",
		"metricsAddress":     ":9000",
		"metricsBackend":     "prometheus",
		"timeoutSeconds":     120,
		"values":             object{"revisionHistoryLimit": 3},
	}
}

// TestWebhookByAddOn runs the webhook as AKS's add-on, refuses a chart beside it, and changes from
// one to the other.
//
// Carries R3.
func TestWebhookByAddOn(t *testing.T) {
	w := newWorld(t)
	mode := func(mode string) {
		w.edit(t, func(config map[string]any) { config[project+":webhook"] = object{"mode": mode} })
	}
	mode("addon")
	out := w.up(t)
	assert.Contains(t, out, "proven")
	assert.NotContains(t, out, "helm.sh")
	pods, err := w.kubernetes(t).CoreV1().Pods("kube-system").List(t.Context(), metav1.ListOptions{LabelSelector: "azure-workload-identity.io/system=true"})
	require.NoError(t, err)
	assert.NotEmpty(t, pods.Items, "the webhook is in kube-system")
	requireNoChange(t, w.upRefreshed(t))

	t.Run("a chart beside another stack's add-on is refused", func(t *testing.T) {
		theirs := w.outputs(t)
		user := w.withStack(t, "local-platform")
		user.edit(t, func(config map[string]any) {
			config[project+":cluster"] = object{"existing": object{"resourceGroupName": theirs.ResourceGroup, "clusterName": theirs.ClusterName}}
		})
		out, code := user.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, "workloadIdentityAddon of webhook release")
		assert.NotContains(t, out, "webhook-release created")
		user.down(t)
		assert.Contains(t, w.make(t, "verify"), "proven")
	})

	t.Run("from the add-on to the chart in one up", func(t *testing.T) {
		mode("chart")
		out := w.up(t)
		assert.Contains(t, out, "proven")
		assert.NotContains(t, out, "replaced")
		requireNoChange(t, w.upRefreshed(t))
	})

	t.Run("from the chart to the add-on in two", func(t *testing.T) {
		mode("addon")
		out, code := w.run(t, "make", "up")
		require.NotZero(t, code, "Pulumi updates the cluster before it deletes the release")
		assert.Contains(t, out, "aks-managed-workload-identity")
		assert.Contains(t, out, "workload-identity-webhook")
		assert.Contains(t, w.make(t, "verify"), "proven", "the chart's webhook serves on")

		mode("none")
		out, _ = w.run(t, "make", "up") // nothing injects now, so that verify fails
		assert.Contains(t, out, "webhook-release deleted")
		assert.Contains(t, out, "link 4 (webhook)")
		mode("addon")
		assert.Contains(t, w.up(t), "proven")
		requireNoChange(t, w.up(t))
	})
	assert.Contains(t, w.down(t), "No resource exists.")
}
