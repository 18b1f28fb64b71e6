package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPlainPulumi follows docs/pulumi.md: the CLI alone, in a fresh copy of the repository, with
// the sandbox as Azure. Only the last section uses make.
func TestPlainPulumi(t *testing.T) {
	w := newWorld(t)
	w.checkout(t)
	w.startSandbox(t)
	person := w.person(t)
	// What make puts on the PATH, the user has.
	person[0] = strings.Replace(person[0], "PATH=", "PATH="+filepath.Dir(os.Getenv("E2E_PULUMI"))+":", 1)
	section := func(name string) string {
		return strings.Join(w.blocks(t, "docs/pulumi.md", name), "")
	}

	out := w.shell(t, person, "bash", section("From a clone"))
	assert.Contains(t, out, "14 created")

	out = w.shell(t, person, "bash", section("What somebody has changed"))
	requireNoChange(t, out)

	t.Run("a resource that the state does not have is imported", func(t *testing.T) {
		const token = "azure-native:managedidentity:FederatedIdentityCredential"
		credential := w.exported(t, person, token)
		w.shell(t, person, "bash", "pulumi state delete --stack dev --force '"+string(credential.URN)+"'")
		out, code := w.tryShell(t, person, "bash", "pulumi up --stack dev --skip-preview")
		require.NotZero(t, code, "the credential exists")
		assert.Contains(t, out, "exist")

		commands := strings.NewReplacer("PARENT", string(credential.Parent), "NAME", credential.URN.Name(), " ID", " "+string(credential.ID)).
			Replace(section("What exists already"))
		out = w.shell(t, person, "bash", commands)
		assert.Contains(t, out, "imported")
		requireNoChange(t, w.shell(t, person, "bash", "pulumi up --stack dev --skip-preview"))
	})

	out = w.shell(t, person, "bash", section("Remove it"))
	assert.Contains(t, out, "14 deleted")
	w.requireEmptySandbox(t)

	t.Run("a project of its own", func(t *testing.T) {
		// A clone has no link to built tools, which `pulumi new` cannot copy.
		tools := filepath.Join(w.root, ".tools")
		require.NoError(t, os.Remove(tools))
		defer func() { require.NoError(t, os.Symlink(os.Getenv("E2E_TOOLS"), tools)) }()
		commands := strings.NewReplacer(
			"https://github.com/aks-workload-identity/aks-workload-identity", w.root+" --generate-only --yes",
			"pulumi preview", "pulumi stack init test\npulumi config set location westeurope\npulumi preview",
		).Replace(section("A project of your own"))
		out := w.shell(t, person, "bash", "cd "+t.TempDir()+"\n"+commands)
		assert.Contains(t, out, "Created project")
		assert.Contains(t, out, "ManagedCluster")
		assert.NotContains(t, out, "error")
	})

	t.Run("in the sandbox", func(t *testing.T) {
		cmd := w.command(t.Context(), "bash", "-e", "-c", section("In the sandbox"))
		out, code := w.runCommand(t, cmd)
		require.Zero(t, code)
		assert.Regexp(t, regexp.MustCompile(`\d+ to create`), out)
	})
}

// exported returns the resource of a type in the state of stack dev.
func (w *world) exported(t *testing.T, env []string, token string) apitype.ResourceV3 {
	t.Helper()
	out := w.shell(t, env, "bash", "pulumi stack export --stack dev")
	state := decode[struct{ Deployment apitype.DeploymentV3 }](t, []byte(out))
	for _, r := range state.Deployment.Resources {
		if string(r.Type) == token {
			return r
		}
	}
	require.Failf(t, "no resource", "the stack has none of type %s", token)
	return apitype.ResourceV3{}
}
