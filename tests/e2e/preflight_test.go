package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settings replaces what the sandbox's Azure offers.
func (w *world) settings(t *testing.T, settings object) {
	t.Helper()
	raw, err := json.Marshal(settings)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "settings.json")
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	_, code := w.run(t, w.sandbox(), "settings", file)
	require.Zero(t, code)
}

// preflightReport is what `akswi preflight --json` prints.
type preflightReport struct {
	Rows []struct{ Check, Outcome, Code, Found, Command, Advice string }
}

// preflight runs `akswi preflight` in a folder, without some variables, and returns its report and
// exit code.
func (w *world) preflight(t *testing.T, folder string, without []string, args ...string) (preflightReport, int) {
	t.Helper()
	args = append([]string{
		"run", "--", filepath.Join(os.Getenv("E2E_TOOLS"), "bin", "akswi"), "preflight",
		"--cwd", folder, "--pulumi", os.Getenv("E2E_PULUMI"), "--json",
	}, args...)
	cmd := w.command(t.Context(), w.sandbox(), args...)
	w.setBackend(cmd)
	cmd.Env = slices.DeleteFunc(cmd.Env, func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(without, name)
	})
	out, code := outputAndCode(t, cmd)
	return decode[preflightReport](t, out), code
}

// outputAndCode returns the standard output of a command and its exit code.
func outputAndCode(t *testing.T, cmd *exec.Cmd) ([]byte, int) {
	t.Helper()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	_ = measured(t, cmd, cmd.Run)
	return []byte(out.String()), cmd.ProcessState.ExitCode()
}

// has reports whether a row has a code and, in what it found or advises, a text.
func (r preflightReport) has(code, text string) bool {
	return slices.ContainsFunc(r.Rows, func(row struct{ Check, Outcome, Code, Found, Command, Advice string }) bool {
		return row.Code == code && strings.Contains(row.Found+" "+row.Command+" "+row.Advice, text)
	})
}

// defectiveStack is a stack file whose deployment fails for many reasons at once.
const defectiveStack = `config:
  defective:location: westeurope
  defective:tags: {team: a}
  defective:resourceGroup: {name: taken}
  defective:cluster:
    kubernetesVersion: "1.33"
    systemPool: {vmSize: Standard_D4s_v5, count: 3}
    nodePools:
      - {name: none, vmSize: Standard_D3s_v5}
      - {name: zoned, vmSize: Standard_D2s_v5, availabilityZones: ["1", "2"]}
      - {name: gpu, vmSize: Standard_NC24ads_A100_v4}
      - {name: cheap, vmSize: Standard_D8s_v5, count: 2, spot: {}}
      - {name: old, vmSize: Standard_D2s_v5, orchestratorVersion: "1.29"}
      - {name: many, vmSize: Standard_F4s_v2, minCount: 1, maxCount: 200}
  defective:vault: {name: deleted-letters}
  defective:workloads:
    app:
      identity: {kind: application}
      serviceAccount: {namespace: demo}
      grants:
        - {role: Key Vault Secrets User, scope: vault}
        - {role: Reader, scope: /subscriptions/SUBSCRIPTION/resourceGroups/gone}
`

