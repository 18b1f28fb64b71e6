package engine

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	statefile "github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/pkg/v3/secrets/passphrase"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/stacks"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

// vaultSecret is the value of a secret in a vault.
const vaultSecret = "the-value-of-a-vault-secret"

func TestTheStateFileHasKubeconfigAndVaultSecretsAsCiphertextOnly(t *testing.T) {
	s := newStack(t)
	program := shop{more: func(ctx *pulumi.Context, _ *cluster.Cluster) error {
		v, err := keyvault.NewVault(ctx, "vault", &keyvault.VaultArgs{
			ResourceGroupName: pulumi.String(resourceGroup), Properties: &keyvault.VaultPropertiesArgs{
				TenantId: pulumi.String(fake.TenantID), Sku: &keyvault.SkuArgs{Family: pulumi.String("A"), Name: keyvault.SkuNameStandard},
			},
		})
		if err != nil {
			return err
		}
		_, err = keyvault.NewSecret(ctx, "secret", &keyvault.SecretArgs{
			ResourceGroupName: pulumi.String(resourceGroup), VaultName: v.Name,
			Properties: &keyvault.SecretPropertiesArgs{Value: pulumi.ToSecret(pulumi.String(vaultSecret)).(pulumi.StringOutput)},
		})
		return err
	}}.program
	s.up(program)
	s.refresh() // which writes what the providers read

	checkSecrets(t, s)
}

// The fakes mark nothing as secret, as little as the real plugins do: what is secret in the stack's
// state, the program has marked.
func TestTheProgramMarksWhatIsSecret(t *testing.T) {
	s := newStack(t)
	s.config = map[string]string{
		"shop:location": "westeurope",
		"shop:vault":    `{"secrets": {"greeting": "` + vaultSecret + `"}, "plainTextSecrets": true}`,
		"shop:workloads": `{"app": {"serviceAccount": {"namespace": "demo"}, "secrets": ["greeting"],
			"grants": [{"preset": "readSecrets", "scope": "vault"}], "sqlUsers": [{"key": "orders", "database": "orders"}]}}`,
	}
	s.up(stacks.Run)
	checkSecrets(t, s)
	s.refresh() // which writes what the providers read
	checkSecrets(t, s)
	s.up(stacks.Run)
	checkSecrets(t, s)
}

// checkSecrets searches the state file for the values that must be secret.
func checkSecrets(t *testing.T, s *stack) {
	t.Helper()
	open, closed := stateFile(t, s.state, true), stateFile(t, s.state, false)
	for what, text := range map[string]string{"the kubeconfig's token": fake.Credential, "the vault's secret": vaultSecret} {
		// If the text is not even there when secrets are shown, the search below proves nothing.
		if !strings.Contains(open, text) {
			t.Errorf("%s is not in the state with its secrets shown", what)
		}
		for _, form := range encodings(text) {
			if strings.Contains(closed, form) {
				t.Errorf("%s is readable in the state file, as %q", what, form)
			}
		}
	}
}

// stackWithSecrets returns a stack file with a value that must not be read anywhere.
func stackWithSecrets() map[string]string {
	return map[string]string{
		"shop:location": "westeurope",
		"shop:webhook":  `{"mode": "chart"}`,
		"shop:vault":    `{"plainTextSecrets": true, "secrets": {"greeting": "` + vaultSecret + `"}}`,
		"shop:workloads": `{"orders": {"serviceAccount": {"namespace": "shop"}, "secrets": ["greeting"],
			"grants": [{"role": "Key Vault Secrets User", "scope": "vault/greeting"}]}}`,
	}
}

// azure-native knows no secrets: it gets plain values, and marks nothing of what it returns. What
// must be secret is marked by the program, wherever the value goes: to the vault's secret, and with
// the kubeconfig, which a function returns, to the provider and to the stack's outputs.
func TestTheProgramMarksItsSecretsItself(t *testing.T) {
	s := newStack(t)
	s.config = stackWithSecrets()
	s.world.MarksNothing = true
	s.up(stacks.Run)
	s.refresh()
	s.up(stacks.Run)

	open, closed := stateFile(t, s.state, true), stateFile(t, s.state, false)
	for what, text := range map[string]string{"the kubeconfig's token": fake.Credential, "the vault's secret": vaultSecret} {
		if n := len(positions(open, text)); n < 2 {
			t.Errorf("%s is %d times in the state with its secrets shown, want it in inputs and in outputs", what, n)
		}
		for _, form := range encodings(text) {
			for _, at := range positions(closed, form) {
				t.Errorf("%s is readable in the state file: %s", what, around(closed, at))
			}
		}
	}
}

func positions(text, part string) []int {
	var all []int
	for from := 0; ; {
		i := strings.Index(text[from:], part)
		if i < 0 {
			return all
		}
		all = append(all, from+i)
		from += i + len(part)
	}
}

// around returns where in the state file something is, without the value.
func around(text string, at int) string { return "…" + text[max(0, at-200):at] }

// stateFile returns the state file that a backend with a passphrase would write.
func stateFile(t *testing.T, snapshot *deploy.Snapshot, showSecrets bool) string {
	t.Helper()
	_, manager, err := passphrase.NewPassphraseSecretsManager("a passphrase")
	if err != nil {
		t.Fatal(err)
	}
	// The engine's next operation needs the manager that it has left.
	defer func(own secrets.Manager) { snapshot.SecretsManager = own }(snapshot.SecretsManager)
	snapshot.SecretsManager = manager
	file, err := statefile.SerializeUntypedDeployment(t.Context(), snapshot, &statefile.SerializeOptions{ShowSecrets: showSecrets})
	if err != nil {
		t.Fatal(err)
	}
	return string(file.Deployment)
}

// encodings returns the forms in which a text can be found in another: as it is, and in base64 at
// each of the three alignments.
func encodings(text string) []string {
	forms := []string{text}
	for skip := range 3 {
		inner := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", skip) + text))
		forms = append(forms, inner[4:len(inner)-4])
	}
	return forms
}
