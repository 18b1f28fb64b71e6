package webhook_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/argumentstest"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

type invalid = pulumitest.InvalidCase[*webhook.WebhookReleaseArgs]

// one returns a case with a single problem.
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
		"the webhook exits with a level it does not know":  one(args{LogLevel: pulumi.String("error")}, "logLevel", "warning, info, debug, trace, all"),
		"there is one backend of metrics":                  one(args{MetricsBackend: pulumi.String("statsd")}, "metricsBackend", "prometheus"),
		"the chart makes a container port of the address":  one(args{MetricsAddress: pulumi.String("0.0.0.0:8095")}, "metricsAddress", "a colon and a port"),
		"metrics cannot be switched off by port 0":         one(args{MetricsAddress: pulumi.String(":0")}, "metricsAddress", "a colon and a port"),
		"a port is 16 bits wide":                           one(args{MetricsAddress: pulumi.String(":65536")}, "metricsAddress", "a colon and a port"),
		"the port of the webhook itself":                   one(args{MetricsAddress: pulumi.String(":9443")}, "metricsAddress", "9440"),
		"the port of the webhook's health":                 one(args{MetricsAddress: pulumi.String(":9440")}, "metricsAddress", "9443"),
		"a priority class has a name":                      one(args{PriorityClassName: pulumi.String("Very High")}, "priorityClassName", "system-cluster-critical"),
		"a value that the chart does not have is a slip":   one(args{Values: pulumi.Map{"replicas": pulumi.Int(3)}}, "values.replicas", "replicaCount"),
		"a value of the pinned chart named by its version": one(args{Version: webhook.ChartVersion, Values: pulumi.Map{"x": pulumi.Int(3)}}, "values.x", "Helm would ignore it"),
		"another tenant would win over the argument's":     one(args{Values: pulumi.Map{"azureTenantID": pulumi.String("x")}}, "values.azureTenantID", "it comes from tenantId"),
		"another tenant in another chart's values":         one(args{Chart: "./mine", Values: pulumi.Map{"azureTenantID": pulumi.String("x")}}, "values.azureTenantID", "it comes from tenantId"),
		"another cloud would win over the argument's":      one(args{Values: pulumi.Map{"azureEnvironment": pulumi.String("x")}}, "values.azureEnvironment", "it comes from cloud"),
		"own values that say nothing beside a budget":      one(args{Values: pulumi.Map{"podDisruptionBudget": pulumi.Map{"minAvailable": nil, "maxUnavailable": pulumi.Int(1)}}}, "podDisruptionBudget", "meet in the values"),
		"own values that would block every node drain":     one(args{Replicas: pulumi.Int(1), Values: pulumi.Map{"podDisruptionBudget": pulumi.Map{"minAvailable": pulumi.Int(1)}}}, "podDisruptionBudget.minAvailable", "block every node drain"),
		"everything else wrong at once": {
			Args: &args{
				TenantId: tenant(), Namespace: "Web_Hook", Replicas: pulumi.Int(0), ImageRegistry: pulumi.String("https://mirror/"),
				LogLevel: pulumi.String("loud"), TimeoutSeconds: pulumi.Int(-1),
			},
			Want: []pulumitest.Problem{
				{Path: "timeoutSeconds", Text: "600"},
				{Path: "replicas", Text: "at least 1"},
				{Path: "imageRegistry", Text: "without scheme"},
				{Path: "namespace", Text: "lower-case"},
				{Path: "logLevel", Text: "warning, info, debug, trace, all"},
			},
		},
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
		"one spread, once soft and once hard":          {TenantId: tenant(), TopologySpread: []webhook.TopologySpreadArgs{{TopologyKey: pulumi.String("a")}, {TopologyKey: pulumi.String("a"), WhenUnsatisfiable: pulumi.String(webhook.DoNotSchedule)}}},
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

func TestTags(t *testing.T) {
	argumentstest.CheckTags(t, webhook.WebhookReleaseArgs{})
	argumentstest.CheckEnforced(t, webhook.WebhookReleaseArgs{})
}

func TestThePageNamesEveryArgument(t *testing.T) {
	argumentstest.CheckReference(t, "../../docs/webhook.md", webhook.WebhookReleaseArgs{})
}

func TestThePageNamesTheDefaults(t *testing.T) {
	page, err := os.ReadFile("../../docs/webhook.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"version": webhook.ChartVersion, "repository": webhook.DefaultRepository, "chart": webhook.ChartName,
		"namespace": webhook.DefaultNamespace, "releaseName": webhook.DefaultReleaseName,
		"timeoutSeconds": webhook.DefaultTimeoutSeconds, "replicas": webhook.DefaultReplicas,
	} {
		if row := fmt.Sprintf("(?m)^\\| `%s` \\| .*Default: %v[., ]", name, value); !regexp.MustCompile(row).Match(page) {
			t.Errorf("docs/webhook.md does not have the default %v of %s", value, name)
		}
	}
	if !strings.Contains(string(page), "the webhook "+webhook.AppVersion) {
		t.Errorf("docs/webhook.md does not have the webhook's version %s", webhook.AppVersion)
	}
}

