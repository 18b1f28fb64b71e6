package workload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestAccounts(t *testing.T) {
	want := []workload.FederationArgs{
		{Namespace: "shop", ServiceAccount: "web"},
		{Namespace: "jobs", ServiceAccount: "nightly.v1"},
		{ServiceAccount: "worker"},
	}
	if diff := cmp.Diff(want, workload.Accounts("shop/web", "jobs/nightly.v1", "worker")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAccountsThatAreNone(t *testing.T) {
	args := target(func(a *workload.FederatedWorkloadArgs, _ *workload.Target) {
		a.Federations = workload.Accounts("web", "shop/web/x", "")
	})
	pulumitest.CheckProblems(t, args.Validate("Shop"), []pulumitest.Problem{
		{Path: "serviceAccount.name", Text: `"Shop"`},
		{Path: "federations[0].namespace", Text: "required"},
		{Path: "federations[1].serviceAccount", Text: `"web/x"`},
		{Path: "federations[2].namespace", Text: "required"},
	})
}

func TestAFederationIsInEveryTarget(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		keys := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,4}`), 1, 4, rapid.ID).Draw(rt, "keys")
		accounts := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,4}/[a-z]{1,4}(\.[a-z]{1,2})?`), 0, 4, rapid.ID).Draw(rt, "accounts")
		args := &workload.FederatedWorkloadArgs{
			ResourceGroupName: pulumi.String("apps"), Federations: workload.Accounts(accounts...),
			ServiceAccount: &workload.ServiceAccountArgs{Namespace: "shop", Mode: workload.ExistingServiceAccount},
		}
		if len(accounts) == 0 {
			accounts = []string{"shop/orders"} // the default
		}
		want := []string{}
		for i, key := range keys {
			args.Targets = append(args.Targets, workload.Target{Key: key, Issuer: pulumi.String(fmt.Sprintf("https://issuer-%d.example.com", i))})
		}
		for _, account := range accounts {
			for _, key := range keys {
				want = append(want, key+"/"+account)
			}
		}
		r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
			w, err := workload.NewFederatedWorkload(ctx, "orders", args)
			if err != nil {
				return err
			}
			ctx.Export("federations", w.Federations)
			return nil
		}, options())
		got := []string{}
		for _, f := range r.Exports["federations"].Value.([]map[string]any) {
			got = append(got, fmt.Sprintf("%s/%s/%s", f["key"], f["namespace"], f["serviceAccount"]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("-want +got:\n%s", diff)
		}
	})
}

func TestSettingsOfTheServiceAccountAreTheDefaults(t *testing.T) {
	r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
		return &workload.FederatedWorkloadArgs{
			ResourceGroupName: pulumi.String("apps"), Targets: c.targets(),
			ServiceAccount: &workload.ServiceAccountArgs{Name: "web", Namespace: "shop", Mode: workload.AdoptServiceAccount},
			Federations:    []workload.FederationArgs{{}, {Namespace: "jobs", ServiceAccountMode: workload.CreateServiceAccount}, {ServiceAccount: "worker"}},
		}
	})
	r.Get(t, patchType, "shop-account-main.shop.web")
	r.Get(t, accountType, "shop-account-main.jobs.web")
	r.Get(t, patchType, "shop-account-main.shop.worker")
	if n := len(r.ByType(namespaceType)); n != 0 {
		t.Errorf("%d namespaces are created, want none", n)
	}
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

