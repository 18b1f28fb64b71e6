package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// furtherRuns is how often the deployment may be repeated.
const furtherRuns = 2

// result is the outcome of a case.
type result struct {
	torment torment
	runs    int  // further runs that were needed
	hit     bool // the fault happened
	took    time.Duration
	err     error
}

func (r result) line() string {
	outcome := fmt.Sprintf("%d further runs", r.runs)
	switch {
	case r.err != nil:
		outcome = "did not converge: " + r.err.Error()
	case !r.hit:
		outcome += ", the call did not come"
	}
	return fmt.Sprintf("%-70s %4.0f s  %s", r.torment, r.took.Seconds(), outcome)
}

// run runs a case in the world, which is empty before and after.
func (w *world) run(ctx context.Context, t torment, want *reference) result {
	began := time.Now()
	fmt.Fprintf(w.log, "\n=== %s\n", t)
	r := result{torment: t}
	r.runs, r.hit, r.err = w.converge(ctx, t, want)
	if r.err != nil && ctx.Err() == nil {
		if err := w.reset(ctx); err != nil {
			r.err = errors.Join(r.err, err)
		}
	}
	r.took = time.Since(began)
	return r
}

func (w *world) converge(ctx context.Context, t torment, want *reference) (runs int, hit bool, err error) {
	if err := w.sandbox(ctx, t.rule()...); err != nil {
		return 0, false, err
	}
	killed, hit, failed := w.faultyRun(ctx, t)
	if err := errors.Join(w.sandbox(ctx, "up"), w.sandbox(ctx, "fault", "use", "none")); err != nil {
		return 0, hit, err
	}
	for failed != nil {
		if runs == furtherRuns {
			return runs, hit, fmt.Errorf("after %d further runs: %w", runs, failed)
		}
		runs++
		if killed {
			if _, err := w.do(ctx, filepath.Join(w.root, "tools", "unlock.sh"), w.state, w.pulumi, "local", w.binary(), filepath.Join(w.tools, "bin", "akswi")); err != nil {
				return runs, hit, err
			}
		} else if err := w.tidy(ctx, failed.Error()); err != nil {
			return runs, hit, err
		}
		failed = w.up(ctx)
		killed = false
	}
	if t.call.Service == "graph" {
		if err := w.tidy(ctx, ""); err != nil {
			return runs, hit, err
		}
	}
	if err := w.compare(ctx, want); err != nil {
		return runs, hit, err
	}
	return runs, hit, w.destroy(ctx)
}

// What `akswi recover` prints for what a lost answer has left, and the error of an update about a
// credential that such a request made.
var (
	unusedApplication = regexp.MustCompile(`run: az ad app delete --id (\S+)`)
	orphan            = regexp.MustCompile(`run: az resource delete --ids (\S+), if`)
	existing          = regexp.MustCompile(`already existing resource "([^"/]+)/federatedIdentityCredential/([^"]+)"`)
)

// apiVersions are those of the types that an orphan can have, which az finds by itself.
var apiVersions = map[string]string{
	"microsoft.containerservice/managedclusters":       "2025-01-01",
	"microsoft.managedidentity/userassignedidentities": "2023-01-31",
	"microsoft.keyvault/vaults":                        "2023-02-01",
}

// tidy does what docs/recovery.md says after an update that has failed with the given output. The
// requests are those of the az commands.
func (w *world) tidy(ctx context.Context, output string) error {
	done := map[string]bool{} // an error stands in the output twice
	for _, match := range existing.FindAllStringSubmatch(output, -1) {
		if done[match[0]] {
			continue
		}
		done[match[0]] = true
		if err := w.sandbox(ctx, "rest", "-m", "delete", "https://graph.microsoft.com/v1.0/applications/"+match[1]+"/federatedIdentityCredentials/"+match[2]); err != nil {
			return err
		}
	}
	if strings.Contains(output, "cannot re-use a name that is still in use") {
		if err := w.forgetRelease(ctx); err != nil {
			return err
		}
	}
	exported, err := w.do(ctx, w.pulumi, w.flags("stack", "export")...)
	if err != nil {
		return err
	}
	cmd, out := w.command(ctx, w.binary(), "run", "--", filepath.Join(w.tools, "bin", "akswi"), "recover")
	cmd.Stdin, cmd.Stdout = strings.NewReader(exported), nil
	err = cmd.Run()
	fmt.Fprintf(w.log, "$ akswi recover: %v\n%s\n", err, out)
	if err != nil {
		return fmt.Errorf("akswi recover: %w: %s", err, lastLines(out.String()))
	}
	for _, match := range unusedApplication.FindAllStringSubmatch(out.String(), -1) {
		if err := w.sandbox(ctx, "rest", "-m", "delete", "https://graph.microsoft.com/v1.0/applications/"+match[1]); err != nil {
			return err
		}
	}
	for _, match := range orphan.FindAllStringSubmatch(out.String(), -1) {
		if err := w.deleteResource(ctx, match[1]); err != nil {
			return err
		}
	}
	return nil
}

