package cli

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// module is the folder of README.md and docs.
const module = "../.."

// script returns the bash blocks of README.md as one script, which starts in the folder above.
func script(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(module, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, block := range regexp.MustCompile("(?s)```bash\n(.*?)```").FindAllSubmatch(text, -1) {
		b.Write(block[1])
	}
	return b.String()
}

// dryRun runs a script with programs that only record their arguments, and returns the calls of
// each.
func dryRun(t *testing.T, script string) map[string][][]string {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	log := filepath.Join(dir, "log")
	for _, folder := range []string{bin, filepath.Join(dir, "sandbox", "build")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	// Each call is one line: the program and its arguments, quoted for bash. It is written as a
	// whole, because the programs of a pipe run at the same time.
	recorder := "#!/bin/bash\nline=$(printf '%s' \"${0##*/}\"; printf ' %q' \"$@\")\nprintf '%s\\n' \"$line\" >> " + log + "\n"
	for _, name := range []string{"sandbox", "make", "kubectl", "curl", "jq", "base64"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(recorder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return calls(t, log)
}

// calls reads the record of dryRun. bash itself takes the quotes off.
func calls(t *testing.T, log string) map[string][][]string {
	t.Helper()
	file, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := map[string][][]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		words, err := exec.Command("bash", "-c", "printf '%s\\0' "+lines.Text()).Output()
		if err != nil {
			t.Fatal(err)
		}
		call := strings.Split(strings.TrimSuffix(string(words), "\x00"), "\x00")
		out[call[0]] = append(out[call[0]], call[1:])
	}
	return out
}

// checkCall returns an error unless the command line accepts the arguments.
func checkCall(args []string) error {
	cmd, rest, err := newRoot().Find(args)
	if err != nil {
		return err
	}
	if !cmd.Runnable() {
		return fmt.Errorf("%q is not a command", args)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// TestReadmeUsesCommandsThatExist checks the README's commands against the command line and the
// Makefile. That they work is tested end to end.
func TestReadmeUsesCommandsThatExist(t *testing.T) {
	made := dryRun(t, script(t))
	if len(made["sandbox"]) < 15 || len(made["make"]) == 0 || len(made["curl"]) == 0 {
		t.Errorf("%d calls of sandbox, and calls of %v", len(made["sandbox"]), slices.Collect(maps.Keys(made)))
	}
	for _, args := range made["sandbox"] {
		if err := checkCall(args); err != nil {
			t.Errorf("sandbox %q: %v", args, err)
		}
	}
	makefile, err := os.ReadFile(filepath.Join(module, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(module, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`make ([a-z]+)`").FindAllSubmatch(text, -1) {
		if target := string(m[1]); target != "up" && !strings.Contains(string(makefile), "\n"+target+":") {
			t.Errorf("the Makefile has no target %s", target)
		}
	}
}

func TestCheckCallRefusesWhatTheCommandLineRefuses(t *testing.T) {
	for _, args := range [][]string{{"start"}, {"up", "--fast"}, {"rest"}, {"run"}, {}} {
		if err := checkCall(args); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

// TestReadmeListsTheCommands compares the README's table with the command line.
func TestReadmeListsTheCommands(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(module, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `sandbox (\\w+)").FindAllSubmatch(text, -1) {
		listed[string(m[1])] = true
	}
	for _, cmd := range newRoot().Commands() {
		if cmd.Hidden || slices.Contains([]string{"help", "completion"}, cmd.Name()) {
			continue
		}
		if !listed[cmd.Name()] {
			t.Errorf("the table lacks sandbox %s", cmd.Name())
		}
		delete(listed, cmd.Name())
	}
	if len(listed) > 0 {
		t.Errorf("the table has commands that do not exist: %v", slices.Collect(maps.Keys(listed)))
	}
}

// TestPagesNamePathsThatExist checks the paths and links of README.md and docs.
func TestPagesNamePathsThatExist(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(module, "docs", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	code := regexp.MustCompile("`((?:internal|cmd|third_party)/[\\w./-]+)`")
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, page := range append(pages, filepath.Join(module, "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, m := range code.FindAllSubmatch(text, -1) {
			if path := string(m[1]); !strings.HasSuffix(path, "/NAME") {
				paths = append(paths, filepath.Join(module, path))
			}
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			paths = append(paths, filepath.Join(filepath.Dir(page), string(m[1])))
		}
		for _, path := range paths {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}
