// Command makespan deploys to a sandbox with Azure's latencies, in compressed time, and compares
// how long a deployment takes with its critical path: the longest chain of resources that wait for
// each other. What is above it are waits that the graph does not need. `make bench-makespan` runs
// it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	sizes := flag.String("workloads", "1,20,200", "numbers of workloads")
	compress := flag.Float64("compress", 20, "divide Azure's times by this")
	flag.Parse()
	if err := bench(context.Background(), strings.Split(*sizes, ","), *compress); err != nil {
		fmt.Fprintln(os.Stderr, "makespan:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, sizes []string, compress float64) error {
	fmt.Printf("Azure's times divided by %g, seconds measured here.\n\n", compress)
	fmt.Printf("%-10s %-22s %10s %14s %7s\n", "workloads", "deployment", "makespan", "critical path", "ratio")
	for _, size := range sizes {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return fmt.Errorf("-workloads: %q is not a number above 0", size)
		}
		one, err := deploy(ctx, compress, stackFile{"local", whole(n)})
		if err != nil {
			return err
		}
		show(n, "one update", one...)
		two, err := deploy(ctx, compress, stackFile{"local-platform", platform()}, stackFile{"local-workloads", workloads(n)})
		if err != nil {
			return err
		}
		show(n, "platform, then workloads", two...)
	}
	return nil
}

func show(n int, what string, spans ...span) {
	var makespan, critical time.Duration
	for _, s := range spans {
		makespan += s.makespan
		critical += s.critical
	}
	// Two updates are compared with the path of one only by their makespans.
	fmt.Printf("%-10d %-22s %10.1f %14.1f %7.2f\n", n, what, makespan.Seconds(), critical.Seconds(), makespan.Seconds()/critical.Seconds())
}

// attempts is how often an update is tried.
const attempts = 3

// stackFile is the configuration of a stack.
type stackFile struct{ stack, text string }

// span is what an update took.
type span struct{ makespan, critical time.Duration }

// deploy deploys the stacks one after another to a new sandbox, and returns what each took.
func deploy(ctx context.Context, compress float64, files ...stackFile) (spans []span, err error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	tools, pulumi := os.Getenv("E2E_TOOLS"), os.Getenv("E2E_PULUMI")
	if tools == "" || pulumi == "" {
		return nil, errors.New("E2E_TOOLS and E2E_PULUMI are not set: run this by `make bench-makespan`, which builds the tools")
	}
	folder, err := os.MkdirTemp("", "makespan")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	env := append(os.Environ(), "SANDBOX_HOME="+filepath.Join(folder, "sandbox"), "PULUMI_BACKEND_URL=file://"+folder+"?metadata=skip",
		"PULUMI_CONFIG_PASSPHRASE=sandbox", "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"PULUMI_HOME="+filepath.Join(tools, "home"), "PULUMI_DEBUG_COMMANDS=true", "NO_COLOR=1")
	run := func(name string, args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Env, cmd.Dir = env, root
		out, err := cmd.CombinedOutput()
		if err != nil {
			text := string(out)
			err = fmt.Errorf("%s %s: %w: %s", filepath.Base(name), args[0], err, text[max(0, len(text)-2000):])
		}
		return out, err
	}
	sandbox := filepath.Join(tools, "bin", "sandbox")
	defer func() { _, _ = run(sandbox, "down", "--purge") }()
	if _, err := run(sandbox, "up", "--faults", "azure", "--faults-compress", fmt.Sprint(compress)); err != nil {
		return nil, err
	}
	for _, f := range files {
		config, log := filepath.Join(folder, "Pulumi."+f.stack+".yaml"), filepath.Join(folder, f.stack+".events")
		if err := os.WriteFile(config, []byte(f.text), 0o600); err != nil {
			return nil, err
		}
		if _, err := run(pulumi, "stack", "select", f.stack, "--create", "--cwd", root, "--non-interactive"); err != nil {
			return nil, err
		}
		// An update that comes too early for Azure's replication fails, and its user repeats it.
		var failed time.Duration
		var steps map[string]step
		all := map[string]step{} // of every attempt: what an earlier one made is on the path too
		for attempt := 1; ; attempt++ {
			watch := watchEvents(fmt.Sprint(log, attempt))
			_, err := run(sandbox, "run", "--", pulumi, "up", "--yes", "--skip-preview", "--non-interactive", "--cwd", root,
				"--stack", f.stack, "--config-file", config, "--event-log", fmt.Sprint(log, attempt), "--parallel", "64")
			steps = watch()
			maps.Copy(all, steps)
			if err == nil {
				break
			}
			if attempt == attempts {
				return nil, err
			}
			failed += ends(steps)
		}
		exported, err := run(pulumi, "stack", "export", "--cwd", root, "--stack", f.stack, "--non-interactive")
		if err != nil {
			return nil, err
		}
		s, err := measure(all, exported)
		if err != nil {
			return nil, err
		}
		s.makespan = failed + ends(steps)
		spans = append(spans, s)
	}
	return spans, nil
}

const salt = "encryptionsalt: v1:8BbZ1OlFyhg=:v1:OzafOGELwdXUVj32:He7g+9uYOn61hu5maQ+L5JpkjuMz8A==\n"

const common = `config:
  aks-workload-identity:location: westeurope
`

const cluster = `  aks-workload-identity:cluster: {systemPool: {count: 1}}
  aks-workload-identity:webhook: {mode: chart, chart: {replicas: 1}}
`

func whole(n int) string { return common + cluster + vaultAndWorkloads(n) + salt }

func platform() string {
	return common + "  aks-workload-identity:program: platform\n" + cluster + salt
}

func workloads(n int) string {
	return common + "  aks-workload-identity:program: workloads\n" +
		"  aks-workload-identity:platforms: {main: {stack: organization/aks-workload-identity/local-platform}}\n" + vaultAndWorkloads(n) + salt
}

func vaultAndWorkloads(n int) string {
	var b strings.Builder
	b.WriteString("  aks-workload-identity:vault: {plainTextSecrets: true, secrets: {greeting: hello}}\n  aks-workload-identity:workloads:\n")
	for i := range n {
		fmt.Fprintf(&b, "    w%d: {serviceAccount: {namespace: team%d}, grants: [{role: Key Vault Secrets User, scope: vault}]}\n", i, i/4)
	}
	return b.String()
}

// step is the time in which the engine worked on a resource.
type step struct{ from, to time.Time }

// longest returns the longest chain of steps, given what each resource waits for.
func longest(steps map[string]step, waitsFor map[string][]string) time.Duration {
	done := map[string]time.Duration{}
	var until func(urn string) time.Duration
	until = func(urn string) time.Duration {
		if d, ok := done[urn]; ok {
			return d
		}
		done[urn] = 0 // a cycle would be an error of the engine
		var before time.Duration
		for _, other := range waitsFor[urn] {
			before = max(before, until(other))
		}
		s := steps[urn]
		done[urn] = before + s.to.Sub(s.from)
		return done[urn]
	}
	var most time.Duration
	for urn := range steps {
		most = max(most, until(urn))
	}
	return most
}

// ends returns the time from the first start to the last end.
func ends(steps map[string]step) time.Duration {
	var from, to []time.Time
	for _, s := range steps {
		from, to = append(from, s.from), append(to, s.to)
	}
	if len(from) == 0 {
		return 0
	}
	return slices.MaxFunc(to, time.Time.Compare).Sub(slices.MinFunc(from, time.Time.Compare))
}
