//go:build e2e

// Package e2e runs the product as a user does: the Makefile's targets, with the real Pulumi
// engine, the real Kubernetes provider, API server, chart and webhook, and the
// Azure SDK's own clients, against a sandbox of its own.
//
// What it does not prove: that Azure accepts what the sandbox accepts.
package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const project = "aks-workload-identity"

func TestLifecycle(t *testing.T) {
	w := newWorld(t)

	first := w.make(t, "up")
	assert.Contains(t, first, "proven", "make up ends with the proof")
	assert.NotContains(t, first, "eyJ", "no token is printed")

	t.Run("a second up changes nothing", func(t *testing.T) {
		requireNoChange(t, w.make(t, "up"))
	})

	t.Run("after a restart the sandbox is the same Azure", func(t *testing.T) {
		before := w.outputs(t)
		_, code := w.run(t, w.sandbox(), "down")
		require.Zero(t, code)
		requireNoChange(t, w.make(t, "up"))
		assert.Equal(t, before.IssuerURL, w.outputs(t).IssuerURL, "the issuer is the cluster's for life")
	})

	t.Run("the kubeconfig is secret", func(t *testing.T) {
		assert.Equal(t, "[secret]", w.outputs(t).Kubeconfig)
		state, err := filepath.Glob(filepath.Join(w.state, ".pulumi", "stacks", project, "local.json"))
		require.NoError(t, err)
		require.Len(t, state, 1)
		data, err := os.ReadFile(state[0])
		require.NoError(t, err)
		for _, secret := range []string{"client-key-data", "certificate-authority-data", "PRIVATE KEY"} {
			assert.NotContains(t, string(data), secret, "the state holds a credential in plain text")
		}
	})

	t.Run("an update changes what it must and the chain still holds", func(t *testing.T) {
		w.edit(t, func(config map[string]any) {
			account := at(t, config, project+":workloads", "quick-start", "serviceAccount")
			account["tokenExpirationSeconds"] = 7200
		})
		out := w.make(t, "up")
		assert.Contains(t, out, "1 updated")
		assert.NotContains(t, out, "replaced")
		assert.NotContains(t, out, "created")
		assert.Contains(t, out, "7200 s", "the webhook gives the token the new lifetime")
	})

	t.Run("a replacement is shown before it happens", func(t *testing.T) {
		w.edit(t, func(config map[string]any) {
			at(t, config, project+":cluster")["dnsPrefix"] = "another"
		})
		before := w.outputs(t)
		out := w.make(t, "preview")
		assert.Regexp(t, `\+-\s+.*ManagedCluster.*replace`, out)
		assert.Equal(t, before, w.outputs(t), "a preview changes nothing")
		w.edit(t, func(config map[string]any) {
			delete(at(t, config, project+":cluster"), "dnsPrefix")
		})
		requireNoChange(t, w.make(t, "up"))
	})

	t.Run("down leaves nothing", func(t *testing.T) {
		out := w.make(t, "down")
		assert.Contains(t, out, "No resource exists.")
		assert.Contains(t, out, "No cluster runs.")
		assert.Empty(t, processesOf(t, w.home), "processes of the sandbox are left")
	})
}

func requireNoChange(t *testing.T, out string) {
	t.Helper()
	require.Contains(t, out, "unchanged")
	for _, word := range []string{" created", " updated", " replaced", " deleted", "to create", "to update", "to replace", "to delete"} {
		require.NotContains(t, out, word)
	}
}

// TestBrokenLinks breaks one link at a time behind Pulumi's back: verify must
// name it, with Entra's code, and a refresh and an up must mend it.
func TestBrokenLinks(t *testing.T) {
	w := newWorld(t)
	w.make(t, "up")
	user := w.outputs(t).Workloads["quick-start"]
	require.NotEmpty(t, user.Federations)
	credential := user.Federations[0]

	rewrite := func(property, value string) func(t *testing.T) {
		return func(t *testing.T) {
			properties := map[string]any{
				"issuer": credential.Issuer, "subject": credential.Subject, "audiences": []string{credential.Audience},
			}
			properties[property] = value
			if property == "audiences" {
				properties[property] = []string{value}
			}
			body, err := json.Marshal(map[string]any{"properties": properties})
			require.NoError(t, err)
			w.rest(t, "put", credential.CredentialID+"?api-version=2023-01-31", string(body))
		}
	}
	cases := []struct {
		name    string
		breakIt func(t *testing.T)
		want    []string
	}{
		{"the issuer's trailing slash is missing", rewrite("issuer", strings.TrimSuffix(credential.Issuer, "/")),
			[]string{"link 2 (credential)", "AADSTS700211", "slash"}},
		{"the subject differs in case only", rewrite("subject", strings.Replace(credential.Subject, "demo", "Demo", 1)),
			[]string{"link 2 (credential)", "AADSTS7002138", "case"}},
		{"the audience is another", rewrite("audiences", "api://another"),
			[]string{"link 2 (credential)", "AADSTS700212", "api://another"}},
		{"the role assignment is deleted", func(t *testing.T) {
			var list struct{ Value []struct{ ID string } }
			require.NoError(t, json.Unmarshal([]byte(w.rest(t, "get", "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleAssignments"+
				"?api-version=2022-04-01&$filter=principalId+eq+'"+user.PrincipalID+"'", "")), &list))
			require.NotEmpty(t, list.Value)
			for _, assignment := range list.Value {
				w.rest(t, "delete", assignment.ID+"?api-version=2022-04-01", "")
			}
		}, []string{"link 7 (secret)", "ForbiddenByRbac", "Key Vault Secrets User"}},
		{"the credential is deleted", func(t *testing.T) {
			w.rest(t, "delete", credential.CredentialID+"?api-version=2023-01-31", "")
		}, []string{"link 2 (credential)", "AADSTS70"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			tc.breakIt(t)
			out, code := w.run(t, "make", "verify")
			require.NotZero(t, code, "verify must fail")
			for _, want := range tc.want {
				assert.Contains(t, out, want)
			}
			w.make(t, "up", "UP_FLAGS=--refresh")
		})
	}
	w.make(t, "down")
}

