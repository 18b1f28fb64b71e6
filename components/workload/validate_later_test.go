package workload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestDefaultServiceAccountOnRequest(t *testing.T) {
	pulumitest.Run(t, func(ctx *pulumi.Context) error {
		return newWorkload(ctx, valid(func(a *workload.FederatedWorkloadArgs) {
			a.Federations[0].ServiceAccount = "default"
			a.ServiceAccount = &workload.ServiceAccountArgs{AllowDefault: true}
		}))
	}, options())
}

func TestTwentyFederationsAreAllowed(t *testing.T) {
	off := false
	pulumitest.Run(t, func(ctx *pulumi.Context) error {
		return newWorkload(ctx, valid(func(a *workload.FederatedWorkloadArgs) {
			for i := range 25 {
				f := federation("main", "shop", fmt.Sprintf("web-%d", i))
				if i >= 19 {
					f.Enabled = &off
				}
				a.Federations = append(a.Federations, f)
			}
		}))
	}, options())
}

// What is an output is checked when it resolves, in words of the same quality.
func TestWhatIsKnownLaterFailsLater(t *testing.T) {
	later := func(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }
	cases := map[string]struct {
		args *workload.FederatedWorkloadArgs
		want string
	}{
		"an empty issuer": {
			args: changed(func(f *workload.FederationArgs) { f.Issuer = later("") }),
			want: `federations[0].issuer of workload "shop": an issuer URL is required`,
		},
		"an issuer without its slash": {
			args: changed(func(f *workload.FederationArgs) { f.Issuer = later(strings.TrimSuffix(issuer, "/")) }),
			want: "trailing slash",
		},
		"one issuer under two keys": {
			args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations[0].Issuer = later(issuer)
				a.Federations = append(a.Federations, federation("other", "shop", "web"))
				a.Federations[1].Issuer = later(issuer)
			}),
			want: `federations[1].issuer of workload "shop": another federation trusts subject "system:serviceaccount:shop:web"`,
		},
		"a scope that is no resource id": {
			args: granted(workload.GrantArgs{Role: "Reader", Scope: later("kv"), ScopeKey: "x"}),
			want: `grants[0].scope of workload "shop"`,
		},
		"the id of something else": {
			args: &workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: later(vaultID)}, Federations: []workload.FederationArgs{federation("main", "shop", "web")}},
			want: "is not the id of a user-assigned identity",
		},
		"an application that is none": {
			args: &workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Kind: workload.ExistingApplication, Id: later("shop")}, Federations: []workload.FederationArgs{federation("main", "shop", "web")}},
			want: "give its client id",
		},
		"an identity of a subscription that the provider does not reach": {
			args: &workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: pulumi.String(
				"/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/theirs/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-theirs")},
				Federations: []workload.FederationArgs{federation("main", "shop", "web")}},
			want: "is in another subscription than the provider's",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := pulumitest.Try(t, func(ctx *pulumi.Context) error { return newWorkload(ctx, tc.args) }, options())
			if r.Err == nil || !strings.Contains(r.Err.Error(), tc.want) {
				t.Errorf("error = %v, want %q", r.Err, tc.want)
			}
		})
	}
}
