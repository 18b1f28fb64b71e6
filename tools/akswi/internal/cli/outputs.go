package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// outputsFlags tell where a command reads the stack's outputs.
type outputsFlags struct {
	file  string
	stack string
	cwd   string
	// configFile is where the login of azure-native is configured, if not in the stack's own file.
	configFile string
}

// register adds the flags to a command.
func (o *outputsFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.file, "outputs", "-", "read the stack's outputs as JSON from this `file`; - is standard input")
	f.StringVar(&o.stack, "stack", "", "read the outputs of this stack with the pulumi command, instead of --outputs")
	f.StringVar(&o.cwd, "cwd", "", "read the outputs of the Pulumi program in this `folder`: of --stack, or of the stack selected there")
	f.StringVar(&o.configFile, "config-file", "", "read the login's settings (azure-native:…) from this stack `file`; default: that of --stack")
	c.MarkFlagsMutuallyExclusive("outputs", "stack")
	c.MarkFlagsMutuallyExclusive("outputs", "cwd")
}

// read returns the stack of --stack and --cwd, of the file, or of standard input.
func (o *outputsFlags) read(ctx context.Context, env Environment) (*outputs.Stack, error) {
	switch {
	case o.stack != "" || o.cwd != "":
		return o.fromPulumi(ctx, env)
	case o.file != "-":
		f, err := os.Open(o.file)
		if err != nil {
			return nil, fmt.Errorf("--outputs: %w", err)
		}
		defer f.Close() //nolint:errcheck // read only
		return outputs.Read(f)
	case isTerminal(env.In):
		// Nothing is piped in: reading would wait for the keyboard.
		return nil, errors.New("standard input is a terminal; use --stack NAME, --outputs FILE, " +
			"or pipe `pulumi stack output --json --show-secrets` into this command")
	}
	return outputs.Read(env.In)
}

// fromPulumi runs `pulumi stack output`. The outputs hold the kubeconfig, so they stay in memory.
func (o *outputsFlags) fromPulumi(ctx context.Context, env Environment) (*outputs.Stack, error) {
	args := []string{"stack", "output", "--json", "--show-secrets", "--non-interactive"}
	if o.stack != "" {
		args = append(args, "--stack", o.stack)
	}
	if o.cwd != "" {
		args = append(args, "--cwd", o.cwd)
	}
	pulumi := exec.CommandContext(ctx, "pulumi", args...)
	var printed bytes.Buffer
	pulumi.Stdout, pulumi.Stderr = &printed, env.Err
	if err := pulumi.Run(); err != nil {
		return nil, fmt.Errorf("read the stack's outputs with `pulumi stack output`: %w", err)
	}
	return outputs.Read(&printed)
}
