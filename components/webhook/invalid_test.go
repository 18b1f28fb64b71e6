package webhook_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

type invalid = pulumitest.InvalidCase[*webhook.WebhookReleaseArgs]

// one is a case with a single problem.
func one(args webhook.WebhookReleaseArgs, path, text string) invalid {
	if args.TenantId == nil {
		args.TenantId = tenant()
	}
	return invalid{Args: &args, Want: []pulumitest.Problem{{Path: path, Text: text}}}
}

func refused(t *testing.T, cases map[string]invalid) {
	t.Helper()
	pulumitest.Invalid(t, cases, func(ctx *pulumi.Context, a *webhook.WebhookReleaseArgs) error {
		_, err := webhook.NewWebhookRelease(ctx, "shop", a)
		return err
	})
}

// Carries R3, R4.
func TestInvalidArguments(t *testing.T) {
	type args = webhook.WebhookReleaseArgs
	refused(t, map[string]invalid{
		"without a tenant the chart cannot be installed":   {Args: nil, Want: []pulumitest.Problem{{Path: "tenantId", Text: "tenantId output"}}},
		"a tenant is not a domain":                         one(args{TenantId: pulumi.String("contoso.com")}, "tenantId", "not its domain"),
		"the add-on installs the same names":               one(args{WorkloadIdentityAddon: pulumi.Bool(true)}, "workloadIdentityAddon", "switch the cluster's add-on off"),
		"a cloud that does not exist":                      one(args{Cloud: "AzureMoon"}, "cloud", "AzurePublicCloud, AzureUSGovernment, AzureChinaCloud"),
		"a range is not a pinned version":                  one(args{Version: "^1.6"}, "version", `"1.6.0"`),
		"a local chart has no repository":                  one(args{Chart: "./chart", Repository: "https://example.com"}, "repository", "exclude each other"),
		"an OCI registry is no repository":                 one(args{Repository: "oci://example.com/charts"}, "repository", "goes into chart"),
		"kube-system is the add-on's":                      one(args{Namespace: "kube-system"}, "namespace", "add-on"),
		"Helm's names are short":                           one(args{ReleaseName: strings.Repeat("a", 54)}, "releaseName", "up to 53"),
		"Helm's names are lower-case":                      one(args{ReleaseName: "Webhook"}, "releaseName", "lower-case"),
		"the webhook exits with a level it does not know":  one(args{LogLevel: "error"}, "logLevel", "warning, info, debug, trace, all"),
		"there is one backend of metrics":                  one(args{MetricsBackend: "statsd"}, "metricsBackend", "prometheus"),
		"the chart makes a container port of the address":  one(args{MetricsAddress: "0.0.0.0:8095"}, "metricsAddress", "a colon and a port"),
		"metrics cannot be switched off by port 0":         one(args{MetricsAddress: ":0"}, "metricsAddress", "a colon and a port"),
		"a port is 16 bits wide":                           one(args{MetricsAddress: ":65536"}, "metricsAddress", "a colon and a port"),
		"the port of the webhook itself":                   one(args{MetricsAddress: ":9443"}, "metricsAddress", "9440"),
		"the port of the webhook's health":                 one(args{MetricsAddress: ":9440"}, "metricsAddress", "9443"),
		"a priority class has a name":                      one(args{PriorityClassName: pulumi.String("Very High")}, "priorityClassName", "system-cluster-critical"),
		"a value that the chart does not have is a slip":   one(args{Values: pulumi.Map{"replicas": pulumi.Int(3)}}, "values.replicas", "replicaCount"),
		"a value of the pinned chart named by its version": one(args{Version: webhook.ChartVersion, Values: pulumi.Map{"x": pulumi.Int(3)}}, "values.x", "Helm would ignore it"),
		"own values that say nothing beside a budget":      one(args{Values: pulumi.Map{"podDisruptionBudget": pulumi.Map{"minAvailable": nil, "maxUnavailable": pulumi.Int(1)}}}, "podDisruptionBudget", "meet in the values"),
		"own values that would block every node drain":     one(args{Replicas: pulumi.Int(1), Values: pulumi.Map{"podDisruptionBudget": pulumi.Map{"minAvailable": pulumi.Int(1)}}}, "podDisruptionBudget.minAvailable", "block every node drain"),
		"everything else wrong at once": {
			Args: &args{
				TenantId: tenant(), Namespace: "Web_Hook", Replicas: pulumi.Int(0), ImageRegistry: pulumi.String("https://mirror/"),
				LogLevel: "loud", TimeoutSeconds: -1,
			},
			Want: []pulumitest.Problem{
				{Path: "replicas", Text: "at least 1"},
				{Path: "imageRegistry", Text: "without scheme"},
				{Path: "namespace", Text: "lower-case"},
				{Path: "timeoutSeconds", Text: "600"},
				{Path: "logLevel", Text: "warning, info, debug, trace, all"},
			},
		},
	})
}

