//go:build e2e

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

// TestWebhookByChart takes over a release that somebody else installed, and gives it every kind of setting, which the real
// API server has to accept.
//
// Carries R3, R4.
func TestWebhookByChart(t *testing.T) {
	w := newWorld(t).beside(t, "local-platform")
	w.make(t, "up")
	chart := func(change func(chart map[string]any)) {
		w.edit(t, func(config map[string]any) {
			webhook := at(t, config, project+":webhook")
			if webhook["chart"] == nil {
				webhook["chart"] = map[string]any{}
			}
			change(at(t, webhook, "chart"))
		})
	}

	t.Run("a release of somebody else is not touched without being asked for", func(t *testing.T) {
		w.pulumi(t, "state", "delete", "--yes", w.urn(t, "kubernetes:helm.sh/v3:Release"))
		out, code := w.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, "cannot re-use a name that is still in use")
	})

	t.Run("adopt takes it over", func(t *testing.T) {
		chart(func(chart map[string]any) { chart["adopt"], chart["replicas"] = true, 3 })
		out := w.make(t, "up")
		assert.Regexp(t, `helm.sh/v3:Release webhook-release (imported|updated)`, out)
		assert.NotRegexp(t, `Release webhook-release (created|replaced|deleted)`, out)
		d, err := w.kubernetes(t).AppsV1().Deployments(webhookNamespace).Get(t.Context(), webhookDeployment, metav1.GetOptions{})
		require.NoError(t, err)
		assert.EqualValues(t, 3, d.Status.ReadyReplicas)
		requireNoChange(t, w.make(t, "up"))
		chart(func(chart map[string]any) { delete(chart, "adopt") })
		requireNoChange(t, w.make(t, "up", "UP_FLAGS=--refresh"))
	})

	t.Run("every setting reaches the cluster", func(t *testing.T) {
		chart(func(chart map[string]any) {
			for key, value := range manySettings() {
				chart[key] = value
			}
		})
		out := w.make(t, "up")
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
		requireNoChange(t, w.make(t, "up", "UP_FLAGS=--refresh"))
	})
	assert.Contains(t, w.make(t, "down"), "No resource exists.")
}

func manySettings() map[string]any {
	return map[string]any{
		"replicas":            4,
		"podDisruptionBudget": map[string]any{"maxUnavailable": "25%"},
		"resources":           map[string]any{"memoryRequest": "64Mi", "memoryLimit": "128Mi", "cpuRequest": "50m", "cpuLimit": "500m"},
		"nodeSelector":        map[string]any{"kubernetes.azure.com/mode": "system"},
		"tolerations":         []any{map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists"}},
		"topologySpread":      []any{map[string]any{"topologyKey": "kubernetes.io/hostname", "maxSkew": 2}},
		"affinity": map[string]any{"podAntiAffinity": map[string]any{"preferredDuringSchedulingIgnoredDuringExecution": []any{
			map[string]any{"weight": 1, "podAffinityTerm": map[string]any{
				"topologyKey":   "topology.kubernetes.io/zone",
				"labelSelector": map[string]any{"matchLabels": map[string]any{"team": "platform"}},
			}},
		}}},
		"priorityClassName":  "system-node-critical",
		"podLabels":          map[string]any{"team": "platform"},
		"podAnnotations":     map[string]any{"prometheus.io/port": "9000"},
		"webhookAnnotations": map[string]any{"admissions.enforcer/disabled": "true"},
		"namespaceSelector":  map[string]any{"matchLabels": map[string]any{"workload-identity": "on"}},
		"logLevel":           "debug",
		"metricsAddress":     ":9000",
		"metricsBackend":     "prometheus",
		"timeoutSeconds":     120,
		"values":             map[string]any{"revisionHistoryLimit": 3},
	}
}

// TestWebhookByAddOn runs the webhook as AKS's add-on, refuses a chart beside it, and changes from one to the other.
//
// Carries R3.
func TestWebhookByAddOn(t *testing.T) {
	w := newWorld(t)
	mode := func(mode string) {
		w.edit(t, func(config map[string]any) { config[project+":webhook"] = map[string]any{"mode": mode} })
	}
	mode("addon")
	out := w.make(t, "up")
	assert.Contains(t, out, "proven")
	assert.NotContains(t, out, "helm.sh")
	pods, err := w.kubernetes(t).CoreV1().Pods("kube-system").List(t.Context(), metav1.ListOptions{LabelSelector: "azure-workload-identity.io/system=true"})
	require.NoError(t, err)
	assert.NotEmpty(t, pods.Items, "the webhook is in kube-system")
	requireNoChange(t, w.make(t, "up", "UP_FLAGS=--refresh"))

	t.Run("a chart beside another stack's add-on is refused", func(t *testing.T) {
		theirs := w.outputs(t)
		user := w.beside(t, "local-platform")
		user.edit(t, func(config map[string]any) {
			config[project+":cluster"] = map[string]any{"existing": map[string]any{"resourceGroupName": theirs.ResourceGroup, "clusterName": theirs.ClusterName}}
		})
		out, code := user.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, "workloadIdentityAddon of webhook release")
		assert.NotContains(t, out, "webhook-release created")
		user.make(t, "down")
		assert.Contains(t, w.make(t, "verify"), "proven")
	})

	t.Run("from the add-on to the chart in one up", func(t *testing.T) {
		mode("chart")
		out := w.make(t, "up")
		assert.Contains(t, out, "proven")
		assert.NotContains(t, out, "replaced")
		requireNoChange(t, w.make(t, "up", "UP_FLAGS=--refresh"))
	})

	t.Run("from the chart to the add-on", func(t *testing.T) {
		mode("addon")
		out := w.make(t, "up")
		assert.Contains(t, out, "proven")
		requireNoChange(t, w.make(t, "up", "UP_FLAGS=--refresh"))
	})
	assert.Contains(t, w.make(t, "down"), "No resource exists.")
}
