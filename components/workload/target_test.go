package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestTargetFederations(t *testing.T) {
	target := workload.Target{
		Key: "main", Issuer: pulumi.String(issuer), Audience: "api://mine", CreateNamespace: true, ServiceAccountMode: workload.AdoptServiceAccount,
	}
	want := []workload.FederationArgs{
		{Key: "main", Issuer: pulumi.String(issuer), Namespace: "shop", ServiceAccount: "web", Audience: "api://mine", CreateNamespace: true, ServiceAccountMode: workload.AdoptServiceAccount},
		{Key: "main", Issuer: pulumi.String(issuer), Namespace: "jobs", ServiceAccount: "nightly.v1", Audience: "api://mine", CreateNamespace: true, ServiceAccountMode: workload.AdoptServiceAccount},
	}
	if diff := cmp.Diff(want, target.Federations("shop/web", "jobs/nightly.v1"), cmpopts.EquateComparable()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAccountsThatAreNone(t *testing.T) {
	target := workload.Target{Key: "main", Issuer: pulumi.String(issuer), ServiceAccountMode: workload.ExistingServiceAccount}
	args := &workload.FederatedWorkloadArgs{ResourceGroupName: pulumi.String("apps"), Federations: target.Federations("web", "shop/web/x", "")}
	pulumitest.CheckProblems(t, args.Validate("shop"), []pulumitest.Problem{
		{Path: "federations[0].namespace", Text: "required"},
		{Path: "federations[1].serviceAccount", Text: `"web/x"`},
		{Path: "federations[2].namespace", Text: "required"},
		{Path: "federations[2].serviceAccount", Text: "required"},
	})
}

func TestFederateIsEveryAccountOnEveryTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,4}`), 0, 4, rapid.ID).Draw(t, "keys")
		accounts := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,4}/[a-z]{1,4}(\.[a-z]{1,2})?`), 0, 4, rapid.ID).Draw(t, "accounts")
		var targets []workload.Target
		want := map[string]bool{}
		for _, key := range keys {
			targets = append(targets, workload.Target{Key: key})
			for _, account := range accounts {
				want[key+"/"+account] = true
			}
		}
		got := map[string]bool{}
		for _, f := range workload.Federate(targets, accounts...) {
			got[f.Key+"/"+f.Namespace+"/"+f.ServiceAccount] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	})
}
