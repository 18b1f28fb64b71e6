package stacks

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// realProject is the project's name in Pulumi.yaml.
const realProject = "aks-workload-identity"

// rootTypes are what a stack has outside its components.
var rootTypes = []string{
	"azure-native:resources:ResourceGroup",
	"azure-native:keyvault:Vault",
	"azure-native:keyvault:Secret",
	"azure-native:authorization:RoleAssignment",
	"kubernetes:core/v1:Namespace",
}

// stackFile reads a stack file of the repository with Pulumi's own code, so that the program gets
// exactly what the CLI would give it, and moves its keys into a project.
func stackFile(t testing.TB, name, project string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return parseStack(t, string(text), project)
}

// parseStack reads a text as stackFile reads a file.
func parseStack(t testing.TB, text, project string) map[string]string {
	t.Helper()
	return pulumitest.StackFile(t, text, realProject, project)
}

func run(t testing.TB, values map[string]string, dryRun bool) *pulumitest.Result {
	t.Helper()
	return pulumitest.Run(t, Run, pulumitest.Options{Config: values, RootTypes: rootTypes, DryRun: dryRun})
}

// minimal returns the least that a stack file must say, and more under it.
func minimal(more string) string {
	return "config:\n  " + realProject + ":location: westeurope\n" + more
}