// Carries R8.
func TestInvalidFederations(t *testing.T) {
	off := false
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty federation lacks everything": {
			Args: changed(func(f *workload.FederationArgs) { *f = workload.FederationArgs{} }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].issuer", Text: "issuerUrl output"},
				{Path: "federations[0].namespace", Text: "name it here, or for all federations in serviceAccount.namespace"},
			},
		},
		"an issuer without a key": {
			Args: changed(func(f *workload.FederationArgs) { f.Key = "" }),
			Want: []pulumitest.Problem{{Path: "federations[0].key", Text: "required"}},
		},
		"a key without an issuer": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = nil }),
			Want: []pulumitest.Problem{{Path: "federations[0].key", Text: "without an issuer"}},
		},
		"the key of a target for another issuer": {
			Args: target(func(a *workload.FederatedWorkloadArgs, _ *workload.Target) {
				a.Federations = append(a.Federations, federation("main", "jobs", "web"))
			}),
			Want: []pulumitest.Problem{{Path: "federations[1].key", Text: "is the key of a target"}},
		},
		"a target that does not exist": {
			Args: target(func(a *workload.FederatedWorkloadArgs, _ *workload.Target) { a.Federations[0].Target = "man" }),
			Want: []pulumitest.Problem{{Path: "federations[0].target", Text: `did you mean "main"?`}},
		},
		"a target that is far from any": {
			Args: target(func(a *workload.FederatedWorkloadArgs, _ *workload.Target) { a.Federations[0].Target = "west" }),
			Want: []pulumitest.Problem{{Path: "federations[0].target", Text: "use one of main"}},
		},
		"a target and an issuer": {
			Args: target(func(a *workload.FederatedWorkloadArgs, _ *workload.Target) {
				a.Federations[0] = federation("other", "shop", "web")
				a.Federations[0].Target = "main"
			}),
			Want: []pulumitest.Problem{{Path: "federations[0].target", Text: "remove one of the two"}},
		},
		"nothing is created in the cluster of an issuer": {
			Args: changed(func(f *workload.FederationArgs) {
				on := true
				f.ServiceAccountMode, f.CreateNamespace = workload.CreateServiceAccount, &on
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[0].serviceAccountMode", Text: "make the cluster a target"},
				{Path: "federations[0].createNamespace", Text: "make the cluster a target"},
			},
		},
		"a key with a dot would make names ambiguous": {
			Args: changed(func(f *workload.FederationArgs) { f.Key = "a.b" }),
			Want: []pulumitest.Problem{{Path: "federations[0].key", Text: "letters, digits, hyphens and underscores"}},
		},
		"names that Kubernetes refuses": {
			Args: changed(func(f *workload.FederationArgs) { f.Namespace, f.ServiceAccount = "Shop", "web_1" }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].namespace", Text: "lower-case"},
				{Path: "federations[0].serviceAccount", Text: "lower-case"},
			},
		},
		"wildcards do not exist for AKS issuers": {
			Args: changed(func(f *workload.FederationArgs) { f.Namespace, f.ServiceAccount = "*", "web-*" }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].namespace", Text: "wildcard"},
				{Path: "federations[0].serviceAccount", Text: "wildcard"},
			},
		},
		"the default service account is everybody's": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccount = "default" }),
			Want: []pulumitest.Problem{{Path: "federations[0].serviceAccount", Text: "serviceAccount.allowDefault"}},
		},
		"an AKS issuer without its slash matches no token": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String(strings.TrimSuffix(issuer, "/")) }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "trailing slash"}},
		},
		"an issuer over http": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String("http://example.com/") }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "https"}},
		},
		"an empty issuer, R20's live symptom": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String("") }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "issuerUrl"}},
		},
		"an audience with a wildcard and a description that is too long": {
			Args: changed(func(f *workload.FederationArgs) {
				f.Audience, f.Description = pulumi.String("api://*"), pulumi.String(strings.Repeat("x", 601))
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[0].audience", Text: "wildcard"},
				{Path: "federations[0].description", Text: "at most 600"},
			},
		},
		"a mode that does not exist": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = "patch" }),
			Want: []pulumitest.Problem{{Path: "federations[0].serviceAccountMode", Text: "create, adopt, annotate, existing"}},
		},
		"former names that are none": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = nil
				for i, name := range []string{"main", "Main/shop", "main/shop/web/x", "ma.in/shop/web", "main/Shop/web", "main/shop/web_"} {
					f := federation("main", "shop", fmt.Sprintf("web-%d", i))
					f.RenamedFrom = name
					a.Federations = append(a.Federations, f)
				}
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[0].renamedFrom", Text: "or key/namespace/serviceAccount"},
				{Path: "federations[1].renamedFrom", Text: "or key/namespace/serviceAccount"},
				{Path: "federations[2].renamedFrom", Text: "or key/namespace/serviceAccount"},
				{Path: "federations[3].renamedFrom", Text: "or key/namespace/serviceAccount"},
				{Path: "federations[4].renamedFrom", Text: "or key/namespace/serviceAccount"},
				{Path: "federations[5].renamedFrom", Text: "or key/namespace/serviceAccount"},
			},
		},
		"a former name that is the name now": {
			Args: changed(func(f *workload.FederationArgs) { f.RenamedFrom = "main/shop/web" }),
			Want: []pulumitest.Problem{{Path: "federations[0].renamedFrom", Text: "leave it out"}},
		},
		"a former name without a key that is the name now": {
			Args: changed(func(f *workload.FederationArgs) { f.RenamedFrom = "shop/web" }),
			Want: []pulumitest.Problem{{Path: "federations[0].renamedFrom", Text: "leave it out"}},
		},
		"one former name for several targets": {
			Args: target(func(a *workload.FederatedWorkloadArgs, t *workload.Target) {
				other := *t
				other.Key, other.Issuer = "other", pulumi.String("https://issuer.example.com")
				a.Targets = append(a.Targets, other)
				a.Federations[0].RenamedFrom = "old/shop/web"
			}),
			Want: []pulumitest.Problem{{Path: "federations[0].renamedFrom", Text: "a federation for each target"}},
		},
		"a former name that another federation has now, or had": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				b, c, d := federation("main", "shop", "b"), federation("main", "shop", "c"), federation("main", "shop", "d")
				b.RenamedFrom, c.RenamedFrom, d.RenamedFrom = "main/shop/web", "main/shop/old", "main/shop/old"
				a.Federations = append(a.Federations, b, c, d)
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[1].renamedFrom", Text: "federations[0] is called"},
				{Path: "federations[3].renamedFrom", Text: "federations[2] was"},
			},
		},
		"the same service account twice": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = append(a.Federations, federation("main", "shop", "web"))
			}),
			Want: []pulumitest.Problem{{Path: "federations[1]", Text: "federations[0]"}},
		},
		"the same service account twice, in every target": {
			Args: target(func(a *workload.FederatedWorkloadArgs, t *workload.Target) {
				other := *t
				other.Key, other.Issuer = "other", pulumi.String("https://issuer.example.com")
				a.Targets = append(a.Targets, other)
				a.Federations = workload.Accounts("shop/worker", "shop/web", "shop/web")
			}),
			Want: []pulumitest.Problem{{Path: "federations[2]", Text: "federations[1] has the same"}},
		},
		"the same trust under another key": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = append(a.Federations, federation("other", "shop", "web"))
			}),
			Want: []pulumitest.Problem{{Path: "federations[1].issuer", Text: "federations[0]"}},
		},
		"21 federations": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = nil
				for i := range 21 {
					a.Federations = append(a.Federations, federation("main", "shop", fmt.Sprintf("web-%d", i)))
				}
				// One that is off does not count, and is not the reason.
				spare := federation("main", "shop", "spare")
				spare.Enabled = &off
				a.Federations = append(a.Federations, spare)
			}),
			Want: []pulumitest.Problem{{Path: "federations", Text: "21 federations are enabled: an identity holds at most 20"}},
		},
		"11 accounts in two targets": {
			Args: target(func(a *workload.FederatedWorkloadArgs, t *workload.Target) {
				other := *t
				other.Key, other.Issuer = "other", pulumi.String("https://issuer.example.com")
				a.Targets = append(a.Targets, other)
				a.Federations = nil
				for i := range 11 {
					a.Federations = append(a.Federations, workload.Accounts(fmt.Sprintf("shop/web-%d", i))...)
				}
			}),
			Want: []pulumitest.Problem{{Path: "federations", Text: "22 federations are enabled"}},
		},
	}, newWorkload)
}
