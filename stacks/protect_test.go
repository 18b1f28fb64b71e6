package stacks

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// What holds data or identities is protected in every stack that is not the sandbox's, and with it
// the resource group whose deletion would take it along.
func TestProtection(t *testing.T) {
	const workloads = "  aks-workload-identity:program: workloads\n  aks-workload-identity:platforms: {main: {stack: o/p/s}}\n"
	const vault = "  aks-workload-identity:vault: {}\n"
	section := func(name, text string) string { return "  aks-workload-identity:" + name + ": " + text + "\n" }
	for reason, tc := range map[string]struct {
		stack, file string
		want        string // kinds of what is protected
	}{
		"a stack in Azure":                         {"dev", vault, "cluster group vault"},
		"a name that only begins like a local one": {"locality", vault, "cluster group vault"},
		"the sandbox":                              {"local", vault, ""},
		"another stack in the sandbox":             {"local-platform", vault, ""},
		"the sandbox, where it is wanted":          {"local", section("cluster", "{protect: true}") + section("vault", "{protect: true}"), "cluster group vault"},
		"lifted for both":                          {"dev", section("cluster", "{protect: false}") + section("vault", "{protect: false}"), ""},
		"lifted for the cluster":                   {"dev", section("cluster", "{protect: false}") + vault, "group vault"},
		"lifted for the vault":                     {"dev", section("vault", "{protect: false}"), "cluster group"},
		"no vault":                                 {"dev", "", "cluster group"},
		"a cluster of others":                      {"dev", section("cluster", "{existing: {resourceGroupName: g, clusterName: c}}") + section("webhook", "{mode: none}"), ""},
		"workloads with a vault":                   {"dev", workloads + vault, "group vault"},
	} {
		values := parseStack(t, minimal(tc.file), "p")
		c, err := Load("p", tc.stack, values, nil)
		if err != nil {
			t.Fatalf("%s: %v", reason, err)
		}
		var got []string
		if c.Program != ProgramWorkloads && c.Cluster.Existing == nil && c.Cluster.Protect {
			got = append(got, "cluster")
		}
		if c.protectsGroup() {
			got = append(got, "group")
		}
		if c.Vault != nil && c.Vault.Protect {
			got = append(got, "vault")
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: protected are %v, want %s", reason, got, tc.want)
		}
	}
}

// The options reach the resources, and no others.
func TestProtectedResources(t *testing.T) {
	values := stackFile(t, "Pulumi.local.yaml", pulumitest.Project)
	values[pulumitest.Project+":cluster"] = `{"protect": true, "nodePools": [{"name": "apps"}]}`
	values[pulumitest.Project+":vault"] = `{"protect": true, "plainTextSecrets": true, "secrets": {"greeting": "hello"}}`
	up := pulumitest.Run(t, Run, pulumitest.Options{Config: values, RootTypes: rootTypes, Stacks: map[string]resource.PropertyMap{}})
	var got []string
	for _, r := range up.Resources {
		if r.Request.GetProtect() {
			got = append(got, r.Name)
		}
	}
	slices.Sort(got)
	if want := []string{"platform", "platform-aks", "vault"}; !slices.Equal(got, want) {
		t.Errorf("protected are %v, want %v", got, want)
	}
}