func TestInvalidPods(t *testing.T) {
	type args = webhook.WebhookReleaseArgs
	budget := func(minimum, maximum pulumi.Input) *webhook.PodDisruptionBudgetArgs {
		return &webhook.PodDisruptionBudgetArgs{MinAvailable: minimum, MaxUnavailable: maximum}
	}
	resources := func(r webhook.ResourcesArgs) args { return args{Resources: &r} }
	toleration := func(t webhook.TolerationArgs) args { return args{Tolerations: []webhook.TolerationArgs{t}} }
	spread := func(list ...webhook.TopologySpreadArgs) args { return args{TopologySpread: list} }
	const minPath, maxPath = "podDisruptionBudget.minAvailable", "podDisruptionBudget.maxUnavailable"
	refused(t, map[string]invalid{
		"an empty budget says nothing":                one(args{PodDisruptionBudget: budget(nil, nil)}, "podDisruptionBudget", "give minAvailable or maxUnavailable"),
		"the API server takes one of the two":         one(args{PodDisruptionBudget: budget(pulumi.Int(1), pulumi.Int(1))}, "podDisruptionBudget", "exclude each other"),
		"one of the two, also where one is an output": one(args{PodDisruptionBudget: budget(pulumi.Int(1), pulumi.Int(1).ToIntOutput())}, "podDisruptionBudget", "exclude each other"),
		"the chart drops a maxUnavailable of 0":       one(args{PodDisruptionBudget: budget(nil, pulumi.Int(0))}, maxPath, "the chart drops a 0"),
		"0% lets no pod go":                           one(args{PodDisruptionBudget: budget(nil, pulumi.String("0%"))}, maxPath, "block every node drain"),
		"the chart drops a minAvailable of 0":         one(args{PodDisruptionBudget: budget(pulumi.Int(0), nil)}, minPath, "protect nothing"),
		"all of the default replicas block a drain":   one(args{PodDisruptionBudget: budget(pulumi.Int(2), nil)}, minPath, "2 of 2 replicas would block every node drain"),
		"more than all replicas block a drain":        one(args{Replicas: pulumi.Int(3), PodDisruptionBudget: budget(pulumi.Int(4), nil)}, minPath, "4 of 3 replicas"),
		"the only replica blocks a drain":             one(args{Replicas: pulumi.Int(1), PodDisruptionBudget: budget(pulumi.Int(1), nil)}, minPath, "maxUnavailable: 1"),
		"Kubernetes rounds a percentage up":           one(args{PodDisruptionBudget: budget(pulumi.String("51%"), nil)}, minPath, "51% of 2 replicas"),
		"100% blocks a drain whatever the replicas":   one(args{Replicas: pulumi.Int(3).ToIntOutput(), PodDisruptionBudget: budget(pulumi.String("100%"), nil)}, minPath, "100%"),
		"a budget is a number or a percentage":        one(args{PodDisruptionBudget: budget(nil, pulumi.String("half"))}, maxPath, `"50%"`),
		"a budget is no truth":                        one(args{PodDisruptionBudget: budget(nil, pulumi.Bool(true))}, maxPath, `"50%"`),
		"a budget is not negative":                    one(args{PodDisruptionBudget: budget(pulumi.Int(-1), nil)}, minPath, "fewer than none"),
		"a budget is at most all":                     one(args{PodDisruptionBudget: budget(nil, pulumi.String("101%"))}, maxPath, "more than all"),
		"a quantity has a known suffix":               one(resources(webhook.ResourcesArgs{CpuLimit: pulumi.String("1 core")}), "resources.cpuLimit", "100m or 64Mi"),
		"a request of nothing":                        one(resources(webhook.ResourcesArgs{CpuRequest: pulumi.String("0")}), "resources.cpuRequest", "leave it out"),
		"m is a thousandth, not a megabyte":           one(resources(webhook.ResourcesArgs{MemoryRequest: pulumi.String("30m")}), "resources.memoryRequest", "less than 1Mi"),
		"memory in bytes with a slip": {
			Args: &args{TenantId: tenant(), Resources: &webhook.ResourcesArgs{MemoryLimit: pulumi.String("128"), MemoryRequest: pulumi.String("1Mi")}},
			Want: []pulumitest.Problem{{Path: "resources.memoryLimit", Text: "less than 1Mi"}, {Path: "resources.memoryRequest", Text: "above the limit"}},
		},
		"a request above its limit":                   one(resources(webhook.ResourcesArgs{CpuRequest: pulumi.String("1"), CpuLimit: pulumi.String("500m")}), "resources.cpuRequest", "above the limit of 500m"),
		"a request above the chart's limit":           one(resources(webhook.ResourcesArgs{MemoryRequest: pulumi.String("64Mi")}), "resources.memoryRequest", "above the limit of 30Mi"),
		"a limit below the chart's request":           one(resources(webhook.ResourcesArgs{CpuLimit: pulumi.String("50m")}), "resources.cpuRequest", "request of 100m"),
		"a pull secret has a name":                    one(args{ImagePullSecrets: pulumi.ToStringArray([]string{"ok", "Not OK"})}, "imagePullSecrets[1]", "webhook's namespace"),
		"a node label has a key":                      one(args{NodeSelector: pulumi.StringMap{"a/b/c": pulumi.String("x")}}, "nodeSelector.a/b/c", "is not allowed"),
		"a node label has a value of its form":        one(args{NodeSelector: pulumi.StringMap{"pool": pulumi.String("a b")}}, "nodeSelector.pool", "is not allowed"),
		"a toleration of a key without a key":         one(toleration(webhook.TolerationArgs{Value: pulumi.String("x")}), "tolerations[0].key", "use operator Exists"),
		"an operator that tolerations do not have":    one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), Operator: pulumi.String("In")}), "tolerations[0].operator", "Equal, Exists"),
		"Exists compares with nothing":                one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), Operator: pulumi.String("Exists"), Value: pulumi.String("x")}), "tolerations[0].value", "takes no value"),
		"an effect that taints do not have":           one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), Effect: pulumi.String("NoExec")}), "tolerations[0].effect", "NoExecute"),
		"seconds are for pods that run":               one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), TolerationSeconds: pulumi.Int(5)}), "tolerations[0].tolerationSeconds", "set effect to NoExecute"),
		"a taint's key has the form of labels":        one(toleration(webhook.TolerationArgs{Key: pulumi.String("a b")}), "tolerations[0].key", "is not allowed"),
		"a taint's value has the form of labels":      one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), Value: pulumi.String("a b")}), "tolerations[0].value", "is not allowed"),
		"a spread over nothing":                       one(spread(webhook.TopologySpreadArgs{}), "topologySpread[0].topologyKey", "is not allowed"),
		"a negative skew":                             one(spread(webhook.TopologySpreadArgs{TopologyKey: "a", MaxSkew: -1}), "topologySpread[0].maxSkew", "leave it out for 1"),
		"a mode that the scheduler does not have":     one(spread(webhook.TopologySpreadArgs{TopologyKey: "a", WhenUnsatisfiable: "Maybe"}), "topologySpread[0].whenUnsatisfiable", "ScheduleAnyway, DoNotSchedule"),
		"Kubernetes takes a spread once":              one(spread(webhook.TopologySpreadArgs{TopologyKey: "a"}, webhook.TopologySpreadArgs{TopologyKey: "a", WhenUnsatisfiable: webhook.ScheduleAnyway}), "topologySpread[1]", "allows the pair once"),
		"the chart's selector would match other pods": one(args{PodLabels: pulumi.StringMap{"app": pulumi.String("x")}}, "podLabels.app", "sets it itself"),
		"the webhook cannot admit its own first pod":  one(args{PodLabels: pulumi.StringMap{"azure.workload.identity/use": pulumi.String("true")}}, `podLabels["azure.workload.identity/use"]`, "none could ever start"),
		"a pod label has a value of its form":         one(args{PodLabels: pulumi.StringMap{"team": pulumi.String("we & you")}}, "podLabels.team", "is not allowed"),
		"an annotation has a key":                     one(args{PodAnnotations: pulumi.StringMap{"": pulumi.String("x")}}, `podAnnotations[""]`, "is not allowed"),
		"an annotation of the webhook has a key":      one(args{WebhookAnnotations: pulumi.StringMap{"a/b/c": pulumi.String("x")}}, "webhookAnnotations.a/b/c", "is not allowed"),
	})
}

