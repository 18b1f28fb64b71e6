package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Without a build target the language host links the program for every command
// (docs/performance.md).
func TestEveryProgramIsBuiltToAPathThatStays(t *testing.T) {
	ignored, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range filesNamed(t, "Pulumi.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var project struct {
			Runtime struct {
				Name    string
				Options struct {
					BuildTarget string `yaml:"buildTarget"`
				}
			}
		}
		if err := yaml.Unmarshal(data, &project); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		target := project.Runtime.Options.BuildTarget
		if target == "" {
			t.Errorf("%s: runtime.options.buildTarget is missing", path)
			continue
		}
		if filepath.IsAbs(target) || filepath.Ext(target) != ".exe" {
			t.Errorf("%s: buildTarget %s must be relative and end in .exe, without which Windows does not run it", path, target)
		}
		if !strings.Contains(string(ignored), "\n"+filepath.Dir(target)+"/\n") {
			t.Errorf("%s: .gitignore does not name the folder of buildTarget %s", path, target)
		}
	}
}

// The language host that this repository builds expects the build target as a flag before the
// engine's address.
func TestTheLanguageHostGetsTheBuildTarget(t *testing.T) {
	tools, project := t.TempDir(), t.TempDir()
	script, err := os.ReadFile(filepath.Join(root, "tools/pulumi-language-go/pulumi-language-go"))
	if err != nil {
		t.Fatal(err)
	}
	start := filepath.Join(tools, "pulumi-language-go")
	write(t, start, string(script))
	if err := os.Mkdir(filepath.Join(tools, "host"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(tools, "host", "pulumi-language-go"), "#!/bin/sh\necho \"$@\"\n")
	for reason, tc := range map[string]struct{ project, want string }{
		"a program with a build target":    {"runtime:\n  name: go\n  options:\n    buildTarget: bin/program.exe\n", "-buildTarget=bin/program.exe 127.0.0.1:1"},
		"a program without one":            {"runtime: go\n", "127.0.0.1:1"},
		"a command outside of any project": {"", "127.0.0.1:1"},
	} {
		t.Run(reason, func(t *testing.T) {
			file := filepath.Join(project, "Pulumi.yaml")
			os.Remove(file)
			if tc.project != "" {
				write(t, file, tc.project)
			}
			host := exec.Command(start, "127.0.0.1:1")
			host.Dir, host.Stderr = project, os.Stderr
			out, err := host.Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != tc.want {
				t.Errorf("the host got %q (%v), want %q", got, err, tc.want)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}
