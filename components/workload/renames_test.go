package workload_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// alias is an alias with a previous name or type.
type alias struct{ Name, Type string }

func aliases(r *pulumitest.Resource) []alias {
	var list []alias
	for _, a := range r.Request.GetAliases() {
		list = append(list, alias{a.GetSpec().GetName(), a.GetSpec().GetType()})
	}
	return list
}

// ours returns the aliases that the component gives, without the SDK's.
func ours(all []alias) []alias {
	var list []alias
	for _, a := range all {
		if a.Name != "" || a.Type == patchType || a.Type == accountType {
			list = append(list, a)
		}
	}
	return list
}

func TestRenamedFederations(t *testing.T) {
	type renamed struct{ key, namespace, account, from string }
	const (
		credentials = "shop-credential-"
		accounts    = "shop-account-"
		namespaces  = "shop-namespace-"
	)
	byType := alias{Type: patchType}
	cases := map[string]struct {
		federations []renamed
		// want are the aliases by type and name of the resource.
		want map[string][]alias
	}{
		"another key: it is the same namespace and account": {
			federations: []renamed{{"new", "shop", "web", "old/shop/web"}},
			want: map[string][]alias{
				credentialType + " " + credentials + "new.shop.web": {{Name: credentials + "old.shop.web"}},
				accountType + " " + accounts + "new.shop.web": {
					byType, {Name: accounts + "old.shop.web"}, {Name: accounts + "old.shop.web", Type: patchType},
				},
				namespaceType + " " + namespaces + "new.shop": {{Name: namespaces + "old.shop"}},
			},
		},
		"another namespace: it is another one": {
			federations: []renamed{{"main", "new", "web", "main/old/web"}},
			want: map[string][]alias{
				credentialType + " " + credentials + "main.new.web": {{Name: credentials + "main.old.web"}},
				accountType + " " + accounts + "main.new.web": {
					byType, {Name: accounts + "main.old.web"}, {Name: accounts + "main.old.web", Type: patchType},
				},
				namespaceType + " " + namespaces + "main.new": nil,
			},
		},
		"another account": {
			federations: []renamed{{"main", "shop", "new", "main/shop/old.v1"}},
			want: map[string][]alias{
				credentialType + " " + credentials + "main.shop.new": {{Name: credentials + "main.shop.old.v1"}},
				namespaceType + " " + namespaces + "main.shop":       nil,
			},
		},
		"another account, and the key as it is": {
			federations: []renamed{{"main", "shop", "new", "shop/old"}},
			want: map[string][]alias{
				credentialType + " " + credentials + "main.shop.new": {{Name: credentials + "main.shop.old"}},
				namespaceType + " " + namespaces + "main.shop":       nil,
			},
		},
		"two of one namespace claim it once, whichever says so": {
			federations: []renamed{{"new", "shop", "fresh", ""}, {"new", "shop", "web", "old/shop/web"}, {"new", "shop", "worker", "old/shop/worker"}},
			want: map[string][]alias{
				accountType + " " + accounts + "new.shop.fresh": {byType},
				namespaceType + " " + namespaces + "new.shop":   {{Name: namespaces + "old.shop"}},
			},
		},
		"one that stays keeps the namespace": {
			federations: []renamed{{"old", "shop", "web", ""}, {"new", "shop", "worker", "old/shop/worker"}},
			want: map[string][]alias{
				namespaceType + " " + namespaces + "old.shop": nil,
				namespaceType + " " + namespaces + "new.shop": nil,
			},
		},
		"only one of two keys gets the old namespace": {
			federations: []renamed{{"east", "shop", "web", "old/shop/web"}, {"west", "shop", "web", "old/shop/worker"}},
			want: map[string][]alias{
				namespaceType + " " + namespaces + "east.shop": {{Name: namespaces + "old.shop"}},
				namespaceType + " " + namespaces + "west.shop": nil,
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
				args := &workload.FederatedWorkloadArgs{
					ResourceGroupName: pulumi.String("apps"), ServiceAccount: &workload.ServiceAccountArgs{CreateNamespace: true},
				}
				for _, f := range tc.federations {
					target := workload.NewTarget(f.key, c)
					if f.key == "west" { // another cluster
						target.Issuer = pulumi.String(issuer)
					}
					if !slices.ContainsFunc(args.Targets, func(t workload.Target) bool { return t.Key == f.key }) {
						args.Targets = append(args.Targets, target)
					}
					args.Federations = append(args.Federations, workload.FederationArgs{
						Target: f.key, Namespace: f.namespace, ServiceAccount: f.account, RenamedFrom: f.from,
					})
				}
				return args
			})
			got := map[string][]alias{}
			for _, res := range r.Resources {
				id := res.Type + " " + res.Name
				if _, asked := tc.want[id]; asked {
					// The SDK adds aliases of azure-native's other API versions.
					got[id] = ours(aliases(res))
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("aliases (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenamedGraph(t *testing.T) {
	r := pulumitest.Matrix(t, options(), []string{"azure-native"}, build(func(c *fakeCluster) *workload.FederatedWorkloadArgs {
		args := minimal(c)
		args.Federations[0].RenamedFrom = "old/shop/web"
		return args
	}))
	// A rename changes what the engine compares with, and nothing in the graph.
	pulumitest.Golden(t, "minimal", r.Graph())
}
