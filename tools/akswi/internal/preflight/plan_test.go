package preflight_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/preflight"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/stackfile"
)

// stack returns the file of a stack of project acme with this configuration.
func stack(t *testing.T, config string) *stackfile.File {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"Pulumi.yaml": "name: acme\n", "Pulumi.dev.yaml": "config:\n" + config} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := stackfile.Open(stackfile.Source{Folder: folder, Stack: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func plan(t *testing.T, config string) preflight.Plan {
	t.Helper()
	p, err := preflight.ReadPlan(stack(t, config))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlanOfPools(t *testing.T) {
	p := plan(t, `
  acme:location: westeurope
  acme:cluster:
    kubernetesVersion: "1.34"
    supportPlan: AKSLongTermSupport
    systemPool: {availabilityZones: ["1", 2]}
    nodePools:
      - {name: user}
      - {name: spot, vmSize: Standard_D4s_v5, minCount: 1, maxCount: 9, spot: {maxPrice: 1}, maxSurge: 33%}
      - {name: fixed, count: 5, orchestratorVersion: 1.33}
`)
	want := []preflight.Pool{
		{Path: "cluster.systemPool", Name: "system", Count: 2, Max: 2, Zones: []string{"1", "2"}, Surge: "10%"},
		{Path: "cluster.nodePools[0]", Name: "user", Count: 1, Max: 1, Surge: "10%"},
		{Path: "cluster.nodePools[1]", Name: "spot", VMSize: "Standard_D4s_v5", Count: 1, Max: 9, Spot: true, Surge: "33%"},
		{Path: "cluster.nodePools[2]", Name: "fixed", Count: 5, Max: 5, Surge: "10%", Version: "1.33"},
	}
	if diff := cmp.Diff(want, p.Cluster.Pools); diff != "" {
		t.Errorf("pools (-want +got):\n%s", diff)
	}
	if p.Cluster.Version != "1.34" || p.Cluster.SupportPlan != "AKSLongTermSupport" {
		t.Errorf("cluster %+v", p.Cluster)
	}
}

func TestPlanOfNeeds(t *testing.T) {
	own := func(need azure.Need, why string) preflight.ScopedNeed {
		return preflight.ScopedNeed{Need: need, For: why}
	}
	at := func(need azure.Need, scope, why string) preflight.ScopedNeed {
		return preflight.ScopedNeed{Need: need, Scope: scope, For: why}
	}
	const id = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets/aks"
	for name, tc := range map[string]struct {
		reason, config string
		types          []string
		needs          []preflight.ScopedNeed
		applications   []string
	}{
		"Everything": {
			"a stack with everything in one graph", `
  acme:vault: {officers: {ops: {principalId: x}}, secrets: {greeting: {secure: v1:x}}}
  acme:workloads:
    app: {identity: {kind: application}}
    off: {enabled: false, identity: {kind: application}}
    web: {grants: [{role: Reader, scope: vault}]}
`,
			[]string{"Microsoft.Authorization/roleAssignments", "Microsoft.ContainerService/managedClusters", "Microsoft.KeyVault/vaults", "Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Resources/resourceGroups"},
			[]preflight.ScopedNeed{
				own(azure.NeedResourceGroup, "resourceGroup"), own(azure.NeedCluster, "cluster"), own(azure.NeedVault, "vault"),
				own(azure.NeedRoleAssignment, "vault.officers"), own(azure.NeedIdentity, "workloads.web.identity"),
				own(azure.NeedFederation, "workloads.web.federations"), own(azure.NeedRoleAssignment, "workloads.web.grants[0]"),
			}, []string{"app"},
		},
		"Platform": {
			"a platform has no workloads", `
  acme:program: platform
  acme:resourceGroup: {name: shared, existing: true}
  acme:cluster: {systemPool: {vnetSubnetId: ` + id + `}}
  acme:workloads: {web: {}}
`,
			[]string{"Microsoft.ContainerService/managedClusters"},
			[]preflight.ScopedNeed{own(azure.NeedCluster, "cluster"), at(azure.NeedSubnet, id, "cluster.systemPool")}, nil,
		},
		"Workloads": {
			"a stack of workloads has no cluster", `
  acme:program: workloads
  acme:workloads:
    web:
      identity: {kind: existingUserAssigned, id: ` + id + `}
      grants:
        - {role: Reader, scope: ` + id + `}
        - {customRole: {name: x}, resource: {kind: vault, name: v, resourceGroupName: vaults}}
        - {role: Reader, resource: {kind: resourceGroup, name: data}}
      vaultPolicies: [{vaultName: v, resourceGroupName: vaults}]
      sqlServerAdmin: {serverName: s, resourceGroupName: data}
`,
			[]string{"Microsoft.Authorization/roleAssignments", "Microsoft.Resources/resourceGroups"},
			[]preflight.ScopedNeed{
				own(azure.NeedResourceGroup, "resourceGroup"), at(azure.NeedFederation, id, "workloads.web.identity"),
				at(azure.NeedRoleAssignment, id, "workloads.web.grants[0]"),
				at(azure.NeedRoleAssignment, "{subscription}/resourceGroups/vaults", "workloads.web.grants[1]"),
				at(azure.NeedCustomRole, "{subscription}/resourceGroups/vaults", "workloads.web.grants[1].customRole"),
				at(azure.NeedRoleAssignment, "{subscription}/resourceGroups/data", "workloads.web.grants[2]"),
				at(azure.NeedVaultPolicy, "{subscription}/resourceGroups/vaults", "workloads.web.vaultPolicies[0]"),
				at(azure.NeedSQLAdministrator, "{subscription}/resourceGroups/data", "workloads.web.sqlServerAdmin"),
			}, nil,
		},
		"Existing": {
			"a cluster of somebody else is only signed in to", `
  acme:cluster: {existing: {clusterName: aks, resourceGroupName: theirs}}
`,
			[]string{"Microsoft.Resources/resourceGroups"},
			[]preflight.ScopedNeed{own(azure.NeedResourceGroup, "resourceGroup"), at(azure.NeedExistingCluster, "{subscription}/resourceGroups/theirs", "cluster.existing")}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, tc.config)
			if diff := cmp.Diff(tc.needs, p.Needs); diff != "" {
				t.Errorf("%s: needs (-want +got):\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.types, p.Types); diff != "" {
				t.Errorf("%s: types (-want +got):\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.applications, p.Applications); diff != "" {
				t.Errorf("%s: applications (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

// TestPlanOfUnreadableSections reports what cannot be read, all of it, and keeps the rest.
func TestPlanOfUnreadableSections(t *testing.T) {
	p, err := preflight.ReadPlan(stack(t, "  acme:location: westeurope\n  acme:cluster: [1]\n  acme:vault: text\n"))
	if err == nil || !strings.Contains(err.Error(), "acme:cluster") || !strings.Contains(err.Error(), "acme:vault") {
		t.Errorf("want both sections, got %v", err)
	}
	if p.Location != "westeurope" {
		t.Errorf("location %q", p.Location)
	}
}

func TestPlanOfAnotherProgram(t *testing.T) {
	if p := plan(t, "  azure-native:location: westeurope\n  other:cluster: x\n"); !p.Other {
		t.Errorf("a file without a known key is that of another program: %+v", p)
	}
	if p := plan(t, "  acme:location: westeurope\n"); p.Other {
		t.Error("a file with a location is known")
	}
}

// TestPlansOfTheRepository reads every stack file that the repository ships.
func TestPlansOfTheRepository(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..")
	files, err := filepath.Glob(filepath.Join(root, "Pulumi.*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no stack files: %v", err)
	}
	for _, file := range files {
		f, err := stackfile.Open(stackfile.Source{Folder: root, ConfigFile: file})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := preflight.ReadPlan(f); err != nil || p.Location == "" {
			t.Errorf("%s: %+v, %v", file, p, err)
		}
	}
}
