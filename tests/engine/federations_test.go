package engine

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func TestFederationsThatChange(t *testing.T) {
	off := false
	cases := map[string]struct {
		reason string
		after  shop
		want   []string // changes
		writes []string // of credentials, in order
	}{
		"FirstAndThirdAreRemoved": {
			reason: "each credential depends on all before it, also when those between them stay",
			after:  shop{accounts: []string{"one/b"}},
			want: []string{
				"delete orders-account-one.shop.a", "delete orders-account-one.shop.c",
				"delete " + credentialOf("a"), "delete " + credentialOf("c"),
			},
			writes: []string{"delete " + credentialOf("c"), "delete " + credentialOf("a")},
		},
		"Reordered": {
			reason: "the order of the federations is not a property of any resource",
			after:  shop{accounts: []string{"one/c", "one/a", "one/b"}},
			want:   []string{}, writes: []string{},
		},
		"Audience": {
			reason: "an audience is updated in place, and no other credential changes",
			after:  shop{edit: func(f []workload.FederationArgs) { f[1].Audience = pulumi.String("api://other") }},
			want:   []string{"update " + credentialOf("b")}, writes: []string{"update " + credentialOf("b")},
		},
		"Disabled": {
			reason: "the credential is deleted, the service account stays",
			after:  shop{edit: func(f []workload.FederationArgs) { f[1].Enabled = &off }},
			want:   []string{"delete " + credentialOf("b")}, writes: []string{"delete " + credentialOf("b")},
		},
		"OneInFront": {
			reason: "a new credential in front of existing ones changes none of them",
			after:  shop{accounts: []string{"one/0", "one/a", "one/b", "one/c"}},
			want:   []string{"create orders-account-one.shop.0", "create " + credentialOf("0")},
			writes: []string{"create " + credentialOf("0")},
		},
		"OneForAnother": {
			reason: "the engine creates the new one before it deletes the old one",
			after:  shop{accounts: []string{"one/a", "one/d", "one/c"}},
			want: []string{
				"create orders-account-one.shop.d", "create " + credentialOf("d"),
				"delete orders-account-one.shop.b", "delete " + credentialOf("b"),
			},
			writes: []string{"create " + credentialOf("d"), "delete " + credentialOf("b")},
		},
		"EveryAudience": {
			reason: "a new audience for all of them is one update each, in order",
			after: shop{edit: func(f []workload.FederationArgs) {
				for i := range f {
					f[i].Audience = pulumi.String("api://other")
				}
			}},
			want:   []string{"update " + credentialOf("a"), "update " + credentialOf("b"), "update " + credentialOf("c")},
			writes: []string{"update " + credentialOf("a"), "update " + credentialOf("b"), "update " + credentialOf("c")},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			s.up(shop{}.program)
			equal(t, tc.reason+"; the preview", sorted(s.preview(tc.after.program).changes()), sorted(tc.want))
			equal(t, tc.reason+"; the update", sorted(s.up(tc.after.program).changes()), sorted(tc.want))
			oneAtATime(t, s.world.Ops())
			equal(t, tc.reason+"; writes of credentials", s.world.Ops().Of(credential).Strings(), tc.writes)
			equal(t, "a second run", s.up(tc.after.program).changes(), []string{})
		})
	}
}

func TestAfterReorderingTheDeletionsAreStillInOrder(t *testing.T) {
	s := newStack(t)
	s.up(shop{}.program)
	s.up(shop{accounts: []string{"one/c", "one/a", "one/b"}}.program)
	s.up(shop{accounts: []string{"one/a"}}.program)

	oneAtATime(t, s.world.Ops())
	equal(t, "writes", s.world.Ops().Of(credential).Strings(), []string{"delete " + credentialOf("b"), "delete " + credentialOf("c")})
}

func TestARenamedKeyWithAliasesReplacesTheCredentialsAndLeavesTheClusterAlone(t *testing.T) {
	s := newStack(t)
	s.up(shop{}.program)
	objects := s.world.Objects(only(t, s.world, managedCluster))

	renamed := shop{
		accounts: []string{"two/a", "two/b", "two/c"},
		options: func(component string) []pulumi.ResourceOption {
			if component != "workload" {
				return nil
			}
			return []pulumi.ResourceOption{pulumi.Transformations([]pulumi.ResourceTransformation{formerKey("two", "one")})}
		},
	}.program
	done := s.up(renamed)

	oneAtATime(t, s.world.Ops())
	// Azure allows issuer and subject once per identity, so each credential is deleted before its
	// replacement is created.
	want := []string{}
	for _, account := range []string{"a", "b", "c"} {
		was := credentialOf(account)
		want = append(want, "delete "+was, "create "+strings.Replace(was, "-one.", "-two.", 1))
	}
	equal(t, "writes", s.world.Ops().Writes().Strings(), want)
	equal(t, "steps in the cluster", done.of("Namespace", serviceAccount).changes(), []string{})
	equal(t, "objects in the cluster", s.world.Objects(only(t, s.world, managedCluster)), objects)
	equal(t, "a second run", s.up(renamed).changes(), []string{})
}

// formerKey gives every child whose name has a federation's new key an alias with the old one.
func formerKey(now, was string) pulumi.ResourceTransformation {
	return func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		name := strings.Replace(args.Name, "-"+now+".", "-"+was+".", 1)
		if name == args.Name {
			return nil
		}
		return &pulumi.ResourceTransformationResult{
			Props: args.Props,
			Opts:  append(args.Opts, pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(name)}})),
		}
	}
}

func TestAFullIdentityExchangesAFederationInTwoRuns(t *testing.T) {
	accounts := make([]string, azure.MaxFederatedCredentials)
	for i := range accounts {
		accounts[i] = "one/" + string(rune('a'+i))
	}
	s := newStack(t)
	s.up(shop{accounts: accounts}.program)

	exchanged := append([]string{"one/z"}, accounts[1:]...)
	// The engine creates before it deletes, and an identity holds at most 20.
	if err := s.fail(shop{accounts: exchanged}.program); !strings.Contains(err.Error(), "BAIL") {
		t.Errorf("unexpected error: %v", err)
	}
	refused := s.world.Ops().Of(credential)
	if len(refused) != 1 || refused[0].Err == nil || !strings.Contains(refused[0].Err.Error(), "at most 20") {
		t.Errorf("Azure did not refuse a 21st: %v", refused.Strings())
	}

	s.up(shop{accounts: accounts[1:]}.program)
	s.up(shop{accounts: exchanged}.program)
	oneAtATime(t, s.world.Ops())
	equal(t, "credentials", len(s.world.IDs(credential)), azure.MaxFederatedCredentials)
}
