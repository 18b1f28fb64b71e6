package cluster_test

import (
	"os"
	"strings"
	"testing"

	example "github.com/aks-workload-identity/aks-workload-identity/examples/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestTheExampleOfThePageRuns(t *testing.T) {
	page, err := os.ReadFile("../../docs/cluster.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("../../examples/cluster/program.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "<!-- source: examples/cluster/program.go -->\n```go\n"+string(source)+"```\n") {
		t.Error("docs/cluster.md does not show examples/cluster/program.go as it is")
	}
	for _, dryRun := range []bool{false, true} {
		r := pulumitest.Run(t, example.Program, pulumitest.Options{DryRun: dryRun})
		r.Get(t, pulumitest.AKS+"MaintenanceConfiguration", "main-maintenance-aksManagedAutoUpgradeSchedule")
		r.Get(t, "pulumi:providers:kubernetes", "partner-kubernetes")
	}
}
