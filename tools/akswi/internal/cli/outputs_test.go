package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/cli"
)

// fakePulumi puts a command pulumi on the PATH, which runs a script.
func fakePulumi(t *testing.T, script string) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "pulumi"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestOutputsFromPulumi(t *testing.T) {
	w := chaintest.New(t)
	file := filepath.Join(t.TempDir(), "outputs.json")
	if err := os.WriteFile(file, []byte(stackOutputs(t, w)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OUTPUTS", file)
	fakePulumi(t, `echo "asked for: $*" >&2; cat "$OUTPUTS"`)
	const always = "asked for: stack output --json --show-secrets --non-interactive"
	for want, args := range map[string][]string{
		always + " --stack dev --cwd folder\n": {"--stack", "dev", "--cwd", "folder"},
		always + " --stack dev\n":              {"--stack", "dev"},
		always + " --cwd folder\n":             {"--cwd", "folder"},
	} {
		got := verify(t, w, "", func(*chain.Chain) {}, args...)
		if got.code != cli.ExitOK || got.err != want || !strings.Contains(got.out, "1 of 1 federations proven.") {
			t.Errorf("%v: want pulumi to be %q, got exit code %d, %q and\n%s", args, want, got.code, got.err, got.out)
		}
	}
}

func TestOutputsOfPulumiThatFails(t *testing.T) {
	w := chaintest.New(t)
	fakePulumi(t, `echo "error: no stack named 'dev' found" >&2; exit 255`)
	got := verify(t, w, "", func(*chain.Chain) {}, "--stack", "dev")
	for _, want := range []string{"no stack named 'dev' found", "`pulumi stack output`: exit status 255"} {
		if got.code != cli.ExitUsage || !strings.Contains(got.err, want) {
			t.Errorf("want exit code %d and %q, got %d and %q", cli.ExitUsage, want, got.code, got.err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	got = verify(t, w, "", func(*chain.Chain) {}, "--stack", "dev")
	if got.code != cli.ExitUsage || !strings.Contains(got.err, `"pulumi": executable file not found`) {
		t.Errorf("want that pulumi is missing, got %d and %q", got.code, got.err)
	}
}
