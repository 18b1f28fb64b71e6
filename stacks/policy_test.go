package stacks

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
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

// notInProduction are the policies that the hardened profile enforces and the production stack does
// not meet, with the reason that docs/environments.md gives.
var notInProduction = map[string]string{
	"aks-encryption-at-host": "the subscription must have the feature EncryptionAtHost registered first",
	"aks-logs":               "the workspace is the organisation's, as is the Azure Policy that sends logs to it",
	"keyvault-logs":          "the workspace is the organisation's, as is the Azure Policy that sends logs to it",
	"keyvault-firewall":      "the deployer writes the secrets, from runners outside of the network",
}

// TestProductionUnderTheHardenedProfile checks the production stack against
// policy/profiles/hardened.json: what the profile enforces holds, but for what the page on
// environments explains.
func TestProductionUnderTheHardenedProfile(t *testing.T) {
	text, err := os.ReadFile("../policy/profiles/hardened.json")
	if err != nil {
		t.Fatal(err)
	}
	var levels map[string]string
	if err := json.Unmarshal(text, &levels); err != nil {
		t.Fatal(err)
	}
	up := pulumitest.Run(t, Run, pulumitest.Options{
		Fakes:  pulumitest.Fakes{Calls: map[string]pulumitest.FakeCall{pulumitest.AKS + "listManagedClusterUserCredentials": pulumitest.EntraCredentials()}},
		Config: stackFile(t, "Pulumi.prod.yaml", pulumitest.Project), RootTypes: rootTypes,
	})
	page, err := os.ReadFile("../docs/environments.md")
	if err != nil {
		t.Fatal(err)
	}
	met := maps.Clone(notInProduction)
	for _, found := range policytest.CheckAt(up, levels) {
		reason, excused := notInProduction[found.Rule]
		delete(met, found.Rule)
		switch {
		case found.Level != "mandatory":
		case !excused:
			t.Error(found)
		case !strings.Contains(string(page), found.Rule) || !strings.Contains(string(page), reason):
			t.Errorf("docs/environments.md does not say that %s does not hold because %s", found.Rule, reason)
		}
	}
	for name := range met {
		t.Errorf("%s holds, and is listed as not holding", name)
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