func TestInvalidNamespaceSelector(t *testing.T) {
	expression := func(r webhook.SelectorRequirementArgs) webhook.WebhookReleaseArgs {
		return webhook.WebhookReleaseArgs{NamespaceSelector: &webhook.NamespaceSelectorArgs{MatchExpressions: []webhook.SelectorRequirementArgs{r}}}
	}
	const path = "namespaceSelector.matchExpressions[0]"
	refused(t, map[string]invalid{
		"a requirement on no label":        one(expression(webhook.SelectorRequirementArgs{Operator: webhook.SelectExists}), path+".key", "is not allowed"),
		"an operator that does not exist":  one(expression(webhook.SelectorRequirementArgs{Key: "a", Operator: "Equals"}), path+".operator", "In, NotIn, Exists, DoesNotExist"),
		"In compares with something":       one(expression(webhook.SelectorRequirementArgs{Key: "a", Operator: webhook.SelectIn}), path+".values", "give at least one"),
		"NotIn compares with something":    one(expression(webhook.SelectorRequirementArgs{Key: "a", Operator: webhook.SelectNotIn}), path+".values", "give at least one"),
		"Exists compares with nothing":     one(expression(webhook.SelectorRequirementArgs{Key: "a", Operator: webhook.SelectExists, Values: []string{"x"}}), path+".values", "takes no values"),
		"DoesNotExist compares with none":  one(expression(webhook.SelectorRequirementArgs{Key: "a", Operator: webhook.SelectDoesNotExist, Values: []string{"x"}}), path+".values", "takes no values"),
		"a value has the form of labels":   one(expression(webhook.SelectorRequirementArgs{Key: "a", Operator: webhook.SelectIn, Values: []string{"ok", "a b"}}), path+".values[1]", "is not allowed"),
		"a label of a namespace has a key": one(webhook.WebhookReleaseArgs{NamespaceSelector: &webhook.NamespaceSelectorArgs{MatchLabels: pulumi.StringMap{"a b": pulumi.String("x")}}}, `namespaceSelector.matchLabels["a b"]`, "is not allowed"),
	})
}

