package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/policy/pack"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// ErrRefused is the error of a check that finds a violation of a mandatory policy. What was found
// is printed before.
var ErrRefused = errors.New("mandatory policies are violated")

// finding is a violation, as the command prints it.
type finding struct {
	Policy   string `json:"policy"`
	Level    string `json:"level"`
	Severity string `json:"severity"`
	URN      string `json:"urn"`
	Message  string `json:"message"`
}

// report is what a check found.
type report struct {
	Findings []finding `json:"findings"`
	// Counts are the numbers of violations by policy.
	Counts map[string]int `json:"counts"`
	rules  []rule.Rule
	// uri is the file that views of pull requests show the findings at.
	uri string
}

// NewCommand returns the command `check FILE`, which checks a state or a preview.
func NewCommand() *cobra.Command {
	var format, config, uri string
	formats := map[string]func(io.Writer, *report) error{"table": writeTable, "json": writeJSON, "sarif": writeSARIF, "junit": writeJUnit}
	names := slices.Sorted(maps.Keys(formats))
	command := &cobra.Command{
		Use:   "check FILE",
		Short: "Check an exported state or a preview in JSON against the policies",
		Long: `Check reads what "pulumi stack export" or "pulumi preview --json" has written, - for the standard
input, and runs the policies over it, without the Pulumi engine.

It ends with 1 if a mandatory policy is violated, and with 2 if it could not check.`,
		Args:          cobra.ExactArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			write := formats[format]
			if write == nil {
				return fmt.Errorf("--format %s: choose one of %s", format, strings.Join(names, ", "))
			}
			found, err := checkFile(cmd.Context(), args[0], config, cmd.InOrStdin())
			if err != nil {
				return err
			}
			found.uri = uri
			if err := write(cmd.OutOrStdout(), found); err != nil {
				return err
			}
			if found.refused() {
				return ErrRefused
			}
			return nil
		},
	}
	command.Flags().StringVar(&format, "format", "table", "how to print what is found: "+strings.Join(names, ", "))
	command.Flags().StringVar(&config, "config", "", "levels and parameters, as for pulumi --policy-pack-config")
	command.Flags().StringVar(&uri, "source", "Pulumi.yaml", "the file in the repository that SARIF and JUnit name")
	return command
}

// checkFile runs the pack over a file.
func checkFile(ctx context.Context, file, config string, stdin io.Reader) (*report, error) {
	in := stdin
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = opened.Close() }()
		in = opened
	}
	resources, removed, err := read(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	p := pack.New()
	if config != "" {
		text, err := os.ReadFile(config)
		if err != nil {
			return nil, err
		}
		levels, err := pack.ParseConfig(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", config, err)
		}
		if err := p.Configure(ctx, levels); err != nil {
			return nil, err
		}
	}
	diagnostics, err := run(ctx, p, resources)
	if err != nil {
		return nil, err
	}
	for _, r := range removed {
		diagnostics = append(diagnostics, p.AnalyzeRemoval(r.urn, r.kind, r.op)...)
	}
	return newReport(diagnostics), nil
}

// run judges every resource by itself, and then all of them together, as the engine does.
func run(ctx context.Context, p *pack.Pack, resources []stackResource) ([]plugin.AnalyzeDiagnostic, error) {
	var diagnostics []plugin.AnalyzeDiagnostic
	all := make([]plugin.AnalyzerStackResource, len(resources))
	for i := range resources {
		r := &resources[i]
		answer, err := p.Analyze(ctx, r.AnalyzerResource)
		if err != nil {
			return nil, err
		}
		diagnostics = append(diagnostics, answer.Diagnostics...)
		// The engine shows outputs to the check of the whole stack.
		all[i] = r.AnalyzerStackResource
		all[i].Properties = r.outputs
	}
	answer, err := p.AnalyzeStack(ctx, all)
	if err != nil {
		return nil, err
	}
	return append(diagnostics, answer.Diagnostics...), nil
}

// newReport sorts what was found: mandatory first, then by policy and resource.
func newReport(diagnostics []plugin.AnalyzeDiagnostic) *report {
	found := &report{Findings: []finding{}, Counts: map[string]int{}, rules: pack.Rules()}
	for _, d := range diagnostics {
		level := string(d.EnforcementLevel)
		if d.EnforcementLevel == apitype.Remediate {
			level = string(apitype.Mandatory)
		}
		found.Findings = append(found.Findings, finding{
			Policy: d.PolicyName, Level: level, Severity: string(d.Severity), URN: string(d.URN), Message: d.Message,
		})
		found.Counts[d.PolicyName]++
	}
	slices.SortStableFunc(found.Findings, func(a, b finding) int {
		return cmp.Or(-cmp.Compare(a.Level, b.Level), cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.URN, b.URN), cmp.Compare(a.Message, b.Message))
	})
	return found
}

// refused reports whether a mandatory policy is violated.
func (r *report) refused() bool {
	return slices.ContainsFunc(r.Findings, func(f finding) bool { return f.Level == string(apitype.Mandatory) })
}