// set gives one property a value in arguments that are valid without it.
type set func(args *webhook.WebhookReleaseArgs, value string)

// Validate accepts what the tags permit, and refuses what they do not: other rules neither hide nor
// contradict them.
func TestValidateKeepsToTheTags(t *testing.T) {
	number := func(value string) pulumi.IntPtrInput { n, _ := strconv.Atoi(value); return pulumi.Int(n) }
	toleration := func(set func(t *webhook.TolerationArgs, value string)) set {
		return func(args *webhook.WebhookReleaseArgs, value string) {
			args.Tolerations = []webhook.TolerationArgs{{Key: pulumi.String("a")}}
			set(&args.Tolerations[0], value)
		}
	}
	spread := func(set func(s *webhook.TopologySpreadArgs, value string)) set {
		return func(args *webhook.WebhookReleaseArgs, value string) {
			args.TopologySpread = []webhook.TopologySpreadArgs{{TopologyKey: pulumi.String("a")}}
			set(&args.TopologySpread[0], value)
		}
	}
	sets := map[string]set{
		"WebhookReleaseArgs.cloud":             func(a *webhook.WebhookReleaseArgs, v string) { a.Cloud = azure.Cloud(v) },
		"WebhookReleaseArgs.logLevel":          func(a *webhook.WebhookReleaseArgs, v string) { a.LogLevel = pulumi.String(v) },
		"WebhookReleaseArgs.metricsBackend":    func(a *webhook.WebhookReleaseArgs, v string) { a.MetricsBackend = pulumi.String(v) },
		"WebhookReleaseArgs.replicas":          func(a *webhook.WebhookReleaseArgs, v string) { a.Replicas = number(v) },
		"WebhookReleaseArgs.timeoutSeconds":    func(a *webhook.WebhookReleaseArgs, v string) { a.TimeoutSeconds = number(v) },
		"TolerationArgs.operator":              toleration(func(t *webhook.TolerationArgs, v string) { t.Operator = pulumi.String(v) }),
		"TolerationArgs.effect":                toleration(func(t *webhook.TolerationArgs, v string) { t.Effect = pulumi.String(v) }),
		"TopologySpreadArgs.maxSkew":           spread(func(s *webhook.TopologySpreadArgs, v string) { s.MaxSkew = number(v) }),
		"TopologySpreadArgs.whenUnsatisfiable": spread(func(s *webhook.TopologySpreadArgs, v string) { s.WhenUnsatisfiable = pulumi.String(v) }),
		"SelectorRequirementArgs.operator": func(a *webhook.WebhookReleaseArgs, v string) {
			r := webhook.SelectorRequirementArgs{Key: pulumi.String("a"), Operator: pulumi.String(v)}
			if v == string(webhook.SelectIn) || v == string(webhook.SelectNotIn) {
				r.Values = pulumi.ToStringArray([]string{"x"})
			}
			a.NamespaceSelector = &webhook.NamespaceSelectorArgs{MatchExpressions: []webhook.SelectorRequirementArgs{r}}
		},
	}
	tagged := 0
	for _, typ := range argumentstest.Structs(webhook.WebhookReleaseArgs{}) {
		for _, f := range arguments.Fields(typ) {
			accepted := map[string]bool{}
			for _, value := range f.Enum {
				accepted[value], accepted["neither"] = true, false
			}
			if f.Min != nil {
				accepted[strconv.Itoa(*f.Min)], accepted[strconv.Itoa(*f.Min-1)] = true, false
			}
			if f.Max != nil {
				accepted[strconv.Itoa(*f.Max)], accepted[strconv.Itoa(*f.Max+1)] = true, false
			}
			if len(accepted) == 0 {
				continue
			}
			tagged++
			set, ok := sets[typ.Name()+"."+f.Name]
			if !ok {
				t.Errorf("%s.%s has a tag and no case here", typ.Name(), f.Name)
				continue
			}
			for value, want := range accepted {
				args := &webhook.WebhookReleaseArgs{TenantId: tenant()}
				set(args, value)
				if err := args.Validate("shop"); (err == nil) != want {
					t.Errorf("%s.%s %s: error = %v", typ.Name(), f.Name, value, err)
				}
			}
		}
	}
	if tagged != len(sets) {
		t.Errorf("%d properties have a tag, %d have a case", tagged, len(sets))
	}
}
