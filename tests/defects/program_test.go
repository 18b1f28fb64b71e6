package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/internal/policytest"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// rootTypes are the types of what the stack, with its defects, has outside components.
var rootTypes = []string{
	"azure-native:resources:ResourceGroup", "azure-native:keyvault:Vault", "azure-native:keyvault:Secret",
	"kubernetes:core/v1:Namespace", deploymentType, sqlServerType, vaultPolicyType, passwordType,
}

// recipes returns fake providers that accept what the recipes do.
func recipes() pulumitest.Fakes {
	state := func(r *pulumitest.Resource) (string, resource.PropertyMap, error) {
		return pulumitest.GUID(r.Name, "recipe"), nil, nil
	}
	return pulumitest.Fakes{Resources: map[string]pulumitest.FakeResource{
		passwordType:   {Required: []string{"servicePrincipalId"}, State: state},
		sqlServerType:  {Required: []string{"resourceGroupName", "administrators"}, State: state},
		roleAssignment: {Required: []string{"scope", "principalId", "roleDefinitionId", "roleAssignmentName"}, State: state},
	}}
}

func runWith(t *testing.T, list string, dryRun bool) *pulumitest.Result {
	t.Helper()
	text, err := os.ReadFile("../../Pulumi.local.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return pulumitest.Run(t, program(list, ""), pulumitest.Options{
		Config: pulumitest.StackFile(t, string(text), "aks-workload-identity", pulumitest.Project), Fakes: recipes(), RootTypes: rootTypes, DryRun: dryRun,
	})
}

// rulesOf returns the rules that found something, each once.
func rulesOf(found []policytest.Found) []string {
	set := map[string]bool{}
	for _, f := range found {
		set[f.Rule] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// TestEveryDefectIsFoundByItsRules plants each known defect of the recipes, in a preview and in an
// update: its rules find it, and no others do.
//
// Carries R30.
func TestEveryDefectIsFoundByItsRules(t *testing.T) {
	for i := range defects {
		d := &defects[i]
		for when, dryRun := range map[string]bool{"update": false, "preview": true} {
			t.Run(d.name+" "+when, func(t *testing.T) {
				found := policytest.Check(runWith(t, d.name, dryRun))
				if diff := cmp.Diff(d.rules, rulesOf(found)); diff != "" {
					t.Errorf("rules (-want +got):\n%s\n%v", diff, found)
				}
				for _, f := range found {
					if f.Level != "mandatory" {
						t.Errorf("the level is not mandatory: %v", f)
					}
				}
			})
		}
	}
}

func TestWithoutDefectsNothingIsFound(t *testing.T) {
	for when, dryRun := range map[string]bool{"update": false, "preview": true} {
		t.Run(when, func(t *testing.T) {
			for _, f := range policytest.Check(runWith(t, "", dryRun)) {
				t.Error(f)
			}
		})
	}
}

// TestAllDefectsTogether plants all defects: none hides another one.
func TestAllDefectsTogether(t *testing.T) {
	var list, want []string
	for i := range defects {
		list = append(list, defects[i].name)
		want = append(want, defects[i].rules...)
	}
	slices.Sort(want)
	got := rulesOf(policytest.Check(runWith(t, strings.Join(list, ","), true)))
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestUnknownDefectsAreRefused(t *testing.T) {
	for list, want := range map[string]string{
		"pasword":          `did you mean "password"?`,
		"password,nothing": "there are password, label-on-account-only",
	} {
		if _, err := choose(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want %s in it", list, err, want)
		}
	}
}
