package chain_test

import (
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/login"
)

func TestConnectLeavesOutClientsThatCannotBeMade(t *testing.T) {
	environment := map[string]string{
		"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "token", "ARM_CLIENT_ID": "operator", "ARM_TENANT_ID": "tenant",
	}
	for name, kubeconfig := range map[string]string{"None": "", "NotYAML": "{", "NoServer": "apiVersion: v1\nkind: Config\n"} {
		t.Run(name, func(t *testing.T) {
			w := chaintest.New(t)
			w.Stack.Kubeconfig = kubeconfig
			c := chain.Connect(w.Stack, login.Settings{Env: func(name string) string { return environment[name] }})
			if c.Kubernetes != nil || c.KubernetesErr == nil {
				t.Errorf("want no cluster and a reason, got %v, %v", c.Kubernetes, c.KubernetesErr)
			}
			if c.Credentials == nil || c.Issuers == nil {
				t.Error("want the other clients nevertheless")
			}
		})
	}
}
