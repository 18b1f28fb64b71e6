package main

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/internal/policytest"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// rootTypes are what the stack, and what is planted in it, has outside components.
var rootTypes = []string{
	"azure-native:resources:ResourceGroup", "azure-native:keyvault:Vault", "azure-native:keyvault:Secret",
	"kubernetes:core/v1:Namespace", deploymentType, sqlServerType, vaultPolicyType, passwordType,
}

// recipes are providers that accept what recipes do.
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

// rulesOf are the rules that found something, each once.
func rulesOf(found []policytest.Found) []string {
	set := map[string]bool{}
	for _, f := range found {
		set[f.Rule] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// Every known defect of the recipes is found, at a preview and at an update, by its rules and by no others.
//
// Carries R30.
func TestEveryDefectIsFoundByItsRules(t *testing.T) {
	for i := range defects {
		d := &defects[i]
		for when, dryRun := range map[string]bool{"update": false, "preview": true} {
			t.Run(d.name+" "+when, func(t *testing.T) {
				found := policytest.Judge(runWith(t, d.name, dryRun))
				if diff := cmp.Diff(d.rules, rulesOf(found)); diff != "" {
					t.Errorf("rules (-want +got):\n%s\n%v", diff, found)
				}
				for _, f := range found {
					if f.Level != "mandatory" {
						t.Errorf("only advice: %v", f)
					}
				}
			})
		}
	}
}

func TestNoDefectIsNoViolation(t *testing.T) {
	for when, dryRun := range map[string]bool{"update": false, "preview": true} {
		t.Run(when, func(t *testing.T) {
			for _, f := range policytest.Judge(runWith(t, "", dryRun)) {
				t.Error(f)
			}
		})
	}
}

// Planted together, the defects hide nothing of each other.
func TestAllDefectsTogether(t *testing.T) {
	var list, want []string
	for i := range defects {
		list = append(list, defects[i].name)
		want = append(want, defects[i].rules...)
	}
	slices.Sort(want)
	got := rulesOf(policytest.Judge(runWith(t, strings.Join(list, ","), true)))
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

// The table in the package's comment is the table of the code.
func TestTheCommentHasTheTable(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	comment, _, _ := strings.Cut(string(text), "\npackage ")
	row := regexp.MustCompile(`^//\t([a-z-]+)?\s{2,}(?:.*\s{2,})?([a-z-]+(?:, [a-z-]+)*),?$`)
	got := map[string][]string{}
	last := ""
	for line := range strings.Lines(comment) {
		match := row.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil {
			continue
		}
		if match[1] != "" {
			last = match[1]
		}
		got[last] = append(got[last], strings.Split(match[2], ", ")...)
	}
	want := map[string][]string{}
	for i := range defects {
		want[defects[i].name] = defects[i].rules
	}
	for name := range got {
		slices.Sort(got[name])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table of the comment (-want +got):\n%s", diff)
	}
}
