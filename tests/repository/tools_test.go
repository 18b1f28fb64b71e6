package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
	env := []string{"PULUMI_BIN=" + b.pulumi, "TOOLS=" + b.tools, "PROGRAM=" + b.program, "STACKS=" + b.stacks, "CALLS=" + b.calls}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch {
		case name == "CI", strings.HasPrefix(name, "ARM_"), strings.HasPrefix(name, "AZURE_"), strings.HasPrefix(name, "ACTIONS_"),
			strings.HasPrefix(name, "MAKE"), strings.HasPrefix(name, "PULUMI_"), name == "MFLAGS", name == "STACK", name == "LOCAL":
		default:
			env = append(env, entry)
		}
	}
	return append(env, extra...)
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

// A login in the stack file or in the environment is checked as far as it can be seen.
func TestPreflightChecksTheLogin(t *testing.T) {
	principal := []string{"ARM_CLIENT_ID=1", "ARM_TENANT_ID=2", "ARM_SUBSCRIPTION_ID=3"}
	for reason, tc := range map[string]struct {
		stack string
		file  string
		env   []string
		want  []string // in the report; none: nothing is wrong
	}{
		"a name with organisation and project": {
			stack: "acme/shop/dev", file: "config: {}\n", env: append([]string{"ARM_CLIENT_SECRET=s"}, principal...),
		},
		"no stack file": {
			stack: "acme/shop/prod", env: append([]string{"ARM_CLIENT_SECRET=s"}, principal...),
			want: []string{"There is no ", "/Pulumi.prod.yaml"},
		},
		"a complete login in the stack file": {
			stack: "dev", file: "config:\n  azure-native:clientId: a\n  azure-native:tenantId: b\n  azure-native:subscriptionId: c\n  azure-native:clientSecret:\n    secure: d\n",
		},
		"an incomplete login in the stack file": {
			stack: "dev", file: "config:\n  azure-native:clientId: a\n",
			want: []string{"azure-native:tenantId", "azure-native:subscriptionId", "without a way to log in"},
		},
		"a login half in the file and half in the environment": {
			stack: "dev", file: "config:\n  azure-native:clientId: a\n  azure-native:useOidc: true\n",
			env: []string{"ARM_TENANT_ID=2", "ARM_SUBSCRIPTION_ID=3", "ACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1"},
		},
		"keyless without a token": {
			stack: "dev", file: "config: {}\n", env: append([]string{"ARM_USE_OIDC=true"}, principal...),
			want: []string{"no token", "id-token: write"},
		},
		"a managed identity without a subscription": {
			stack: "dev", file: "config:\n  azure-native:useMsi: true\n", want: []string{"ARM_SUBSCRIPTION_ID"},
		},
		"useOidc that is off": {
			stack: "dev", file: "config:\n  azure-native:useOidc: false\n", want: []string{"az login"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			b := newBench(t)
			if tc.file != "" {
				write(t, filepath.Join(b.program, "Pulumi.dev.yaml"), tc.file)
			}
			out, ok := b.run(t, append(tc.env, "AZURE_CONFIG_DIR="+t.TempDir()), "tools/preflight.sh", "azure", tc.stack)
			if ok != (len(tc.want) == 0) {
				t.Errorf("succeeded: %v\n%s", ok, out)
			}
			for _, want := range tc.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is missing in:\n%s", want, out)
				}
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
