package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	stateAccount   = "acmestate"
	stateContainer = "state"
)

// TestStateForTeams deploys the identities of a pipeline by docs/pipelines.md, with the state in a
// storage account by docs/state.md: two people at once, and a run that was killed. Secrets have a
// passphrase, because the sandbox has no keys in Key Vault.
func TestStateForTeams(t *testing.T) {
	w := newWorld(t)
	w.checkout(t)
	w.startSandbox(t)
	w.makeStateAccount(t)
	team := slices.DeleteFunc(w.person(t), func(entry string) bool { return strings.HasPrefix(entry, "PULUMI_BACKEND_URL=") })
	team[0] = strings.Replace(team[0], "PATH=", "PATH="+filepath.Dir(os.Getenv("E2E_PULUMI"))+":", 1)
	backend := strings.NewReplacer("CONTAINER", stateContainer, "ACCOUNT", stateAccount,
		" --secrets-provider 'azurekeyvault://VAULT.vault.azure.net/keys/KEY'", "")
	blocks := w.blocks(t, "docs/state.md", "A storage account")
	require.Len(t, blocks, 1)
	use, rest, _ := strings.Cut(backend.Replace(blocks[0]), "\n")
	assert.Contains(t, use, "azblob://")

	t.Run("the identities of a pipeline", func(t *testing.T) {
		pages := w.blocks(t, "docs/pipelines.md", "The identities")
		require.Len(t, pages, 2)
		out := w.shell(t, team, "bash", use+"\n"+strings.ReplaceAll(pages[0], "ORG/REPOSITORY", "acme/shop"))
		assert.Contains(t, out, "11 created")
		assert.Contains(t, out, "deployerClientId")
		out = w.shell(t, team, "bash", use+"\n"+strings.NewReplacer("ISSUER", "https://login.microsoftonline.com/t/v2.0",
			"deployerSubject SUBJECT", "deployerSubject sc://acme/shop/deployer", "previewerSubject SUBJECT", "previewerSubject sc://acme/shop/previewer").Replace(pages[1]))
		assert.Contains(t, out, "deleted", "GitHub's credentials go")
		w.shell(t, team, "bash", use+"\npulumi destroy --cwd examples/pipeline --stack pipeline")
	})

	// The same program is quick enough to be caught in the middle.
	folder := filepath.Join(w.root, "examples", "pipeline")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "Pulumi.dev.yaml"), []byte("config:\n  aks-pipeline:repository: acme/shop\n"), 0o600))
	use += "\ncd examples/pipeline\n"
	assert.Contains(t, w.shell(t, team, "bash", use+rest), "11 created")

	t.Run("two at once", func(t *testing.T) {
		first := w.holdLock(t, team, use)
		out, code := w.tryShell(t, team, "bash", use+"pulumi up --stack dev")
		assert.NotZero(t, code, "the first has the lock")
		assert.Contains(t, out, "the stack is currently locked by 1 lock(s)")
		assert.Contains(t, out, "pulumi cancel")
		require.NoError(t, syscall.Kill(-first.Process.Pid, syscall.SIGCONT))
		require.NoError(t, first.Wait(), "the first goes on undisturbed")
		requireNoChange(t, w.shell(t, team, "bash", use+"pulumi up --stack dev"))
	})

	t.Run("a killed run's lock is lifted", func(t *testing.T) {
		killed := w.holdLock(t, team, use)
		require.NoError(t, syscall.Kill(-killed.Process.Pid, syscall.SIGKILL))
		require.Error(t, killed.Wait())
		out, code := w.tryShell(t, team, "bash", use+"pulumi up --stack dev")
		assert.NotZero(t, code, "the lock stays")
		assert.Contains(t, out, "locked by 1 lock(s)")
		lift := w.blocks(t, "docs/state.md", "Two at once, and a lock that stays")
		require.Len(t, lift, 1)
		w.shell(t, team, "bash", use+lift[0])
		requireNoChange(t, w.shell(t, team, "bash", use+"pulumi up --stack dev"))
	})

	w.shell(t, team, "bash", use+"pulumi destroy --stack dev")
	assert.NotContains(t, strings.Join(w.status(t).ids(), "\n"), "userAssignedIdentities")
}

// holdLock starts an update and stops its processes, as a long one or a sleeping laptop would, once
// the backend has its lock.
func (w *world) holdLock(t *testing.T, env []string, use string) *exec.Cmd {
	t.Helper()
	cmd := w.command(t.Context(), w.sandbox(), "run", "--", "bash", "-e", "-c", use+"pulumi up --stack dev")
	cmd.Env = append(cmd.Env, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	shown := &lineWriter{test: t.Name()}
	t.Cleanup(shown.flush)
	cmd.Stdout, cmd.Stderr = shown, shown
	require.NoError(t, cmd.Start())
	locks := "https://" + stateAccount + ".blob.core.windows.net/" + stateContainer + "?restype=container&comp=list&prefix=.pulumi/locks/"
	require.Eventually(t, func() bool {
		return strings.Contains(string(w.output(t, w.sandbox(), "rest", locks)), "<Blob>")
	}, 2*time.Minute, 50*time.Millisecond, "the backend got no lock")
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGSTOP))
	return cmd
}

// makeStateAccount makes a storage account without keys, a container in it, and the right to use
// its blobs.
func (w *world) makeStateAccount(t *testing.T) {
	t.Helper()
	const group = "/resourceGroups/state"
	w.put(t, group, object{"location": "westeurope"})
	account := w.put(t, group+"/providers/Microsoft.Storage/storageAccounts/"+stateAccount, object{
		"location": "westeurope", "kind": "StorageV2", "sku": object{"name": "Standard_LRS"}, "properties": object{"allowSharedKeyAccess": false},
	})
	container := w.put(t, account.ID+"/blobServices/default/containers/"+stateContainer, object{"properties": object{}})
	w.put(t, container.ID+"/providers/Microsoft.Authorization/roleAssignments/0d1f6a52-0c3e-4f3e-9a63-9d5b4a7d1c03", object{
		"properties": object{
			"roleDefinitionId": "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe",
			"principalId":      "{deployerObjectId}", "principalType": "ServicePrincipal",
		},
	})
}
