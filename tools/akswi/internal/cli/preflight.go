package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/login"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/preflight"
)

// preflightCommand is `akswi preflight`.
type preflightCommand struct {
	env        Environment
	source     stackSource
	only, skip []string
	pulumi     string
	json       bool
	timeout    time.Duration
}

func newPreflightCommand(env Environment) *cobra.Command {
	p := &preflightCommand{env: env}
	c := &cobra.Command{
		Use:     "preflight",
		Short:   "Check whether a stack can be deployed, before anything is built or changed",
		Long:    preflightLong,
		Example: preflightExample,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return p.run(c.Context()) },
	}
	f := c.Flags()
	f.StringVar(&p.source.stack, "stack", "", "check this stack (default: the one that is selected)")
	f.StringVar(&p.source.cwd, "cwd", "", "find the Pulumi program in this `folder`, or above it")
	f.StringVar(&p.source.configFile, "config-file", "", "read this `file` instead of Pulumi.STACK.yaml")
	f.StringSliceVar(&p.only, "only", nil, "make these checks only: "+strings.Join(preflight.Checks(), ", "))
	f.StringSliceVar(&p.skip, "skip", nil, "leave these checks out")
	f.StringVar(&p.pulumi, "pulumi", "pulumi", "the Pulumi CLI")
	f.BoolVar(&p.json, "json", false, "print JSON instead of a table")
	f.DurationVar(&p.timeout, "timeout", time.Minute, "end the check after this time")
	for _, flag := range []string{"only", "skip"} {
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(preflight.Checks(), cobra.ShellCompDirectiveNoFileComp))
	}
	return c
}

func (p *preflightCommand) run(ctx context.Context) error {
	checks, err := p.checks()
	if err != nil {
		return err
	}
	if p.timeout <= 0 {
		return errors.New("--timeout must be more than 0, such as 1m")
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	report, err := p.report(ctx, checks)
	if err != nil {
		return err
	}
	if p.json {
		err = report.JSON(p.env.Out)
	} else {
		err = report.Text(p.env.Out, useColour(p.env.Out))
	}
	if err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	switch {
	case report.Count(preflight.Problem) > 0:
		return exitCode(ExitBroken)
	case report.Count(preflight.Unchecked) > 0:
		return exitCode(ExitUnchecked)
	}
	return nil
}

// checks returns the checks that --only and --skip leave.
func (p *preflightCommand) checks() ([]string, error) {
	all := preflight.Checks()
	for _, name := range slices.Concat(p.only, p.skip) {
		if slices.Contains(all, name) {
			continue
		}
		near, _ := suggest.Nearest(name, all)
		return nil, fmt.Errorf("there is no check %q; did you mean %q? The checks are %s", name, near, strings.Join(all, ", "))
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return slices.Contains(p.skip, name) || len(p.only) > 0 && !slices.Contains(p.only, name)
	}), nil
}

// report makes the checks. Those of Pulumi are made first, because what the stack has deployed
// decides about others.
func (p *preflightCommand) report(ctx context.Context, checks []string) (preflight.Report, error) {
	file, err := p.source.open(ctx)
	if errors.Is(err, errNoStack) {
		return preflight.Report{}, err
	}
	report := preflight.Report{Stack: p.source.stack}
	c := &preflight.Checker{Only: checks, Client: p.env.AzureClient}
	tool := &preflight.Pulumi{Run: p.runPulumi, Env: os.LookupEnv, File: file, Stack: p.source.stack}
	if err != nil {
		c.PlanErr = err
	} else {
		c.Plan, c.PlanErr = preflight.ReadPlan(file)
		report.File = file.Path
		if report.Stack == "" {
			report.Stack = p.source.nameFor(file)
			tool.Stack = report.Stack
		}
	}
	var rows []preflight.Row
	if slices.ContainsFunc(checks, preflight.NeedsPulumi) {
		rows, c.Deployed = tool.Inspect(ctx)
	}
	c.Login, c.LoginErr = p.login(ctx, c, file != nil)
	report.Rows = preflight.Order(append(rows, c.Run(ctx)...), checks)
	return report, nil
}

func (p *preflightCommand) runPulumi(ctx context.Context, args ...string) (string, error) {
	if p.source.cwd != "" {
		args = append(args, "--cwd", p.source.cwd)
	}
	cmd := exec.CommandContext(ctx, p.pulumi, args...)
	var printed, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &problems
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(problems.String()); text != "" {
			return "", errors.New(text)
		}
		return "", err
	}
	return printed.String(), nil
}

// operator is the login of a deployment.
type operator struct{ *login.Login }

// Describe implements preflight.Login.
func (o operator) Describe() string { return o.Method + " (" + o.Because + ")" }

// login returns the login that the deployment will use.
func (p *preflightCommand) login(ctx context.Context, c *preflight.Checker, haveFile bool) (preflight.Login, error) {
	settings := login.Settings{Env: os.Getenv}
	if haveFile {
		f, err := p.source.open(ctx)
		if err != nil {
			return nil, err
		}
		settings = p.source.settings(ctx, f)
	}
	options := login.Options{Settings: settings, Client: p.env.AzureClient}
	if cloud, err := azcloud.Lookup(c.Plan.Cloud); err == nil {
		options.Client.Cloud = cloud.Configuration
	}
	chosen, err := login.Choose(options)
	if err != nil {
		return nil, err
	}
	return operator{chosen}, nil
}

var _ azcore.TokenCredential = operator{}

const preflightLong = `Check whether a stack can be deployed, before anything is built or changed.

preflight reads the stack's file, and asks Azure and Pulumi. The program need not have been built, and nothing is
changed anywhere. It makes these checks, all of them at once, and prints a table with the command that mends each
problem:

  stack file    the file of the stack can be read
  pulumi        the Pulumi CLI runs, and is not older than what the program was written for
  state         the state's backend can be reached
  secrets       the stack's secrets can be encrypted: a secrets provider, or a passphrase
  login         the login of the deployment gets a token: who it is, and in which tenant
  subscription  it exists, and its state allows writes
  region        the subscription has the stack's location
  providers     the resource providers of the stack's resources are registered
  rights        the login has the rights that the stack needs, at the scopes where it needs them
  entra         the login may register applications, if the stack has any
  policies      no policy assignment denies the resources by type, region or tags
  kubernetes    the region offers the Kubernetes versions in the cluster's support plan
  sizes         the subscription can have the VM sizes, in their zones
  quota         the vCPUs fit into the quotas of the region and of the families; then those of surge nodes and of the
                autoscaler, which are warnings
  names         names that the stack gives are not taken, nor kept by deleted vaults

What the stack has deployed already is no conflict. The rights are compared with what the stack needs, without the
conditions that a role assignment may have. Login, subscription and the rest of Azure are those of the azure-native
provider: azure-native:* in the stack's file, ARM_* in the environment, a service connection of Azure Pipelines, or az
login.

Exit codes:
  0  nothing stands in the way; there may be warnings
  1  there is a problem
  2  wrong usage; nothing was checked
  3  no problem is seen, but something could not be checked`

const preflightExample = `  akswi preflight --stack dev
  akswi preflight --stack dev --json | jq '.rows[] | select(.outcome == "problem")'
  akswi preflight --stack dev --skip policies
  akswi preflight --stack dev --only login,subscription`
