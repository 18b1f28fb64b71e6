//go:build e2e

package aks_test

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

const (
	tenant   = "11111111-2222-3333-4444-555555555555"
	issuer   = "https://eastus.oic.prod-aks.azure.com/" + tenant + "/9b2f5c0e-0000-4000-8000-000000000001/"
	userNS   = "azure-workload-identity-system"
	deadline = 90 * time.Second
	// stopGrace is the time after which package aks kills a process that does not end.
	stopGrace = 10 * time.Second
)

func spec() azure.ClusterSpec {
	return azure.ClusterSpec{
		UID:           "9b2f5c0e-0000-4000-8000-0000000000c1",
		ResourceID:    "/subscriptions/00000000-0000-0000-0000-00000000aaaa/resourceGroups/rg-e2e/providers/Microsoft.ContainerService/managedClusters/aks-e2e",
		Name:          "aks-e2e",
		ResourceGroup: "rg-e2e", NodeResourceGroup: "MC_rg-e2e_aks-e2e_eastus", Location: "eastus",
		TenantID: tenant, KubernetesVersion: "1.34", IssuerURL: issuer,
		FQDN: "aks-e2e-a1b2c3d4.hcp.eastus.azmk8s.io",
		Pools: []azure.PoolSpec{
			{Name: "system", Mode: "System", OSType: "Linux", VMSize: "Standard_D2s_v5", Count: 1},
			{Name: "user", Mode: "User", OSType: "Linux", VMSize: "Standard_D4s_v5", Count: 2},
		},
	}
}

// buildSandbox returns the path of the sandbox binary, which it builds as a release is built.
func buildSandbox(t *testing.T) string {
	t.Helper()
	if ready := os.Getenv("AKS_E2E_SANDBOX"); ready != "" {
		return ready
	}
	bin := filepath.Join(t.TempDir(), "sandbox")
	const version = "k8s.io/component-base/version."
	ldflags := fmt.Sprintf("-s -w -X %[1]sgitVersion=%[2]s -X %[1]sgitMajor=1 -X %[1]sgitMinor=34", version, aks.KubernetesVersion)
	out, err := exec.Command("go", "build", "-ldflags", ldflags, "-o", bin, "../../cmd/sandbox").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

func chartDir(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/Azure/azure-workload-identity").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "charts", "workload-identity-webhook")
}

func newRuntime(t *testing.T, dir, self, chart string) *aks.Runtime {
	t.Helper()
	level := slog.LevelInfo
	if testing.Verbose() {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	r, err := aks.New(aks.Options{Dir: dir, Self: self, Charts: chart, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// restConfig reads the kubeconfig and connects to the address that the proxy would tunnel to.
func restConfig(t *testing.T, r *aks.Runtime) *rest.Config {
	t.Helper()
	text, err := r.Kubeconfig(t.Context(), spec().UID, false)
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	addr, ok := r.Addr(spec().FQDN)
	if !ok {
		t.Fatal("no address for the cluster's host name")
	}
	config.Host = "https://" + addr
	config.ServerName = spec().FQDN
	config.QPS, config.Burst = 100, 200
	return config
}

func client(t *testing.T, r *aks.Runtime) kubernetes.Interface {
	t.Helper()
	c, err := kubernetes.NewForConfig(restConfig(t, r))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// helmConfig returns the configuration of a user's Helm.
func helmConfig(t *testing.T, r *aks.Runtime, namespace string) *action.Configuration {
	t.Helper()
	addr, _ := r.Addr(spec().FQDN)
	text, err := r.Kubeconfig(t.Context(), spec().UID, true)
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range config.Clusters {
		c.Server, c.TLSServerName = "https://"+addr, spec().FQDN
	}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig, flags.CacheDir, flags.Namespace = &file, &cache, &namespace
	out := new(action.Configuration)
	if err := out.Init(flags, namespace, "secret", t.Logf); err != nil {
		t.Fatal(err)
	}
	return out
}

func helmInstall(t *testing.T, r *aks.Runtime, chart string) error {
	t.Helper()
	c, err := loader.LoadDir(chart)
	if err != nil {
		t.Fatal(err)
	}
	install := action.NewInstall(helmConfig(t, r, userNS))
	install.ReleaseName, install.Namespace, install.CreateNamespace = "wi", userNS, true
	install.Wait, install.Timeout = true, deadline
	_, err = install.RunWithContext(t.Context(), c, map[string]any{"azureTenantID": tenant})
	return err
}

func uninstallUserChart(t *testing.T, r *aks.Runtime) {
	t.Helper()
	uninstall := action.NewUninstall(helmConfig(t, r, userNS))
	uninstall.Wait, uninstall.Timeout = true, deadline
	if _, err := uninstall.Run("wi"); err != nil {
		t.Fatal(err)
	}
}

// eventually calls f until it returns no error.
func eventually(t *testing.T, what string, f func() error) time.Duration {
	t.Helper()
	start := time.Now()
	var err error
	for time.Since(start) < deadline {
		if err = f(); err == nil {
			return time.Since(start)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: %v", what, err)
	return 0
}

func start(t *testing.T, r *aks.Runtime, s azure.ClusterSpec) time.Duration {
	t.Helper()
	begin := time.Now()
	if err := r.Start(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return time.Since(begin)
}

func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	// A zombie waits for its parent to read its status; it has ended.
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

func pids(r *aks.Runtime) []int {
	var out []int
	for _, c := range r.Status() {
		for _, p := range c.Processes {
			out = append(out, p.PID)
		}
	}
	return out
}

func wantGone(t *testing.T, pids []int) {
	t.Helper()
	if len(pids) == 0 {
		t.Fatal("no processes to look for")
	}
	eventually(t, "processes gone", func() error {
		for _, pid := range pids {
			if alive(pid) {
				return fmt.Errorf("process %d still runs", pid)
			}
		}
		return nil
	})
}

// logMemory logs the private memory of each process, in MiB.
func logMemory(t *testing.T, r *aks.Runtime) {
	t.Helper()
	total := 0
	for _, c := range r.Status() {
		for _, p := range c.Processes {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
			if err != nil {
				continue
			}
			for _, line := range strings.Split(string(b), "\n") {
				f := strings.Fields(line)
				if len(f) == 3 && (f[0] == "RssAnon:" || f[0] == "VmRSS:") {
					kib, _ := strconv.Atoi(f[1])
					t.Logf("memory: %-60s %-8s %4d MiB", p.Name, f[0], kib/1024)
					if f[0] == "RssAnon:" {
						total += kib
					}
				}
			}
		}
	}
	t.Logf("memory: all, anonymous: %d MiB", total/1024)
}
