// Package cli is the verify command: flags, input, output and exit codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/report"
)

// Exit codes.
const (
	ExitProven    = 0
	ExitBroken    = 1
	ExitUsage     = 2
	ExitUnchecked = 3
)

// Streams are the command's ends; tests replace them.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Connect makes the clients that the check uses; nil is the real ones.
	Connect func(*outputs.Stack) *chain.Chain
}

// errFinding ends the command with an exit code after the report was printed.
type errFinding int

func (e errFinding) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Run executes the command and returns its exit code.
func Run(ctx context.Context, args []string, s Streams) int {
	command := newCommand(s)
	command.SetArgs(args)
	command.SetIn(s.In)
	command.SetOut(s.Out)
	command.SetErr(s.Err)
	err := command.ExecuteContext(ctx)
	var finding errFinding
	switch {
	case err == nil:
		return ExitProven
	case errors.As(err, &finding):
		return int(finding)
	}
	_, _ = fmt.Fprintf(s.Err, "verify: %v\n", err)
	return ExitUsage
}

type settings struct {
	outputs   string
	workloads []string
	json      bool
	timeout   time.Duration
	retryFor  time.Duration
}

func newCommand(s Streams) *cobra.Command {
	var o settings
	c := &cobra.Command{
		Use:           "verify",
		Short:         "Prove that pods get their Azure identity, link by link",
		Long:          long,
		Example:       example,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(c *cobra.Command, _ []string) error { return run(c.Context(), o, s) },
	}
	f := c.Flags()
	f.StringVar(&o.outputs, "outputs", "-", "file with the stack's outputs as JSON; - is standard input")
	f.StringSliceVar(&o.workloads, "workload", nil, "check this workload only; repeat it, or separate names by commas (default all)")
	f.BoolVar(&o.json, "json", false, "print JSON instead of a table")
	f.DurationVar(&o.timeout, "timeout", 2*time.Minute, "end the check after this time, to which --retry-for is added")
	f.DurationVar(&o.retryFor, "retry-for", 0, "look again for this long at breaks that pass by themselves: new credentials, roles and webhooks take effect late")
	return c
}

func run(ctx context.Context, o settings, s Streams) error {
	if o.timeout <= 0 || o.retryFor < 0 {
		return errors.New("--timeout must be more than 0 and --retry-for not less than 0, such as 2m and 30s")
	}
	stack, err := read(o.outputs, s.In)
	if err != nil {
		return err
	}
	workloads, err := stack.Select(o.workloads)
	if err != nil {
		return fmt.Errorf("--workload: %w", err)
	}
	connect := s.Connect
	if connect == nil {
		connect = Connect
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout+o.retryFor)
	defer cancel()
	document := report.New(clusterNames(stack), verify(ctx, stack, workloads, connect, o.retryFor))
	if o.json {
		err = document.JSON(s.Out)
	} else {
		err = document.Table(s.Out, colour(s.Out))
	}
	if err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	switch {
	case document.Counts.Broken > 0:
		return errFinding(ExitBroken)
	case document.Counts.Unchecked > 0:
		return errFinding(ExitUnchecked)
	}
	return nil
}

// read opens the outputs. A terminal on standard input would wait for ever: say what belongs there instead.
func read(name string, in io.Reader) (*outputs.Stack, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("--outputs: %w", err)
		}
		defer f.Close() //nolint:errcheck // read only
		return outputs.Read(f)
	}
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return nil, errors.New("standard input is a terminal; use `pulumi stack output --json --show-secrets | verify`, or --outputs FILE")
	}
	return outputs.Read(in)
}

// colour is true on a terminal, unless NO_COLOR is set (https://no-color.org) or the terminal is dumb.
func colour(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