// TestKilledInTheMiddle ends `make up` with SIGKILL at moments when something is half
// made, and runs it again.
func TestKilledInTheMiddle(t *testing.T) {
	cases := map[string]string{ // what `sandbox status --json` shows at that moment
		"while the cluster is made":          "Microsoft.ContainerService/managedClusters",
		"while Helm installs the webhook":    "azure-wi-webhook-controller-manager",
		"while the workloads are being made": "Microsoft.Authorization/roleAssignments",
	}
	for name, sign := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			cmd := w.command(t.Context(), "make", "up")
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			cmd.Stdout, cmd.Stderr = testWriter{t}, testWriter{t}
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool {
				out, err := w.command(t.Context(), w.sandbox(), "status", "--json").Output()
				return err == nil && strings.Contains(string(out), sign)
			}, 3*time.Minute, 50*time.Millisecond, "%s never appeared", sign)
			require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL))
			require.Error(t, cmd.Wait())

			out := w.make(t, "up")
			assert.Contains(t, out, "proven")
			again := w.make(t, "up")
			requireNoChange(t, again)
			assert.NotContains(t, again, "interrupted", "nothing speaks of the killed run any more")
			out = w.make(t, "down")
			assert.Contains(t, out, "No resource exists.", "what the killed run had made is not lost")
		})
	}
}

// TestBadInput sees the program's own refusal through the real engine.
func TestBadInput(t *testing.T) {
	w := newWorld(t)
	cases := map[string]struct {
		change func(config map[string]any)
		want   []string
	}{
		"a misspelt key": {
			func(c map[string]any) { c[project+":worklaods"] = c[project+":workloads"] },
			[]string{"Pulumi.local.yaml", project + ":worklaods", `did you mean "workloads"?`},
		},
		"an expiration that the webhook would refuse": {
			func(c map[string]any) {
				at(t, c, project+":workloads", "quick-start", "serviceAccount")["tokenExpirationSeconds"] = 60
			},
			[]string{"Pulumi.local.yaml", "tokenExpirationSeconds", "3600", "86400"},
		},
		"the add-on beside the chart's settings": {
			func(c map[string]any) { at(t, c, project+":webhook")["mode"] = "addon" },
			[]string{"Pulumi.local.yaml", project + ":webhook"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			original, err := os.ReadFile(w.config)
			require.NoError(t, err)
			defer os.WriteFile(w.config, original, 0o600)
			w.edit(t, tc.change)
			out, code := w.run(t, "make", "up")
			require.NotZero(t, code)
			for _, want := range tc.want {
				assert.Contains(t, out, want)
			}
			status, code := w.run(t, w.sandbox(), "status")
			require.Zero(t, code)
			assert.Contains(t, status, "No resource exists.", "nothing is registered before the refusal")
		})
	}
}

// TestRealAzureSaysWhatItNeeds runs the other environment without a login.
func TestRealAzureSaysWhatItNeeds(t *testing.T) {
	w := newWorld(t)
	cmd := w.command(t.Context(), "make", "up", "STACK=dev")
	cmd.Env = append(cmd.Env, "PULUMI_BACKEND_URL=file://"+t.TempDir(), "PATH=/usr/local/bin:/usr/bin:/bin:"+filepath.Dir(goBinary(t)),
		"PULUMI_FLAGS=", "ARM_CLIENT_ID=", "AZURE_CONFIG_DIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "az login")
	assert.Contains(t, string(out), "ARM_USE_OIDC=true")
}

func goBinary(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("go")
	require.NoError(t, err, fmt.Sprintf("PATH is %s", os.Getenv("PATH")))
	return path
}
