package workload_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func TestCredentialsAreWrittenOneAtATime(t *testing.T) {
	for name, tc := range map[string]struct {
		typ  string
		kind workload.IdentityKind
	}{
		"of a user-assigned identity": {credentialType, workload.UserAssigned},
		"of an application":           {appTrustType, workload.Application},
		"of an existing application":  {appTrustType, workload.ExistingApplication},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
				args := &workload.FederatedWorkloadArgs{
					Identity: &workload.IdentityArgs{Kind: tc.kind}, Targets: c.targets(), ServiceAccount: &workload.ServiceAccountArgs{CreateNamespace: true},
				}
				switch tc.kind {
				case workload.UserAssigned:
					args.ResourceGroupName = pulumi.String("apps")
				case workload.ExistingApplication:
					args.Identity.Id = pulumi.String(theirClient)
				}
				for i := range azure.MaxFederatedCredentials {
					args.Federations = append(args.Federations, workload.Accounts(fmt.Sprintf("shop/web-%02d", i))...)
				}
				return args
			})
			list := r.ByType(tc.typ)
			if len(list) != azure.MaxFederatedCredentials {
				t.Fatalf("%d credentials", len(list))
			}
			// Every pair has a direct edge, so that deleting any subset is ordered.
			for i, later := range list {
				if !later.Request.GetDeleteBeforeReplace() {
					t.Errorf("%s would be replaced beside its predecessor, which has its issuer and subject", later.Name)
				}
				for _, earlier := range list[:i] {
					if !slices.Contains(later.Explicit, earlier.URN) {
						t.Errorf("%s does not depend on %s", later.Name, earlier.Name)
					}
				}
			}
		})
	}
}

// What is an output is checked when it resolves, in words of the same quality.
func TestCredentialsThatFailLater(t *testing.T) {
	checkLater(t, map[string]laterCase{
		"an empty issuer": {
			args: changed(func(f *workload.FederationArgs) { f.Issuer = later("") }),
			want: []string{`federations[0].issuer of workload "shop": an issuer URL is required`},
		},
		"an issuer without its slash": {
			args: changed(func(f *workload.FederationArgs) { f.Issuer = later(strings.TrimSuffix(issuer, "/")) }),
			want: []string{"trailing slash"},
		},
		"one issuer under two keys": {
			args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations[0].Issuer = later(issuer)
				a.Federations = append(a.Federations, federation("other", "shop", "web"))
				a.Federations[1].Issuer = later(issuer)
			}),
			want: []string{`federations[1].issuer of workload "shop": another federation trusts subject "system:serviceaccount:shop:web"`},
		},
	})
}
