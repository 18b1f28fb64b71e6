package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorder is a Pulumi CLI that writes its arguments to $CALLS. Its stacks are the files of a
// folder, $STACKS, with the state of each; $REFUSE is a command that fails.
const recorder = `#!/usr/bin/env bash
set -euo pipefail
echo "$*" >>"$CALLS"
while (($#)); do
  case $1 in
    --stack) stack=$2; shift ;;
    --create) create=1 ;;
    -*) ;;
    *) words="${words:-}${words:+ }$1" ;;
  esac
  shift
done
state=$STACKS/${stack//\//.}
case ${words%% /*} in
  "stack select"*) [[ -e $state || -n ${create:-} ]] || exit 1; touch "$state" ;;
  "stack export"*) cat "$state" ;;
  "stack rm"*) rm "$state" ;;
esac
[[ $words != "${REFUSE:-none}"* ]]
`

// bench is a place to run the project's scripts and make targets with the recorder.
type bench struct {
	tools, program, stacks, calls, pulumi string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := t.TempDir()
	b := &bench{
		tools: filepath.Join(dir, "tools"), program: filepath.Join(dir, "program"), stacks: filepath.Join(dir, "stacks"),
		calls: filepath.Join(dir, "calls"), pulumi: filepath.Join(dir, "pulumi"),
	}
	for _, folder := range []string{filepath.Join(b.tools, "tmp"), filepath.Join(b.tools, "bin"), b.program, b.stacks} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, b.pulumi, recorder)
	write(t, filepath.Join(b.tools, "bin", "akswi"), "#!/bin/sh\ncat >/dev/null\n")
	return b
}

// environ returns the environment of a command without what decides about a login or about CI.
func (b *bench) environ(extra ...string) []string {
	// make test exports its own TOOLS and PROGRAM; of a repeated variable the last value counts.
	own := []string{"PULUMI_BIN=" + b.pulumi, "TOOLS=" + b.tools, "PROGRAM=" + b.program, "STACKS=" + b.stacks, "CALLS=" + b.calls}
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch {
		case name == "CI", strings.HasPrefix(name, "ARM_"), strings.HasPrefix(name, "AZURE_"), strings.HasPrefix(name, "ACTIONS_"),
			strings.HasPrefix(name, "MAKE"), strings.HasPrefix(name, "PULUMI_"), name == "MFLAGS", name == "STACK", name == "LOCAL", name == "STEP_TIMES":
		default:
			env = append(env, entry)
		}
	}
	return slices.Concat(env, own, extra)
}

// run returns what a command in the repository's folder prints, and whether it succeeds.
func (b *bench) run(t *testing.T, extra []string, name string, args ...string) (string, bool) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = root, b.environ(extra...)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// make runs a target of a stack in Azure, without what comes before it.
func (b *bench) make(target string) []string {
	return []string{"-o", "preflight", target, "STACK=dev", "PULUMI_BIN=" + b.pulumi, "TOOLS=" + b.tools, "PROGRAM=" + b.program, "POLICY="}
}

