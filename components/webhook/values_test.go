package webhook_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// everything sets every argument that can stand beside the others.
func everything() *webhook.WebhookReleaseArgs {
	return &webhook.WebhookReleaseArgs{
		TenantId: tenant(), WorkloadIdentityAddon: pulumi.Bool(false), Cloud: azure.USGovernment,
		Version: "1.5.1", Repository: "https://mirror.example.com/charts", Namespace: "webhook", CreateNamespace: pulumi.BoolRef(false),
		ReleaseName: "azwi", TimeoutSeconds: pulumi.Int(60), Replicas: pulumi.Int(3),
		PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MaxUnavailable: pulumi.String("50%")},
		Resources: &webhook.ResourcesArgs{
			CpuRequest: pulumi.String("50m"), MemoryRequest: pulumi.String("64Mi"),
			CpuLimit: pulumi.String("1"), MemoryLimit: pulumi.String("128Mi"),
		},
		ImageRegistry: pulumi.String("mirror.example.com/mcr"), ImagePullSecrets: pulumi.ToStringArray([]string{"mirror"}),
		NodeSelector: pulumi.StringMap{"pool": pulumi.String("system")},
		Affinity: pulumi.Map{"nodeAffinity": pulumi.Map{"preferredDuringSchedulingIgnoredDuringExecution": pulumi.Array{
			pulumi.Map{"weight": pulumi.Int(1), "preference": pulumi.Map{"matchFields": pulumi.Array{}}},
		}}},
		Tolerations: []webhook.TolerationArgs{
			{Key: pulumi.String("CriticalAddonsOnly"), Operator: pulumi.String(webhook.TolerateExists), Effect: pulumi.String(webhook.EffectNoExecute), TolerationSeconds: pulumi.Int(5)},
			{Key: pulumi.String("pool"), Value: pulumi.String("system")},
		},
		TopologySpread: []webhook.TopologySpreadArgs{
			{TopologyKey: pulumi.String("kubernetes.io/hostname"), WhenUnsatisfiable: pulumi.String(webhook.DoNotSchedule)},
			{TopologyKey: pulumi.String("example.com/rack"), MaxSkew: pulumi.Int(2)},
		},
		PriorityClassName: pulumi.String("platform"),
		PodLabels:         pulumi.StringMap{"team": pulumi.String("platform")},
		PodAnnotations:    pulumi.StringMap{"example.com/scrape": pulumi.String("yes, please")},
		NamespaceSelector: &webhook.NamespaceSelectorArgs{
			MatchLabels: pulumi.StringMap{"identity": pulumi.String("on")},
			MatchExpressions: []webhook.SelectorRequirementArgs{
				{Key: pulumi.String("team"), Operator: pulumi.String(webhook.SelectNotIn), Values: pulumi.ToStringArray([]string{"guests"})},
				{Key: pulumi.String("control-plane"), Operator: pulumi.String(webhook.SelectDoesNotExist)},
			},
		},
		WebhookAnnotations: pulumi.StringMap{"admissions.enforcer/disabled": pulumi.String("true")},
		LogLevel:           pulumi.String(webhook.LogDebug), MetricsAddress: pulumi.String(":9000"), MetricsBackend: pulumi.String(webhook.MetricsPrometheus),
		Values: pulumi.Map{"revisionHistoryLimit": pulumi.Int(3)},
	}
}

// spread returns the value that spreads pods over a label of the nodes.
func spread(key, mode string, skew float64) map[string]any {
	return map[string]any{
		"topologyKey": key, "whenUnsatisfiable": mode, "maxSkew": skew,
		"labelSelector": map[string]any{"matchLabels": map[string]any{"azure-workload-identity.io/system": "true"}},
	}
}

// defaults returns the values that every release has, with others in their place.
func defaults(more map[string]any) map[string]any {
	m := map[string]any{
		"azureTenantID": pulumitest.TenantID, "azureEnvironment": "AzurePublicCloud", "replicaCount": 2.0,
		"podDisruptionBudget": map[string]any{"minAvailable": 1.0},
		"topologySpreadConstraints": []any{
			spread("kubernetes.io/hostname", "ScheduleAnyway", 1), spread("topology.kubernetes.io/zone", "ScheduleAnyway", 1),
		},
	}
	maps.Copy(m, more)
	return m
}

