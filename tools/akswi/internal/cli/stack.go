package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/login"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/stackfile"
)

// errNoStack is returned where neither --stack nor Pulumi names a stack.
var errNoStack = errors.New("no stack is selected; use --stack NAME")

// stackSource names a stack: the flags --stack, --cwd and --config-file.
type stackSource struct {
	stack, cwd, configFile string
}

// open reads the stack's file. Without --stack it is the stack that is selected in the folder.
func (s stackSource) open(ctx context.Context) (*stackfile.File, error) {
	name := s.stack
	if name == "" && s.configFile == "" {
		out, err := s.pulumi(ctx, "stack", "--show-name", "--non-interactive")
		if name = strings.TrimSpace(out); err != nil || name == "" {
			return nil, errNoStack
		}
	}
	return stackfile.Open(stackfile.Source{Folder: s.cwd, Stack: name, ConfigFile: s.configFile})
}

// pulumi runs a command of the Pulumi CLI in the stack's folder and returns what it prints.
func (s stackSource) pulumi(ctx context.Context, args ...string) (string, error) {
	if s.cwd != "" {
		args = append(args, "--cwd", s.cwd)
	}
	return runPulumi(ctx, args...)
}

// nameFor returns the name of the stack, also where only its file was given: Pulumi.NAME.yaml.
func (s stackSource) nameFor(f *stackfile.File) string {
	if s.stack != "" {
		return s.stack
	}
	name, _ := strings.CutSuffix(filepath.Base(f.Path), ".yaml")
	name, ok := strings.CutPrefix(name, "Pulumi.")
	if !ok {
		return ""
	}
	return name
}

func runPulumi(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "pulumi", args...)
	var printed, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("`pulumi %s`: %w: %s", args[0], err, strings.TrimSpace(problems.String()))
	}
	return printed.String(), nil
}

// settings returns what decides about the login: the environment, and the stack's file if there is
// one.
func (s stackSource) settings(ctx context.Context, f *stackfile.File) login.Settings {
	settings := login.Settings{Env: os.Getenv}
	if f == nil {
		return settings
	}
	settings.Config, settings.Encrypted = f.Texts()
	settings.Secret = func(key string) (string, error) {
		args := []string{"config", "get", "azure-native:" + key, "--non-interactive", "--config-file", f.Path, "--cwd", f.Program}
		if name := s.nameFor(f); name != "" {
			args = append(args, "--stack", name)
		}
		text, err := runPulumi(ctx, args...)
		return strings.TrimSuffix(text, "\n"), err
	}
	return settings
}

// loginSettings returns the settings for a command that can do without the stack's file: outputs
// may come from elsewhere.
func (s stackSource) loginSettings(ctx context.Context) (login.Settings, error) {
	if s == (stackSource{}) {
		return s.settings(ctx, nil), nil
	}
	f, err := s.open(ctx)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, stackfile.ErrNoProject) || errors.Is(err, errNoStack) {
		return s.settings(ctx, nil), nil
	}
	if err != nil {
		return login.Settings{}, err
	}
	return s.settings(ctx, f), nil
}