func (b *bench) called(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(b.calls)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Pulumi refuses to deploy without --yes where it cannot ask, and must ask where it can.
func TestPulumiIsToldYesWhereItCannotAsk(t *testing.T) {
	for reason, tc := range map[string]struct {
		env      []string
		terminal bool
		flags    []string
		want     bool
	}{
		"no terminal":                       {want: true},
		"no terminal, in CI":                {env: []string{"CI=true"}, want: true},
		"a terminal":                        {terminal: true, want: false},
		"a terminal, in CI":                 {env: []string{"CI=true"}, terminal: true, want: true},
		"a terminal, and the person chose":  {terminal: true, flags: []string{"YES=--yes"}, want: true},
		"a terminal, and an empty variable": {terminal: true, flags: []string{"YES="}, want: false},
	} {
		for target, command := range map[string]string{"up": "up", "down": "destroy"} {
			t.Run(reason+", "+target, func(t *testing.T) {
				b := newBench(t)
				name, args := "make", append(b.make(target), tc.flags...)
				if tc.terminal {
					if runtime.GOOS != "linux" {
						t.Skip("the flags of script(1), which makes the terminal, are those of Linux")
					}
					name, args = "script", []string{"-qec", "make " + strings.Join(args, " "), os.DevNull}
				}
				out, ok := b.run(t, tc.env, name, args...)
				if !ok {
					t.Fatal(out)
				}
				line := ""
				for _, call := range strings.Split(b.called(t), "\n") {
					if strings.HasPrefix(call, command+" ") {
						line = call
					}
				}
				if line == "" || strings.Contains(line, " --yes") != tc.want {
					t.Errorf("pulumi got %q; --yes wanted: %v", line, tc.want)
				}
			})
		}
	}
}

// A stack that the run itself has created does not outlive its failure, unless something was
// deployed to it.
func TestARefusedStackFileLeavesNoNewStack(t *testing.T) {
	const (
		empty = `{"deployment": {"secrets_providers": {
  "type": "passphrase"
}}}`
		nothing = `{"deployment": {"resources": [
  "type": "pulumi:pulumi:Stack",
  "type": "pulumi:providers:azure-native",
]}}`
		group = `{"deployment": {"resources": [
  "type": "pulumi:pulumi:Stack",
  "type": "azure-native:resources:ResourceGroup",
]}}`
	)
	for reason, tc := range map[string]struct {
		before string // the stack's state before the run, if it exists
		after  string // and after the command
		refuse string
		left   bool
	}{
		"a new stack, refused before anything":   {after: empty, refuse: "up", left: false},
		"a new stack, refused by the program":    {after: nothing, refuse: "up", left: false},
		"a new stack, failed half way":           {after: group, refuse: "up", left: true},
		"a new stack, deployed":                  {after: group, left: true},
		"a stack of before, refused":             {before: "{}", after: "{}", refuse: "up", left: true},
		"a new stack whose state cannot be read": {after: "{}", refuse: "stack export", left: true},
	} {
		t.Run(reason, func(t *testing.T) {
			b := newBench(t)
			const stack = "acme/shop/dev"
			file := filepath.Join(b.stacks, "acme.shop.dev")
			if tc.before != "" {
				write(t, file, tc.before)
			}
			if out, ok := b.run(t, nil, "tools/stack.sh", "select", stack); !ok {
				t.Fatal(out)
			}
			write(t, file, tc.after)
			failing := "exit 0"
			if tc.refuse != "" {
				failing = "exit 3"
			}
			out, ok := b.run(t, []string{"REFUSE=" + tc.refuse}, "tools/stack.sh", "run", stack, "bash", "-c", failing)
			if ok != (tc.refuse == "") {
				t.Errorf("the command's own result is lost: %s", out)
			}
			_, err := os.Stat(file)
			if (err == nil) != tc.left {
				t.Errorf("the stack exists: %v, want %v\n%s", err == nil, tc.left, out)
			}
			if strings.Contains(out, "removed again") == tc.left {
				t.Errorf("the output does not fit: %s", out)
			}
			if calls := b.called(t); strings.Contains(calls, "stack rm") && !strings.Contains(calls, "--preserve-config") {
				t.Error("the stack file would be removed with the stack")
			}
		})
	}
}

// Make runs akswi preflight before it builds anything else. What akswi could not check does not
// stop it, and neither do quotas stop the end of a stack.
func TestPreflightRunsAkswi(t *testing.T) {
	const whole = "preflight --stack acme/shop/dev --cwd PROGRAM --pulumi PULUMI"
	for reason, tc := range map[string]struct {
		exit    string
		target  string
		without bool // a Pulumi CLI
		want    string
		stops   bool
	}{
		"nothing stands in the way":       {exit: "0", want: whole},
		"something could not be checked":  {exit: "3", want: whole},
		"a problem":                       {exit: "1", want: whole, stops: true},
		"wrong usage":                     {exit: "2", want: whole, stops: true},
		"the CLI is still to be built":    {exit: "0", without: true, want: whole + " --skip pulumi,state,secrets"},
		"a stack that is to be destroyed": {exit: "0", target: "down", want: whole + " --only stack file,login,subscription"},
	} {
		t.Run(reason, func(t *testing.T) {
			b := newBench(t)
			write(t, filepath.Join(b.tools, "bin", "akswi"), "#!/bin/sh\necho \"$*\" >> \"$CALLS\"\nexit "+tc.exit+"\n")
			pulumi := b.pulumi
			if tc.without {
				pulumi += "-none"
			}
			args := []string{"azure", "acme/shop/dev", pulumi}
			if tc.target != "" {
				args = append(args, tc.target)
			}
			out, ok := b.run(t, nil, "tools/preflight.sh", args...)
			if ok == tc.stops {
				t.Errorf("succeeded: %v\n%s", ok, out)
			}
			want := strings.NewReplacer("PROGRAM", b.program, "PULUMI", pulumi).Replace(tc.want)
			if diff := cmp.Diff(want, strings.TrimSpace(b.called(t))); diff != "" {
				t.Errorf("akswi (-want +got)\n%s", diff)
			}
		})
	}
}

// The provider among the local stacks' plugins is a link to what was built, also if PULUMI_HOME is
// their own home.
func TestNoPluginBecomesALinkToItself(t *testing.T) {
	b := newBench(t)
	built := filepath.Join(b.tools, "bin", "pulumi-resource-kubernetes")
	write(t, built, "#!/bin/sh\n")
	home := filepath.Join(b.tools, "home")
	link := filepath.Join(t.TempDir(), "home") // another path of the same folder
	if err := os.Symlink(home, link); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{t.TempDir(), home, link} {
		if out, ok := b.run(t, nil, "tools/plugins.sh", b.tools, user); !ok {
			t.Fatal(out)
		}
		plugins, err := filepath.Glob(filepath.Join(home, "plugins", "resource-kubernetes-v4*", "pulumi-resource-kubernetes"))
		if err != nil || len(plugins) != 1 {
			t.Fatalf("the plugins are %v (%v)", plugins, err)
		}
		got, err := os.Readlink(plugins[0])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(built, got); diff != "" {
			t.Errorf("PULUMI_HOME=%s (-want +got)\n%s", user, diff)
		}
	}
}
