package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// checkout gives the world a copy of the repository of its own, with the files that a clone has,
// for tests that may not write into the repository: stack files in it, for example.
func (w *world) checkout(t *testing.T) {
	t.Helper()
	list := w.output(t, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	copied := filepath.Join(t.TempDir(), "checkout")
	// For make the tools are newer than the copied files, and so are not built again.
	old := time.Now().Add(-24 * 365 * time.Hour)
	for _, name := range strings.Split(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		info, err := os.Stat(filepath.Join(w.root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed
		}
		require.NoError(t, err)
		data, err := os.ReadFile(filepath.Join(w.root, name))
		require.NoError(t, err)
		target := filepath.Join(copied, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o700))
		require.NoError(t, os.WriteFile(target, data, info.Mode().Perm()))
		require.NoError(t, os.Chtimes(target, old, old))
	}
	require.NoError(t, os.Symlink(os.Getenv("E2E_TOOLS"), filepath.Join(copied, ".tools")))
	w.root = copied
}

// pulumiHome returns the folder of a user's Pulumi, in which the sandbox's providers have been
// installed as plugins.
func pulumiHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(os.Getenv("E2E_TOOLS"), "home", "plugins"), filepath.Join(home, "plugins")))
	return home
}

// person returns the environment of somebody who has an Azure login, a Pulumi home and a folder for
// the state, and who confirms what Pulumi asks.
func (w *world) person(t *testing.T) []string {
	t.Helper()
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "az"), []byte(azureCLI), 0o700))
	state := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.Mkdir(state, 0o700))
	return []string{
		"PATH=" + bin + ":" + filepath.Dir(goBinary(t)) + ":/usr/local/bin:/usr/bin:/bin",
		"PULUMI_HOME=" + pulumiHome(t), "PULUMI_BACKEND_URL=file://" + state, "PULUMI_CONFIG_PASSPHRASE=a person's",
		"PULUMI_SKIP_CONFIRMATIONS=true", "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_FLAGS=", "STACK=",
		"SANDBOX_BRIDGE_JOURNAL=off", // as with the real providers, what exists cannot be created
	}
}

// azureCLI stands in for `az`, which is not on the machines that run these tests. The login of
// Pulumi's providers is that of `sandbox run`.
const azureCLI = `#!/bin/sh
case "$1 $2" in
  "login "* | "account set") ;;
  "account show") echo "$AZ_SUBSCRIPTION" ;;
  *) echo "az $*: not expected" >&2; exit 2 ;;
esac
`

// shell runs a block of commands in the sandbox as somebody would paste it: with bash or zsh.
func (w *world) shell(t *testing.T, env []string, shell, commands string) string {
	t.Helper()
	out, code := w.tryShell(t, env, shell, commands)
	require.Zerof(t, code, "%s failed:\n%s", shell, commands)
	return out
}

func (w *world) tryShell(t *testing.T, env []string, shell, commands string) (string, int) {
	t.Helper()
	args := []string{"run", "--", shell, "-e"}
	if shell == "zsh" {
		args = append(args, "-f", "-o", "NO_INTERACTIVE_COMMENTS")
	}
	cmd := w.command(t.Context(), w.sandbox(), append(args, "-c", commands)...)
	cmd.Env = append(cmd.Env, env...)
	return w.runCommand(t, cmd)
}

// blocks returns the blocks of commands of a section of a page.
func (w *world) blocks(t *testing.T, page, section string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.root, page))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "\n## "+section+"\n")
	require.Truef(t, found, "%s has no section %q", page, section)
	rest, _, _ = strings.Cut(rest, "\n## ")
	var list []string
	for _, m := range regexp.MustCompile("(?s)```bash\n(.*?)```").FindAllStringSubmatch(rest, -1) {
		list = append(list, m[1])
	}
	require.NotEmptyf(t, list, "section %q of %s has no commands", section, page)
	return list
}

// installedShells returns the shells of this machine that the pages are written for.
func installedShells(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, name := range []string{"bash", "zsh"} {
		if _, err := exec.LookPath(name); err == nil {
			list = append(list, name)
		}
	}
	require.NotEmpty(t, list)
	return list
}
