package cli

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func newRun(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run -- COMMAND [ARG…]",
		Short: "Run a command that sees this Azure; start the sandbox for it if needed",
		Long: `Run a command that sees this Azure instead of the real one.

The command's HTTPS traffic goes through the sandbox's proxy, whose certificate authority it trusts,
and it is logged in as the sandbox's deployer (ARM_* and AZURE_* variables). If the sandbox does not
run, it is started for the command and stopped after the last such command. The exit code is that of
the command.`,
		Example: `  sandbox run -- pulumi preview --stack local
  sandbox run -- curl https://login.microsoftonline.com/common/discovery/instance`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("no command given: sandbox run -- COMMAND [ARG…]")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			// Standard output belongs to the command.
			s, err := f.enter(cmd.Context(), true, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.leave(cmd.Context())) }()
			vars, token, err := environment(cmd.Context(), s.home, s.client, s.home.NewToken)
			if err != nil {
				return err
			}
			defer os.Remove(token)
			return runCommand(args, merge(os.Environ(), vars))
		},
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}

// runCommand runs the command in this terminal. The terminal sends its signals to the whole process
// group; a signal that is sent to this process alone is passed on.
func runCommand(args, env []string) error {
	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = env
	if err := command.Start(); err != nil {
		return fmt.Errorf("run %s: %w", args[0], err)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case s := <-signals:
				command.Process.Signal(s)
			case <-done:
				return
			}
		}
	}()
	return command.Wait()
}

func newEnv(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:     "env",
		Short:   "Print the environment of `sandbox run` for a shell to evaluate",
		Example: `  eval "$(sandbox env)"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, client, err := f.find()
			if err != nil {
				return err
			}
			vars, _, err := environment(cmd.Context(), h, client, h.ShellToken)
			if err != nil {
				return err
			}
			for _, name := range slices.Sorted(maps.Keys(vars)) {
				fmt.Fprintf(cmd.OutOrStdout(), "export %s='%s'\n", name, strings.ReplaceAll(vars[name], "'", `'\''`))
			}
			return nil
		},
	}
}
