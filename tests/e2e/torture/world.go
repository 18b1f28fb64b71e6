package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// world is a sandbox with a Pulumi state that no other case uses at the same time. The bridge's
// journal, which the real providers do not have, is off.
type world struct {
	root, tools, pulumi string
	home, state, config string
	log                 *os.File
}

func newWorld(folder, name string, workloads int) (*world, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	w := &world{
		root: root, tools: os.Getenv("E2E_TOOLS"), pulumi: os.Getenv("E2E_PULUMI"),
		home: filepath.Join(folder, name, "sandbox"), state: filepath.Join(folder, name, "state"),
		config: filepath.Join(folder, name, "Pulumi.local.yaml"),
	}
	if w.tools == "" || w.pulumi == "" {
		return nil, errors.New("E2E_TOOLS and E2E_PULUMI are not set: run this by `make torture`, which builds the tools")
	}
	if err := os.MkdirAll(w.state, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(w.config, []byte(stackFile(workloads)), 0o600); err != nil {
		return nil, err
	}
	w.log, err = os.Create(filepath.Join(folder, name, "log"))
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	if err := w.sandbox(ctx, "up"); err != nil {
		return nil, err
	}
	_, err = w.do(ctx, w.pulumi, w.flags("stack", "select", "--create")...)
	return w, err
}

func (w *world) close() {
	_ = w.sandbox(context.Background(), "down", "--purge")
	w.log.Close()
}

// stackFile returns the configuration of a stack with one cluster, the webhook's chart and a number
// of workloads, a quarter of which are Entra applications.
func stackFile(workloads int) string {
	var b strings.Builder
	b.WriteString(`config:
  aks-workload-identity:location: westeurope
  aks-workload-identity:cluster:
    kubernetesVersion: "1.34"
    systemPool: {count: 1}
  aks-workload-identity:webhook:
    mode: chart
    chart: {replicas: 1}
  aks-workload-identity:vault:
    plainTextSecrets: true
    secrets: {greeting: hello}
  aks-workload-identity:workloads:
`)
	for i := range workloads {
		fmt.Fprintf(&b, "    w%d:\n      serviceAccount: {namespace: team%d}\n      grants: [{role: Key Vault Secrets User, scope: vault}]\n", i, i/4)
		if i%4 == 3 {
			b.WriteString("      identity: {kind: application}\n")
		}
	}
	b.WriteString("encryptionsalt: v1:8BbZ1OlFyhg=:v1:OzafOGELwdXUVj32:He7g+9uYOn61hu5maQ+L5JpkjuMz8A==\n")
	return b.String()
}

func (w *world) flags(args ...string) []string {
	args = append(args, "--cwd", w.root, "--stack", "local", "--non-interactive")
	if slices.Contains([]string{"up", "preview", "refresh", "destroy"}, args[0]) {
		args = append(args, "--config-file", w.config)
	}
	if args[0] == "stack" && args[1] == "select" {
		args = slices.DeleteFunc(args, func(a string) bool { return a == "--stack" })
	}
	return args
}

func (w *world) environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains([]string{"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "STACK", "STEP_TIMES", "PULUMI_HOME"}, name)
	})
	return append(env, "SANDBOX_HOME="+w.home, "SANDBOX_BRIDGE_JOURNAL=off", "NO_COLOR=1", "PROGRAM="+w.root,
		"PULUMI_BACKEND_URL=file://"+w.state+"?metadata=skip", "PULUMI_CONFIG_PASSPHRASE=sandbox", "PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true", "PULUMI_HOME="+filepath.Join(w.tools, "home"))
}

// command returns a command of the world, in a process group of its own.
func (w *world) command(ctx context.Context, name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = w.environ(), w.root
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

// do runs a command and returns what it prints.
func (w *world) do(ctx context.Context, name string, args ...string) (string, error) {
	cmd, out := w.command(ctx, name, args...)
	err := cmd.Run()
	fmt.Fprintf(w.log, "$ %s %q: %v\n%s\n", filepath.Base(name), args, err, out)
	if err != nil {
		return out.String(), fmt.Errorf("%s %s: %w: %s", filepath.Base(name), args[0], err, lastLines(out.String()))
	}
	return out.String(), nil
}

// lastLines returns the end of an output, for a message.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], " | ")
}

func (w *world) binary() string { return filepath.Join(w.tools, "bin", "sandbox") }

func (w *world) sandbox(ctx context.Context, args ...string) error {
	_, err := w.do(ctx, w.binary(), args...)
	return err
}

// runPulumi runs a command of the CLI that needs providers.
func (w *world) runPulumi(ctx context.Context, args ...string) (string, error) {
	return w.do(ctx, w.binary(), append([]string{"run", "--", w.pulumi}, w.flags(args...)...)...)
}