// What Validate accepts must also be installable.
func TestValidateAcceptsWhatIsRight(t *testing.T) {
	for reason, args := range map[string]*webhook.WebhookReleaseArgs{
		"a tenant is enough":                           {TenantId: tenant()},
		"everything at once":                           everything(),
		"an add-on that is off":                        {TenantId: tenant(), WorkloadIdentityAddon: pulumi.Bool(false)},
		"what Helm and the templates know":             {TenantId: tenant(), Values: pulumi.Map{"global": pulumi.Map{}, "nameOverride": pulumi.String("x")}},
		"any value of another chart":                   {TenantId: tenant(), Chart: "./mine", Values: pulumi.Map{"mine": pulumi.Int(1)}},
		"any value of another version":                 {TenantId: tenant(), Version: "1.5.1", Values: pulumi.Map{"mine": pulumi.Int(1)}},
		"half of an even number of pods":               {TenantId: tenant(), PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MinAvailable: pulumi.String("50%")}},
		"every pod may go, if that is what is wanted":  {TenantId: tenant(), PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MaxUnavailable: pulumi.String("100%")}},
		"a toleration of everything":                   {TenantId: tenant(), Tolerations: []webhook.TolerationArgs{{Operator: pulumi.String(webhook.TolerateExists)}}},
		"one spread, once soft and once hard":          {TenantId: tenant(), TopologySpread: []webhook.TopologySpreadArgs{{TopologyKey: "a"}, {TopologyKey: "a", WhenUnsatisfiable: webhook.DoNotSchedule}}},
		"a budget whose number of replicas comes late": {TenantId: tenant(), Replicas: pulumi.Int(3).ToIntOutput(), PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MinAvailable: pulumi.Int(2)}},
	} {
		if err := args.Validate("shop"); err != nil {
			t.Errorf("%s: %v", reason, err)
		}
		pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(args)(ctx, "shop") }, pulumitest.Options{})
	}
}

func TestValidateNamesTheComponent(t *testing.T) {
	err := (&webhook.WebhookReleaseArgs{}).Validate("shop")
	var found *perrors.InputPropertiesError
	if !errors.As(err, &found) || !strings.Contains(err.Error(), `webhook release "shop"`) {
		t.Errorf("error = %v", err)
	}
}

func TestNoArgumentsAreValidatedLikeEmptyOnes(t *testing.T) {
	var none *webhook.WebhookReleaseArgs
	pulumitest.CheckProblems(t, none.Validate("x"), []pulumitest.Problem{{Path: "tenantId", Text: "a tenant is required"}})
}
