package azure_test

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

var update = flag.Bool("update", false, "write docs/deployer-role.json")

// TestDeployerRolePage keeps the published role definition equal to the needs. The end-to-end tests
// deploy with it.
func TestDeployerRolePage(t *testing.T) {
	const file = "../../docs/deployer-role.json"
	want, err := azure.DeployerRole("/subscriptions/SUBSCRIPTION", azure.DeployerNeeds()...)
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is out of date, run this test with -update (-want +got):\n%s", file, diff)
	}
}

func TestDeployerActions(t *testing.T) {
	form := regexp.MustCompile(`^Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/(read|write|delete|action)$`)
	all := azure.DeployerActions(azure.DeployerNeeds()...)
	if !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("not sorted, or not each once: %v", all)
	}
	for _, action := range all {
		if !form.MatchString(action) {
			t.Errorf("%q is no action without wildcards", action)
		}
	}
	for _, need := range azure.DeployerNeeds() {
		if len(azure.DeployerActions(need)) == 0 {
			t.Errorf("%s needs nothing", need)
		}
	}
	if got := azure.DeployerActions(); got != nil {
		t.Errorf("nothing deployed needs %v", got)
	}
}
