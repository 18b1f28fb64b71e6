package check

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// runCommand runs `check` and returns what it prints.
func runCommand(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command := NewCommand()
	command.SetArgs(args)
	command.SetIn(strings.NewReader(stdin))
	command.SetOut(&out)
	command.SetErr(&out)
	err := command.ExecuteContext(context.Background())
	return out.String(), err
}

func compareGolden(t *testing.T, name, got string) {
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
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestFormats checks a state with two mandatory violations in every format. What waits for its
// deletion is not reported, and no format shows the secret's value.
func TestFormats(t *testing.T) {
	for _, format := range []string{"table", "json", "sarif", "junit"} {
		t.Run(format, func(t *testing.T) {
			got, err := runCommand(t, "", "testdata/state.json", "--format", format)
			if !errors.Is(err, ErrRefused) {
				t.Errorf("error %v, want %v", err, ErrRefused)
			}
			if strings.Contains(got, "hidden-value") {
				t.Error("the output has a secret's value")
			}
			if format == "sarif" || format == "junit" {
				// All rules are listed; the golden file has what is about the findings.
				got = aboutFindings(got)
			}
			compareGolden(t, "state."+format+".golden", got)
		})
	}
}

// aboutFindings returns the lines of a document that name what was found, and their surroundings.
func aboutFindings(text string) string {
	lines := strings.Split(text, "\n")
	keep := make([]bool, len(lines))
	for i, line := range lines {
		if strings.Contains(line, "urn:pulumi") || strings.Contains(line, "failure") || strings.Contains(line, "<testsuite") {
			for j := max(0, i-3); j < min(len(lines), i+4); j++ {
				keep[j] = true
			}
		}
	}
	var kept []string
	for i, line := range lines {
		if keep[i] {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n") + "\n"
}

func TestPreviewIsChecked(t *testing.T) {
	got, err := runCommand(t, "", "testdata/preview.json")
	if !errors.Is(err, ErrRefused) || !strings.Contains(got, "role-principal-type") {
		t.Errorf("got %v and:\n%s\nwant the missing principalType", err, got)
	}
	if strings.Contains(got, "no-client-secret") {
		t.Errorf("what the preview deletes is reported:\n%s", got)
	}
}

// TestRemovalsAreRefused checks a preview that replaces a cluster: with the hardened profile the
// policy refuses it, also if the option protect is set; by default it is disabled.
func TestRemovalsAreRefused(t *testing.T) {
	got, err := runCommand(t, "", "testdata/replace.json", "--config", "../profiles/hardened.json")
	if !errors.Is(err, ErrRefused) || !strings.Contains(got, `ManagedCluster "aks": the preview replaces it.`) {
		t.Errorf("got %v and:\n%s\nwant the replacement refused", err, got)
	}
	if got, _ := runCommand(t, "", "testdata/replace.json"); strings.Contains(got, "replaces") {
		t.Errorf("the policy is disabled by default, got:\n%s", got)
	}
}

func TestConfigurationIsUsed(t *testing.T) {
	got, err := runCommand(t, "", "testdata/state.json", "--config", "../profiles/baseline.json")
	if err != nil {
		t.Errorf("the baseline enforces nothing, got %v", err)
	}
	if !strings.Contains(got, "advisory no-client-secret ") {
		t.Errorf("got:\n%s\nwant advice about the password", got)
	}
}

func TestNothingFound(t *testing.T) {
	got, err := runCommand(t, `{"deployment": {"resources": []}}`, "-")
	if err != nil || got != "no policy is violated\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestBadInputIsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		stdin string
		args  []string
		want  string
	}{
		"no JSON":        {"Previewing update", []string{"-"}, "pulumi stack export"},
		"other JSON":     {`{"a": 1}`, []string{"-"}, "neither a deployment nor steps"},
		"no file":        {"", []string{"testdata/none.json"}, "none.json"},
		"unknown format": {"{}", []string{"-", "--format", "html"}, "junit, sarif, table"},
		"bad config":     {`{"steps": []}`, []string{"-", "--config", "testdata/state.json"}, "version"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runCommand(t, c.stdin, c.args...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