func (w *world) up(ctx context.Context) error {
	_, err := w.runPulumi(ctx, "up", "--yes", "--skip-preview")
	return err
}

// faults returns what `sandbox fault --json` prints; ok is false while no sandbox answers. It asks
// the sandbox itself, because a command ten times a second would take a tenth of a core.
func (w *world) faults(ctx context.Context) (state faultState, ok bool) {
	var running struct {
		Port  int
		Token string
	}
	text, err := os.ReadFile(filepath.Join(w.home, "run.json"))
	if err != nil || json.Unmarshal(text, &running) != nil {
		return state, false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/-/faults", running.Port), nil)
	if err != nil {
		return state, false
	}
	req.Header.Set("Authorization", "Bearer "+running.Token)
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}, Timeout: 5 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return state, false
	}
	defer resp.Body.Close()
	return state, resp.StatusCode == http.StatusOK && json.NewDecoder(resp.Body).Decode(&state) == nil
}

type faultState struct {
	Seen, Held map[string]int
	Calls      []call
}

// reference is what a deployment without a fault ends with.
type reference struct {
	calls     []call
	resources []string // of Azure, with random parts of names replaced
	urns      []string // of Pulumi's state
}

func (w *world) reference(ctx context.Context) (*reference, error) {
	if err := w.sandbox(ctx, "fault", "record", "on"); err != nil {
		return nil, err
	}
	if err := w.up(ctx); err != nil {
		return nil, err
	}
	state, ok := w.faults(ctx)
	if !ok || len(state.Calls) == 0 {
		return nil, errors.New("no call was recorded")
	}
	r := &reference{calls: state.Calls}
	seen := map[call]int{}
	for i := range r.calls {
		kind := r.calls[i]
		seen[kind]++
		r.calls[i].nth = seen[kind]
	}
	var err error
	if r.resources, r.urns, err = w.inventory(ctx); err != nil {
		return nil, err
	}
	if err := w.sandbox(ctx, "fault", "record", "off"); err != nil {
		return nil, err
	}
	return r, w.destroy(ctx)
}

// random matches what differs in names and ids from one deployment to the next.
var random = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{8,}`)

// inventory lists what exists in Azure and in Pulumi's state.
func (w *world) inventory(ctx context.Context) (resources, urns []string, err error) {
	out, err := w.do(ctx, w.binary(), "status", "--json")
	if err != nil {
		return nil, nil, err
	}
	var status struct {
		Resources []struct{ Type, Name, ProvisioningState string }
	}
	if err := json.Unmarshal([]byte(out), &status); err != nil {
		return nil, nil, err
	}
	for _, r := range status.Resources {
		resources = append(resources, r.Type+" "+random.ReplaceAllString(r.Name, "*")+" "+r.ProvisioningState)
	}
	slices.Sort(resources)
	out, err = w.do(ctx, w.pulumi, w.flags("stack", "export")...)
	if err != nil {
		return nil, nil, err
	}
	var state struct {
		Deployment struct {
			Resources []struct {
				URN    string
				Delete bool
			}
			PendingOperations []any `json:"pending_operations"`
		}
	}
	if err := json.Unmarshal([]byte(out), &state); err != nil {
		return nil, nil, err
	}
	for _, r := range state.Deployment.Resources {
		name := r.URN
		if r.Delete {
			name += " (to be deleted)"
		}
		urns = append(urns, name)
	}
	if n := len(state.Deployment.PendingOperations); n > 0 {
		urns = append(urns, fmt.Sprintf("%d pending operations", n))
	}
	slices.Sort(urns)
	return resources, urns, nil
}

// destroy destroys the stack and checks that nothing is left.
func (w *world) destroy(ctx context.Context) error {
	if _, err := w.runPulumi(ctx, "destroy", "--yes", "--skip-preview"); err != nil {
		return err
	}
	return w.sandbox(ctx, "status", "--empty")
}

// reset makes a new world of one whose case has failed, so that the next case starts clean.
func (w *world) reset(ctx context.Context) error {
	_ = w.sandbox(ctx, "down", "--purge")
	if err := os.RemoveAll(w.state); err != nil {
		return err
	}
	if err := os.MkdirAll(w.state, 0o700); err != nil {
		return err
	}
	if err := w.sandbox(ctx, "up"); err != nil {
		return err
	}
	_, err := w.do(ctx, w.pulumi, w.flags("stack", "select", "--create")...)
	return err
}

// pollEvery is the time between two looks at a running case.
const pollEvery = 100 * time.Millisecond