// forgetRelease removes Helm's record of the webhook's release, as the documented kubectl command
// does, which is no tool of this repository.
func (w *world) forgetRelease(ctx context.Context) error {
	cmd, out := w.command(ctx, w.binary(), "recover")
	cmd.Stdin = strings.NewReader(`{"deployment": {"pending_operations": [{"type": "creating", "resource": {"type": "kubernetes:helm.sh/v3:Release",
		"inputs": {"name": "workload-identity-webhook", "namespace": "azure-workload-identity-system"}}}]}}`)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("sandbox recover: %w: %s", err, lastLines(out.String()))
	}
	return nil
}

// deleteResource deletes a resource and waits until it is gone, as az does.
func (w *world) deleteResource(ctx context.Context, id string) error {
	_, typ, _ := strings.Cut(strings.ToLower(id), "/providers/")
	typ = typ[:max(0, strings.LastIndex(typ, "/"))]
	address := id + "?api-version=" + apiVersions[typ]
	if err := w.sandbox(ctx, "rest", "-m", "delete", address); err != nil {
		return err
	}
	for range 600 {
		if err := w.sandbox(ctx, "rest", address); err != nil {
			return nil // 404
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
	return fmt.Errorf("%s is still there", id)
}

// compare checks that the deployment ended as one without a fault, and that a refresh finds no
// difference.
func (w *world) compare(ctx context.Context, want *reference) error {
	resources, urns, err := w.inventory(ctx)
	if err != nil {
		return err
	}
	if diff := difference(want.resources, resources); diff != "" {
		return errors.New("Azure has " + diff)
	}
	if diff := difference(want.urns, urns); diff != "" {
		return errors.New("the state has " + diff)
	}
	if out, err := w.runPulumi(ctx, "up", "--refresh", "--yes", "--skip-preview", "--expect-no-changes"); err != nil {
		return fmt.Errorf("another update changes something: %s", lastLines(out))
	}
	return nil
}

// difference describes how two sorted lists differ, "" if they do not.
func difference(want, got []string) string {
	var parts []string
	count := func(list []string, s string) (n int) {
		for _, other := range list {
			if other == s {
				n++
			}
		}
		return n
	}
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(want, got))))
	for _, s := range all {
		if w, g := count(want, s), count(got, s); w != g {
			parts = append(parts, fmt.Sprintf("%d instead of %d of %s", g, w, s))
		}
	}
	return strings.Join(parts, ", ")
}

// faultyRun runs the update into the fault. killed is true if the CLI was killed.
func (w *world) faultyRun(ctx context.Context, t torment) (killed, hit bool, failed error) {
	cmd, out := w.command(ctx, w.binary(), append([]string{"run", "--", w.pulumi}, w.flags("up", "--yes", "--skip-preview")...)...)
	if err := cmd.Start(); err != nil {
		return false, false, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() { fmt.Fprintf(w.log, "$ up with the fault: %v\n%s\n", failed, out) }()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				err = fmt.Errorf("up: %w: %s", err, lastLines(out.String()))
			}
			state, _ := w.faults(ctx)
			return killed, hit || state.Seen["torture"] >= t.call.nth, err
		case <-ticker.C:
		}
		state, answers := w.faults(ctx)
		switch {
		case !answers && (t.fault == sandboxDownBefore || t.fault == sandboxDownAfter) && ctx.Err() == nil:
			hit = true
			if err := w.sandbox(ctx, "up"); err != nil {
				return killed, hit, err
			}
		case state.Held["torture"] == 0 || hit:
		case t.fault == serverAway:
			hit = true
			if err := errors.Join(w.sandbox(ctx, "fault", "outage", "apiserver", "--for", "3s"), w.sandbox(ctx, "fault", "release", "torture")); err != nil {
				return killed, hit, err
			}
		default:
			hit, killed = true, true
			killTree(cmd.Process.Pid)
		}
	}
}

// killTree kills a process with all that it has started, as the end of a machine or a container
// does. The sandbox, whose session is another, is not among them.
func killTree(pid int) {
	tree := []int{pid}
	children := map[int][]int{}
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err == nil {
		for line := range strings.Lines(string(out)) {
			var child, parent int
			if _, err := fmt.Sscan(line, &child, &parent); err == nil {
				children[parent] = append(children[parent], child)
			}
		}
	}
	for i := 0; i < len(tree); i++ {
		tree = append(tree, children[tree[i]]...)
	}
	for _, p := range tree {
		if p != os.Getpid() && !isSandbox(p) {
			_ = syscall.Kill(p, syscall.SIGKILL)
		}
	}
}

// isSandbox reports whether the process is a daemon of the sandbox.
func isSandbox(pid int) bool {
	args, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	return err == nil && strings.Contains(string(args), "\x00serve\x00")
}