// Carries R4, R27.
func TestEveryArgumentReachesItsChartValue(t *testing.T) {
	got := inputs(t, *everything())
	want := map[string]any{
		"azureTenantID": pulumitest.TenantID, "azureEnvironment": "AzureUSGovernment", "replicaCount": 3.0,
		// The 0 takes the chart's own minAvailable away.
		"podDisruptionBudget": map[string]any{"minAvailable": 0.0, "maxUnavailable": "50%"},
		"resources": map[string]any{
			"requests": map[string]any{"cpu": "50m", "memory": "64Mi"}, "limits": map[string]any{"cpu": "1", "memory": "128Mi"},
		},
		"image":            map[string]any{"repository": "mirror.example.com/mcr/oss/azure/workload-identity/webhook"},
		"imagePullSecrets": []any{map[string]any{"name": "mirror"}},
		"nodeSelector":     map[string]any{"pool": "system"},
		"affinity": map[string]any{"nodeAffinity": map[string]any{"preferredDuringSchedulingIgnoredDuringExecution": []any{
			map[string]any{"weight": 1.0, "preference": map[string]any{"matchFields": []any{}}},
		}}},
		"tolerations": []any{
			map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5.0},
			map[string]any{"key": "pool", "value": "system"},
		},
		"topologySpreadConstraints":  []any{spread("kubernetes.io/hostname", "DoNotSchedule", 1), spread("example.com/rack", "ScheduleAnyway", 2)},
		"priorityClassName":          "platform",
		"podLabels":                  map[string]any{"team": "platform"},
		"podAnnotations":             map[string]any{"example.com/scrape": "yes, please"},
		"mutatingWebhookAnnotations": map[string]any{"admissions.enforcer/disabled": "true"},
		"mutatingWebhookNamespaceSelector": map[string]any{
			"matchLabels": map[string]any{"identity": "on"},
			"matchExpressions": []any{
				map[string]any{"key": "team", "operator": "NotIn", "values": []any{"guests"}}, map[string]any{"key": "control-plane", "operator": "DoesNotExist"},
			},
		},
		"logLevel": "debug", "metricsAddr": ":9000", "metricsBackend": "prometheus", "revisionHistoryLimit": 3.0,
	}
	if diff := cmp.Diff(want, got["values"]); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestWhereTheChartComesFrom(t *testing.T) {
	// want is what every release says; nil takes an entry out.
	want := func(rest map[string]any) map[string]any {
		m := map[string]any{
			"atomic": true, "cleanupOnFail": true, "compat": "true", "createNamespace": true, "skipAwait": false,
			"name": "workload-identity-webhook", "namespace": "azure-workload-identity-system", "timeout": 600.0,
			"chart": "workload-identity-webhook", "version": "1.6.0",
			"repositoryOpts": map[string]any{"repo": "https://azure.github.io/azure-workload-identity/charts"},
			"values":         defaults(nil),
		}
		maps.Copy(m, rest)
		maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
		return m
	}
	cases := map[string]struct {
		reason string
		args   webhook.WebhookReleaseArgs
		want   map[string]any
	}{
		"Defaults": {reason: "the pinned chart, awaited, in a namespace of its own", want: want(nil)},
		"Mirror": {
			reason: "a mirror of the repository, and everything else that says where",
			args: webhook.WebhookReleaseArgs{
				Version: "1.5.1", Repository: "https://mirror.example.com/charts", Namespace: "webhook",
				CreateNamespace: pulumi.BoolRef(false), ReleaseName: "azwi", TimeoutSeconds: pulumi.Int(60),
			},
			want: want(map[string]any{
				"version": "1.5.1", "repositoryOpts": map[string]any{"repo": "https://mirror.example.com/charts"}, "namespace": "webhook",
				"createNamespace": false, "name": "azwi", "timeout": 60.0,
			}),
		},
		"LocalChart": {
			reason: "a chart on disk brings its version and needs no repository",
			args:   webhook.WebhookReleaseArgs{Chart: "./charts/workload-identity-webhook"},
			want:   want(map[string]any{"chart": "./charts/workload-identity-webhook", "version": nil, "repositoryOpts": nil}),
		},
		"OCIChart": {
			reason: "an OCI reference keeps the pinned version and needs no repository",
			args:   webhook.WebhookReleaseArgs{Chart: "oci://mirror.example.com/charts/workload-identity-webhook"},
			want:   want(map[string]any{"chart": "oci://mirror.example.com/charts/workload-identity-webhook", "repositoryOpts": nil}),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, inputs(t, tc.args)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestValues(t *testing.T) {
	alone := map[string]any{"replicaCount": 1.0, "podDisruptionBudget": map[string]any{"minAvailable": 0.0, "maxUnavailable": 1.0}}
	cases := map[string]struct {
		reason string
		args   webhook.WebhookReleaseArgs
		want   map[string]any
	}{
		"ValuesLast": {
			reason: "extra values win, and maps are merged by key",
			args: webhook.WebhookReleaseArgs{
				NodeSelector:  pulumi.StringMap{"kubernetes.io/os": pulumi.String("linux")},
				ImageRegistry: pulumi.String("mirror.example.com"),
				Values: pulumi.Map{
					"replicaCount": pulumi.Int(5),
					"image":        pulumi.Map{"pullPolicy": pulumi.String("Always")},
					"nodeSelector": pulumi.Map{"pool": pulumi.String("system")},
					"podLabels":    pulumi.Map{"team": pulumi.String("platform")},
				},
			},
			want: defaults(map[string]any{
				"replicaCount": 5.0,
				"image":        map[string]any{"repository": "mirror.example.com/oss/azure/workload-identity/webhook", "pullPolicy": "Always"},
				"nodeSelector": map[string]any{"kubernetes.io/os": "linux", "pool": "system"},
				"podLabels":    map[string]any{"team": "platform"},
			}),
		},
		"ValuesFromAnOutput": {
			reason: "values that are known only later are merged then",
			args: webhook.WebhookReleaseArgs{
				NodeSelector: pulumi.StringMap{"a": pulumi.String("1")},
				Values: pulumi.Map{
					"logLevel":     pulumi.String("info"),
					"nodeSelector": pulumi.StringMap{"b": pulumi.String("2")},
				}.ToMapOutput(),
			},
			want: defaults(map[string]any{"logLevel": "info", "nodeSelector": map[string]any{"a": "1", "b": "2"}}),
		},
		"ValuesOfTheStackFile": {
			reason: "nested values that are outputs each are merged too",
			args:   webhook.WebhookReleaseArgs{Values: pulumi.ToMap(map[string]any{"podDisruptionBudget": map[string]any{"minAvailable": "50%"}})},
			want:   defaults(map[string]any{"podDisruptionBudget": map[string]any{"minAvailable": "50%"}}),
		},
		"OneReplica": {
			reason: "the one pod may go, or no node could be drained",
			args:   webhook.WebhookReleaseArgs{Replicas: pulumi.Int(1)},
			want:   defaults(alone),
		},
		"OneReplicaLater": {
			reason: "the same where the number is known only later",
			args:   webhook.WebhookReleaseArgs{Replicas: pulumi.Int(1).ToIntOutput()},
			want:   defaults(alone),
		},
		"ThreeReplicasLater": {
			reason: "one pod must stay",
			args:   webhook.WebhookReleaseArgs{Replicas: pulumi.Int(3).ToIntOutput()},
			want:   defaults(map[string]any{"replicaCount": 3.0}),
		},
		"MinAvailable": {
			reason: "a budget of another kind replaces the default",
			args:   webhook.WebhookReleaseArgs{Replicas: pulumi.Int(3), PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MinAvailable: pulumi.Int(2)}},
			want:   defaults(map[string]any{"replicaCount": 3.0, "podDisruptionBudget": map[string]any{"minAvailable": 2.0}}),
		},
		"NoBudget": {
			reason: "the caller's own values have the last word",
			args:   webhook.WebhookReleaseArgs{Values: pulumi.Map{"podDisruptionBudget": pulumi.Map{"minAvailable": pulumi.Int(0)}}},
			want:   defaults(map[string]any{"podDisruptionBudget": map[string]any{"minAvailable": 0.0}}),
		},
		"BudgetInValues": {
			reason: "the default gives way to the caller's own values",
			args: webhook.WebhookReleaseArgs{Replicas: pulumi.Int(1), Values: pulumi.Map{
				"podDisruptionBudget": pulumi.Map{"minAvailable": pulumi.Int(0), "maxUnavailable": pulumi.String("100%")},
			}},
			want: defaults(map[string]any{"replicaCount": 1.0, "podDisruptionBudget": map[string]any{"minAvailable": 0.0, "maxUnavailable": "100%"}}),
		},
		"NoSpread": {
			reason: "an empty list is not the default",
			args:   webhook.WebhookReleaseArgs{TopologySpread: []webhook.TopologySpreadArgs{}},
			want:   defaults(map[string]any{"topologySpreadConstraints": []any{}}),
		},
		"PullSecretsLater": {
			reason: "names that are known only later become references then",
			args:   webhook.WebhookReleaseArgs{ImagePullSecrets: pulumi.ToStringArray([]string{"a", "b"}).ToStringArrayOutput()},
			want:   defaults(map[string]any{"imagePullSecrets": []any{map[string]any{"name": "a"}, map[string]any{"name": "b"}}}),
		},
		"RegistryLater": {
			reason: "a registry that is known only later",
			args:   webhook.WebhookReleaseArgs{ImageRegistry: pulumi.String("m.example.com").ToStringOutput()},
			want:   defaults(map[string]any{"image": map[string]any{"repository": "m.example.com/oss/azure/workload-identity/webhook"}}),
		},
		"WarningsOnly": {
			reason: "the flag knows the lowest level by the empty string",
			args:   webhook.WebhookReleaseArgs{LogLevel: pulumi.String(webhook.LogWarning)},
			want:   defaults(map[string]any{"logLevel": ""}),
		},
		"WarningsOnlyLater": {
			reason: "the same where the level is known only later",
			args:   webhook.WebhookReleaseArgs{LogLevel: pulumi.String(webhook.LogWarning).ToStringOutput()},
			want:   defaults(map[string]any{"logLevel": ""}),
		},
		"LimitsOnly": {
			reason: "what is not given is the chart's",
			args:   webhook.WebhookReleaseArgs{Resources: &webhook.ResourcesArgs{MemoryLimit: pulumi.String("64Mi")}},
			want:   defaults(map[string]any{"resources": map[string]any{"limits": map[string]any{"memory": "64Mi"}}}),
		},
		"AllNamespaces": {
			reason: "an empty selector selects all",
			args:   webhook.WebhookReleaseArgs{NamespaceSelector: &webhook.NamespaceSelectorArgs{}},
			want:   defaults(map[string]any{"mutatingWebhookNamespaceSelector": map[string]any{}}),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, inputs(t, tc.args)["values"]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