// TestPreflight plants the defects that a first deployment to a real subscription meets, all in one
// world, and wants one run to name each of them.
func TestPreflight(t *testing.T) {
	w := newWorld(t)
	w.startSandbox(t)
	require.NoError(t, os.MkdirAll(w.state, 0o700))
	w.azure(t, "PUT", "/resourceGroups/taken", object{"location": "westeurope"})
	vault := "/resourceGroups/taken/providers/Microsoft.KeyVault/vaults/deleted-letters"
	w.azure(t, "PUT", vault, object{"location": "westeurope", "properties": object{
		"tenantId": "{tenantId}", "sku": object{"family": "A", "name": "standard"}, "enableRbacAuthorization": true,
	}})
	w.azure(t, "DELETE", vault, nil)
	status := decode[struct {
		Account struct{ SubscriptionID string }
	}](t, w.output(t, w.sandbox(), "status", "--json"))

	folder := t.TempDir()
	for name, text := range map[string]string{
		"Pulumi.yaml":     "name: defective\nruntime: go\n",
		"Pulumi.dev.yaml": strings.ReplaceAll(defectiveStack, "SUBSCRIPTION", status.Account.SubscriptionID),
		"go.mod":          "module defective\n\ngo 1.26\n\nrequire (\n\tgithub.com/pulumi/pulumi/sdk/v3 v3.999.0\n)\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	w.settings(t, object{
		"subscriptionState":  "Disabled",
		"kubernetesVersions": object{"1.33": []string{"AKSLongTermSupport"}},
		"vmSizes":            object{"Standard_D4s_v5": object{"restricted": true}, "Standard_D2s_v5": object{"zones": []string{"1"}}},
		"quotas":             object{"cores": 10, "lowPriorityCores": 4, "standardFSv2Family": 8},
		"providers":          object{"Microsoft.ContainerService": "NotRegistered", "Microsoft.KeyVault": "Unregistered", "Microsoft.Compute": "Registering"},
		"deployerRoles":      []string{"Contributor"}, "deployerGraphRoles": []string{},
		"policies": []object{
			{"assignment": "allowed-locations", "field": "location", "allowed": []string{"northeurope"}},
			{"assignment": "cost-center", "field": "tags[costCenter]"},
			{"assignment": "no-clusters", "types": []string{"Microsoft.ContainerService/managedClusters"}},
		},
	})

	defects := []struct{ reason, code, text string }{
		{"the CLI is older than the program", "PulumiTooOld", "3.999.0"},
		{"no passphrase for the secrets", "NoPassphrase", "PULUMI_CONFIG_PASSPHRASE_FILE"},
		{"the subscription is disabled", "SubscriptionDisabled", "is Disabled"},
		{"a provider is not registered", "MissingSubscriptionRegistration", "az provider register --wait --namespace Microsoft.ContainerService"},
		{"a second provider is not registered", "MissingSubscriptionRegistration", "Microsoft.KeyVault is not registered"},
		{"a provider is being registered", "Registering", "Microsoft.Compute"},
		{"Contributor cannot assign roles", "AuthorizationFailed", "--role 'Role Based Access Control Administrator' --scope /subscriptions/"},
		{"the scope of a grant does not exist", "ScopeNotFound", "workloads.app.grants[1]"},
		{"the deployer may not register applications", "Authorization_RequestDenied", "az ad app permission add"},
		{"a policy denies the region", "RequestDisallowedByPolicy", "allowed-locations"},
		{"a policy requires a tag", "RequestDisallowedByPolicy", "cost-center"},
		{"a policy denies clusters", "RequestDisallowedByPolicy", "no-clusters denies Microsoft.ContainerService/managedClusters in"},
		{"the version has long-term support only", "K8sVersionNotSupported", "pulumi config set --path 'defective:cluster.kubernetesVersion' 1.34"},
		{"the version of a pool is not offered", "K8sVersionNotSupported", "cluster.nodePools[4].orchestratorVersion: westeurope does not offer Kubernetes 1.29"},
		{"a size is restricted", "SkuNotAvailable", "Standard_D4s_v5 is not available to the subscription"},
		{"a size does not exist", "SkuNotAvailable", "cluster.nodePools[0].vmSize: Standard_D3s_v5 does not exist"},
		{"a size is not in a zone", "AvailabilityZoneNotSupported", "is not in zone 2 of westeurope, only in [1]"},
		{"the quota of the region", "InsufficientVCPUQuota", "of the quota cores in westeurope; 10 of 10 are left"},
		{"the quota of a family", "InsufficientVCPUQuota", "24 vCPUs of the quota StandardNCADSA100v4Family in westeurope; 0 of 0 are left"},
		{"the quota of spot nodes", "InsufficientVCPUQuota", "16 vCPUs of the quota lowPriorityCores"},
		{"the resource group exists", "ResourceGroupExists", "resource group taken exists already"},
		{"the vault's name is kept by a deleted vault", "VaultSoftDeleted", "az keyvault purge --name deleted-letters --location westeurope"},
	}
	require.GreaterOrEqual(t, len(defects), 20)

	t.Run("one run names every defect", func(t *testing.T) {
		report, code := w.preflight(t, folder, []string{"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}, "--stack", "org/defective/dev")
		assert.Equal(t, 1, code)
		for _, d := range defects {
			assert.Truef(t, report.has(d.code, d.text), "%s: no row with %s and %q", d.reason, d.code, d.text)
		}
		for _, row := range report.Rows {
			assert.NotEmptyf(t, row.Found, "%v", row)
			if row.Outcome == "problem" {
				assert.NotEmptyf(t, row.Command+row.Advice, "no remedy: %v", row)
			}
		}
	})

	t.Run("it is read-only", func(t *testing.T) {
		before := w.status(t).ids()
		w.preflight(t, folder, nil, "--stack", "dev")
		assert.Equal(t, before, w.status(t).ids())
		states, err := filepath.Glob(filepath.Join(w.state, ".pulumi", "stacks", "*", "*"))
		require.NoError(t, err)
		assert.Empty(t, states, "no stack is created")
	})

	t.Run("the region, before anything in it", func(t *testing.T) {
		other := strings.Replace(defectiveStack, "westeurope", "westeurop", 1)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "Pulumi.typo.yaml"), []byte(other), 0o600))
		report, code := w.preflight(t, folder, nil, "--stack", "typo", "--only", "region")
		assert.Equal(t, 1, code)
		assert.True(t, report.has("LocationNotAvailable", "pulumi config set --path 'defective:location' westeurope"), report)
	})

	t.Run("nothing stands in the way", func(t *testing.T) {
		w.settings(t, object{})
		report, code := w.preflight(t, w.root, nil, "--stack", "local", "--config-file", w.config)
		assert.Zero(t, code, report)
	})
}
