package workload_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const (
	colleague = "44444444-0000-4000-8000-000000000001"
	pipeline  = "44444444-0000-4000-8000-000000000002"
)

// owned returns an application with the given owners.
func owned(owners pulumi.StringArrayInput) func(*fakeCluster) *workload.FederatedWorkloadArgs {
	return func(c *fakeCluster) *workload.FederatedWorkloadArgs {
		args := application(c)
		args.Identity.Owners = owners
		return args
	}
}

func TestOwners(t *testing.T) {
	for reason, tc := range map[string]struct {
		owners pulumi.StringArrayInput
		want   []any
		// ignored is true if later changes of the owners are left alone.
		ignored bool
		warning string
	}{
		"by default it is who deploys, at the creation": {want: []any{pulumitest.ObjectID}, ignored: true},
		"named owners are the same for every deployer": {
			owners: pulumi.ToStringArray([]string{colleague, strings.ToUpper(pulumitest.ObjectID)}),
			want:   []any{colleague, strings.ToUpper(pulumitest.ObjectID)},
		},
		"owners that are known later": {
			owners: pulumi.StringArray{later(colleague), pulumi.String(pulumitest.ObjectID)},
			want:   []any{colleague, pulumitest.ObjectID},
		},
		"owners without the deployer": {
			owners: pulumi.ToStringArray([]string{colleague, pipeline}), want: []any{colleague, pipeline},
			warning: "does not have the deployer (" + pulumitest.ObjectID + ")",
		},
	} {
		t.Run(reason, func(t *testing.T) {
			r := run(t, owned(tc.owners))
			for _, child := range []*pulumitest.Resource{r.Get(t, appType, "shop-application"), r.Get(t, principalType, "shop-principal")} {
				if diff := cmp.Diff(tc.want, child.Inputs["owners"].Mappable()); diff != "" {
					t.Errorf("%s: owners (-want +got):\n%s", child.Name, diff)
				}
				var ignored []string
				if tc.ignored {
					ignored = []string{"owners"}
				}
				if diff := cmp.Diff(ignored, child.Request.GetIgnoreChanges()); diff != "" {
					t.Errorf("%s: ignoreChanges (-want +got):\n%s", child.Name, diff)
				}
			}
			said := strings.Join(warnings(r), "\n")
			if tc.warning == "" && strings.Contains(said, "owners") || !strings.Contains(said, tc.warning) {
				t.Errorf("warnings = %q, want %q", said, tc.warning)
			}
		})
	}
}

func TestInvalidOwners(t *testing.T) {
	app := func(owners ...string) *workload.FederatedWorkloadArgs {
		return of(workload.IdentityArgs{Kind: workload.Application, Owners: pulumi.ToStringArray(owners)})
	}
	many := make([]string, 101)
	for i := range many {
		many[i] = pulumitest.GUID("owner", string(rune('a'+i)))
	}
	pulumitest.Invalid(t, map[string]invalidCase{
		"nobody": {
			Args: app(),
			Want: []pulumitest.Problem{{Path: "identity.owners", Text: "leave it out for whoever runs the deployment"}},
		},
		"too many": {
			Args: app(many...),
			Want: []pulumitest.Problem{{Path: "identity.owners", Text: "101 owners"}},
		},
		"a person by name, and somebody twice": {
			Args: app("ada@example.com", colleague, strings.ToUpper(colleague)),
			Want: []pulumitest.Problem{
				{Path: "identity.owners[0]", Text: "az ad user show --query id"},
				{Path: "identity.owners[2]", Text: "owners[1] is the same"},
			},
		},
		"a user-assigned identity has no owners": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Identity = &workload.IdentityArgs{Owners: pulumi.ToStringArray([]string{colleague})}
			}),
			Want: []pulumitest.Problem{{Path: "identity.owners", Text: `belongs to identity.kind "application"`}},
		},
	}, newWorkload)
}
