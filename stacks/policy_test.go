package stacks

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/internal/policytest"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// What this repository ships must pass the policies that it ships, without exemptions, in previews
// and in updates.
func TestShippedStacksPassThePolicies(t *testing.T) {
	files, err := filepath.Glob("../Pulumi.*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("stack files: %v, %v", files, err)
	}
	for _, file := range files {
		for name, dryRun := range map[string]bool{"update": false, "preview": true} {
			t.Run(filepath.Base(file)+" "+name, func(t *testing.T) {
				values := stackFile(t, filepath.Base(file), pulumitest.Project)
				var fakes pulumitest.Fakes
				if strings.Contains(values[pulumitest.Project+":cluster"], `"entra"`) {
					fakes.Calls = map[string]pulumitest.FakeCall{pulumitest.AKS + "listManagedClusterUserCredentials": pulumitest.EntraCredentials()}
				}
				up := pulumitest.Run(t, Run, pulumitest.Options{
					Fakes: fakes, Config: values, RootTypes: rootTypes, DryRun: dryRun, Stacks: map[string]resource.PropertyMap{
						"organization/aks-workload-identity/local-platform": platformState(t, "platform-aks"),
					},
				})
				for _, found := range policytest.Check(up) {
					t.Error(found)
				}
			})
		}
	}
}

// The policies judge what the mocks recorded, so that a broken recording would prove nothing: one
// that must be refused is.
func TestPoliciesSeeWhatTheMocksRecord(t *testing.T) {
	up := run(t, stackFile(t, "Pulumi.local.yaml", pulumitest.Project), false)
	for _, r := range up.ByType("kubernetes:core/v1:ServiceAccount") {
		metadata := r.Inputs["metadata"].ObjectValue()
		metadata["annotations"] = resource.NewProperty(resource.PropertyMap{
			"azure.workload.identity/client-id": resource.NewProperty(pulumitest.ObjectID),
		})
	}
	if found := policytest.Check(up); !strings.Contains(fmt.Sprint(found), "client-id") {
		t.Errorf("a service account that names another client id passes: %v", found)
	}
}
