package aks

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

var update = flag.Bool("update", false, "write the golden files")

const testIssuer = "https://eastus.oic.prod-aks.azure.com/tenant/uid/"

func testSpec() azure.ClusterSpec {
	return azure.ClusterSpec{
		UID: "uid-1", ResourceID: "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/prod",
		Name: "prod", ResourceGroup: "rg", NodeResourceGroup: "MC_rg_prod_eastus", Location: "eastus", TenantID: "tenant",
		IssuerURL: testIssuer, FQDN: "prod-1a2b.hcp.eastus.azmk8s.io",
	}
}

func kubeconfigText(t *testing.T, config clientcmdapi.Config) string {
	t.Helper()
	text, err := clientcmd.Write(config)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-update writes it) -want +got:\n%s", file, diff)
	}
}

// TestFlags compares all settings of the control plane with a reviewed file, because users of a
// cluster see the effect of most of them.
func TestFlags(t *testing.T) {
	l, p := layout{root: "/c"}, ports{etcd: 1, apiServer: 2, tunnel: 3}
	f := pki.Paths(l.pki())
	var text strings.Builder
	for _, program := range []struct {
		name string
		args []string
	}{
		{"etcd", etcdArgs(l, f, p)},
		{"kube-apiserver", apiServerArgs(l, f, p, testSpec())},
		{"kube-controller-manager", controllerManagerArgs(l, f)},
	} {
		text.WriteString(program.name + "\n  " + strings.Join(program.args, "\n  ") + "\n")
	}
	text.WriteString("egress\n" + egressConfig(f, p) + "controller manager's kubeconfig\n" + kubeconfigText(t, managerKubeconfig(f, p)))
	golden(t, "flags.golden", text.String())
}

func TestServiceRange(t *testing.T) {
	for reason, tc := range map[string]struct{ given, flag, first string }{
		"AKS's default":                               {"", "--service-cluster-ip-range=10.0.0.0/16", "10.0.0.1"},
		"the range of the cluster":                    {"172.20.64.0/20", "--service-cluster-ip-range=172.20.64.0/20", "172.20.64.1"},
		"a range that is written with a host address": {"172.20.64.9/20", "--service-cluster-ip-range=172.20.64.9/20", "172.20.64.1"},
	} {
		spec := testSpec()
		spec.ServiceRange = tc.given
		first, err := firstServiceIP(spec)
		if args := apiServerArgs(layout{}, pki.Files{}, ports{}, spec); !slices.Contains(args, tc.flag) || first.String() != tc.first || err != nil {
			t.Errorf("%s: first address %s, %v; flags %v", reason, first, err, args)
		}
	}
}

// TestEntraFlags compares the further settings of a cluster with Entra ID.
func TestEntraFlags(t *testing.T) {
	l, p := layout{root: "/c"}, ports{review: 4}
	f := pki.Paths(l.pki())
	var text strings.Builder
	for _, azureRBAC := range []bool{false, true} {
		fmt.Fprintf(&text, "Azure RBAC: %t\n  %s\n", azureRBAC, strings.Join(reviewArgs(l, &azure.EntraSpec{AzureRBAC: azureRBAC}), "\n  "))
	}
	text.WriteString("reviewer's kubeconfig\n" + kubeconfigText(t, reviewerKubeconfig(f, p, authorizePath)))
	golden(t, "entra.golden", text.String())
	if args := reviewArgs(l, nil); args != nil {
		t.Errorf("a cluster without Entra ID has %v", args)
	}
}

// TestEveryProcessNamesItsFolder checks the command lines, by which the processes of a killed
// daemon are recognised.
func TestEveryProcessNamesItsFolder(t *testing.T) {
	l, p := layout{root: "/c/uid-1"}, ports{}
	f := pki.Paths(l.pki())
	for name, args := range map[string][]string{
		"etcd": etcdArgs(l, f, p), "kube-apiserver": apiServerArgs(l, f, p, testSpec()), "kube-controller-manager": controllerManagerArgs(l, f),
	} {
		if !strings.Contains(strings.Join(args, " "), l.root+"/") {
			t.Errorf("%s does not name %s", name, l.root)
		}
	}
}
