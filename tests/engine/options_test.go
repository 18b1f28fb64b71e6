package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

func TestARenamedComponentWithAnAliasMovesWithAllItsChildren(t *testing.T) {
	cases := map[string]struct {
		reason  string
		kind    workload.IdentityKind
		renamed shop
		was     map[string]string
		want    []string
	}{
		"Cluster": {
			reason: "the cluster, its pools and its provider keep their state, and no object in it changes",
			was:    map[string]string{"cluster": "main"}, renamed: shop{clusterName: "primary"}, want: []string{},
		},
		"Webhook": {
			reason: "the release keeps its state",
			was:    map[string]string{"webhook": "webhook"}, renamed: shop{webhookName: "injector"}, want: []string{},
		},
		"Workload": {
			reason: "identity, grants, credentials, namespace and accounts keep their state",
			was:    map[string]string{"workload": "orders"}, renamed: shop{workloadName: "purchases"}, want: []string{},
		},
		"WorkloadOfAnApplication": {
			reason: "application and principal keep their state; the display name, by default the component's, is updated in place",
			kind:   workload.Application,
			was:    map[string]string{"workload": "orders"}, renamed: shop{workloadName: "purchases"},
			want: []string{"update purchases-application"},
		},
		"All": {
			reason:  "renaming all three in one update changes no more than renaming each",
			was:     map[string]string{"cluster": "main", "webhook": "webhook", "workload": "orders"},
			renamed: shop{clusterName: "primary", webhookName: "injector", workloadName: "purchases"}, want: []string{},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			pools := cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{{Name: "apps"}}}
			args := workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Kind: tc.kind}}
			s := newStack(t)
			s.up(shop{cluster: pools, workload: args}.program)

			tc.renamed.cluster, tc.renamed.workload = pools, args
			tc.renamed.options = func(component string) []pulumi.ResourceOption {
				was, ok := tc.was[component]
				if !ok {
					return nil
				}
				return []pulumi.ResourceOption{pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(was)}})}
			}
			equal(t, tc.reason+"; the preview", s.preview(tc.renamed.program).changes(), tc.want)
			equal(t, tc.reason+"; the update", s.up(tc.renamed.program).changes(), tc.want)
			equal(t, tc.reason+"; operations", s.world.Ops().Writes().Strings(), tc.want)

			// The state has the new names now, so the alias is no longer needed.
			tc.renamed.options = nil
			equal(t, "without the alias", s.up(tc.renamed.program).changes(), []string{})
		})
	}
}

// everywhere returns a shop's options that give every component the same option.
func everywhere(o pulumi.ResourceOption) func(string) []pulumi.ResourceOption {
	return func(string) []pulumi.ResourceOption { return []pulumi.ResourceOption{o} }
}

// children returns the components and their children: in these programs every resource but the
// stack and the default providers.
func (s *stack) children() []*resource.State {
	return slices.DeleteFunc(slices.Clone(s.state.Resources), func(r *resource.State) bool {
		return r.Type == "pulumi:pulumi:Stack" || strings.HasPrefix(r.URN.Name(), "default")
	})
}

func TestProtectOnTheComponentsProtectsEveryChild(t *testing.T) {
	for name, kind := range map[string]workload.IdentityKind{"UserAssigned": workload.UserAssigned, "Application": workload.Application} {
		t.Run(name, func(t *testing.T) {
			args := workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Kind: kind}}
			s := newStack(t)
			s.up(shop{workload: args, options: everywhere(pulumi.Protect(true))}.program)
			for _, r := range s.children() {
				if !r.Protect {
					t.Errorf("%s is not protected", r.URN)
				}
			}

			_ = s.failToDestroy()
			equal(t, "operations of a destroy", s.world.Ops().Writes().Strings(), []string{})
			_ = s.fail(shop{workload: args, accounts: []string{"one/a"}, options: everywhere(pulumi.Protect(true))}.program)
			equal(t, "deletions of an update", s.world.Ops().What(fake.Delete).Strings(), []string{})

			// Removing the protection changes the state only, and lets a destroy delete everything.
			equal(t, "protection is removed", s.up(shop{workload: args}.program).changes(), []string{})
			s.destroy()
		})
	}
}

func TestRetainOnDeleteOnTheComponentsRetainsEveryChild(t *testing.T) {
	s := newStack(t)
	s.up(shop{options: everywhere(pulumi.RetainOnDelete(true))}.program)
	for _, r := range s.children() {
		if !r.RetainOnDelete {
			t.Errorf("%s is not retained", r.URN)
		}
	}
	id := only(t, s.world, managedCluster)
	objects := s.world.Objects(id)

	s.destroy()
	equal(t, "operations of a destroy", s.world.Ops().Writes().Strings(), []string{})
	equal(t, "clusters", s.world.IDs(managedCluster), []string{id})
	equal(t, "objects in the cluster", s.world.Objects(id), objects)
	equal(t, "credentials", len(s.world.IDs(credential)), 3)
}

func TestDeletedWithIsInheritedByWhatIsInTheCluster(t *testing.T) {
	s := newStack(t)
	s.up(shop{}.program)
	inCluster := 0
	for _, r := range s.children() {
		if !strings.HasPrefix(string(r.Type), "kubernetes:") {
			continue
		}
		inCluster++
		if r.DeletedWith.Name() != "main-aks" {
			t.Errorf("%s is deleted with %q", r.URN, r.DeletedWith)
		}
	}
	equal(t, "objects", inCluster, 5)
}
