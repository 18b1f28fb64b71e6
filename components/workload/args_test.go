package workload_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// fieldOf returns an argument of a struct.
func fieldOf(t *testing.T, args any, name string) arguments.Field {
	t.Helper()
	for _, f := range arguments.Fields(reflect.TypeOf(args)) {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("%T has no argument %s", args, name)
	return arguments.Field{}
}

// enum returns the values that an argument may have.
func enum(t *testing.T, args any, name string) []string {
	t.Helper()
	values := fieldOf(t, args, name).Enum
	if len(values) == 0 {
		t.Fatalf("%T.%s is no enumeration", args, name)
	}
	return values
}

// Struct tags say to the stack file's schema what the webhook enforces.
func TestTheRangeOfTheTokenIsTheWebhooks(t *testing.T) {
	f := fieldOf(t, workload.ServiceAccountArgs{}, "tokenExpirationSeconds")
	if *f.Min != azwi.MinTokenExpirationSeconds || *f.Max != azwi.MaxTokenExpirationSeconds {
		t.Errorf("the range is %d to %d", *f.Min, *f.Max)
	}
}

// Every value of an enumeration, and both ends of a range, are accepted; the tables of invalid
// arguments have what lies outside.
func TestEveryValueIsAccepted(t *testing.T) {
	checked := 0
	for path, section := range map[string]func(*workload.FederatedWorkloadArgs) any{
		"":                func(a *workload.FederatedWorkloadArgs) any { return a },
		"identity.":       func(a *workload.FederatedWorkloadArgs) any { return a.Identity },
		"serviceAccount.": func(a *workload.FederatedWorkloadArgs) any { return a.ServiceAccount },
		"federations[0].": func(a *workload.FederatedWorkloadArgs) any { return &a.Federations[0] },
	} {
		empty := func() *workload.FederatedWorkloadArgs {
			return target(func(a *workload.FederatedWorkloadArgs, _ *workload.Target) {
				a.Identity, a.ServiceAccount = &workload.IdentityArgs{}, &workload.ServiceAccountArgs{}
			})
		}
		for _, f := range arguments.Fields(reflect.TypeOf(section(empty())).Elem()) {
			for _, value := range values(f) {
				args := empty()
				set(t, reflect.ValueOf(section(args)).Elem().FieldByIndex(f.Index), value)
				checked++
				// Other properties may be missing for this value; the value is fine.
				if err := args.Validate("shop"); err != nil && strings.Contains(err.Error(), "\n  "+path+f.Name+": ") {
					t.Errorf("%q of %s%s: %v", value, path, f.Name, err)
				}
			}
		}
	}
	if checked < 17 {
		t.Errorf("only %d values were checked", checked)
	}
}

// values returns the values of an enumeration, or the ends of a range.
func values(f arguments.Field) []string {
	list := f.Enum
	if f.Min != nil {
		list = append(list, strconv.Itoa(*f.Min))
	}
	if f.Max != nil {
		list = append(list, strconv.Itoa(*f.Max))
	}
	return list
}

func set(t *testing.T, field reflect.Value, value string) {
	t.Helper()
	if field.Kind() == reflect.String {
		field.SetString(value)
		return
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatal(err)
	}
	field.Set(reflect.ValueOf(pulumi.Int(n)))
}

func TestNoArgumentsAreValidatedLikeEmptyOnes(t *testing.T) {
	var none *workload.FederatedWorkloadArgs
	pulumitest.CheckProblems(t, none.Validate("x"), []pulumitest.Problem{{Path: "resourceGroupName", Text: "a resource group is required"}})
}

func TestInvalidSettings(t *testing.T) {
	pulumitest.Invalid(t, map[string]invalidCase{
		"settings of the whole workload, all at once": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Cloud = "AzureMoon"
				a.TenantId = pulumi.String("contoso.com")
				a.SubscriptionId = pulumi.String("production")
				a.ServiceAccount = &workload.ServiceAccountArgs{
					TokenExpirationSeconds: pulumi.Int(3599),
					Annotations: pulumi.StringMap{
						"azure.workload.identity/client-id": pulumi.String("x"), "azure.workload.identity/tenant-id": pulumi.String("y"), "mine": pulumi.String("z"),
					},
				}
			}),
			Want: []pulumitest.Problem{
				{Path: "serviceAccount.tokenExpirationSeconds", Text: "3600 to 86400"},
				{Path: `serviceAccount.annotations["azure.workload.identity/client-id"]`, Text: "itself"},
				{Path: `serviceAccount.annotations["azure.workload.identity/tenant-id"]`, Text: "itself"},
				{Path: "tenantId", Text: "not its domain"},
				{Path: "subscriptionId", Text: "not its name"},
				{Path: "cloud", Text: "AzurePublicCloud"},
			},
		},
	}, newWorkload)
}
