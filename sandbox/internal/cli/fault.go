package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// faultFlags choose a profile of faults. Their defaults are environment variables, which the
// Makefile passes on.
type faultFlags struct {
	profile  string
	compress float64
}

func (f *faultFlags) register(cmd *cobra.Command) {
	compress, err := strconv.ParseFloat(os.Getenv("SANDBOX_FAULTS_COMPRESS"), 64)
	if err != nil {
		compress = 0
	}
	cmd.Flags().StringVar(&f.profile, "faults", os.Getenv("SANDBOX_FAULTS"),
		"fault profile: "+strings.Join(fault.Names(), ", ")+" or a file (or SANDBOX_FAULTS; default: as it is)")
	cmd.Flags().Float64Var(&f.compress, "faults-compress", compress,
		"divide the profile's durations by this (or SANDBOX_FAULTS_COMPRESS; default: the profile's own)")
}

// use sets the profile, if there is one.
func (f *faultFlags) use(cmd *cobra.Command, client *daemon.Client) error {
	if f.profile == "" {
		return nil
	}
	p, err := fault.Load(f.profile)
	if err != nil {
		return err
	}
	if f.compress != 0 {
		p.Compress = f.compress
	}
	return client.UseFaults(cmd.Context(), p)
}

func newFault(f *flags) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "fault",
		Short: "Make the sandbox slow, throttled or faulty; without a command, show how it is",
		Long: `Make the sandbox slow, throttled or faulty; without a command, show how it is.

A profile has delays, throttles and rules. Each rule says which calls it is about and what happens to
them. docs/sandbox.md describes profiles.`,
		Args: cobra.NoArgs,
		RunE: f.withClient(func(cmd *cobra.Command, client *daemon.Client, _ []string) error {
			s, err := client.Faults(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(s)
			}
			printFaults(cmd.OutOrStdout(), s)
			return nil
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(f.faultUse(), f.faultAdd(), f.faultRelease(), f.faultOutage(), f.faultRecord(), &cobra.Command{
		Use:   "rotate-keys",
		Short: "Give the clusters new keys for service account tokens; the old ones stay valid",
		Args:  cobra.NoArgs,
		RunE: f.withClient(func(cmd *cobra.Command, client *daemon.Client, _ []string) error {
			return client.RotateKeys(cmd.Context())
		}),
	})
	return cmd
}

// withClient returns a command's function that has a client for the running daemon.
func (f *flags) withClient(run func(*cobra.Command, *daemon.Client, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		_, client, err := f.find()
		if err != nil {
			return err
		}
		return run(cmd, client, args)
	}
}

func (f *flags) faultUse() *cobra.Command {
	var compress float64
	cmd := &cobra.Command{
		Use:   "use PROFILE",
		Short: "Replace the profile; `none` ends all faults",
		Example: `  sandbox fault use azure --compress 60
  sandbox fault use faults.yaml
  sandbox fault use none`,
		Args: cobra.ExactArgs(1),
		RunE: f.withClient(func(cmd *cobra.Command, client *daemon.Client, args []string) error {
			return (&faultFlags{profile: args[0], compress: compress}).use(cmd, client)
		}),
	}
	cmd.Flags().Float64Var(&compress, "compress", 0, "divide the profile's durations by this (default: the profile's own)")
	return cmd
}

func (f *flags) faultAdd() *cobra.Command {
	var r fault.Rule
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a rule, and print its ID",
		Example: `  sandbox fault add --service arm --method PUT --type Microsoft.KeyVault/vaults --nth 2 --times 1 --cut after
  sandbox fault add --service graph --status 429 --retry-after 10s --chance 0.2`,
		Args: cobra.NoArgs,
		RunE: f.withClient(func(cmd *cobra.Command, client *daemon.Client, _ []string) error {
			id, err := client.AddFault(cmd.Context(), r)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), id)
			return nil
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&r.ID, "id", "", "ID of the rule, of which an earlier one is replaced (default: a number)")
	flags.StringVar(&r.Match.Service, "service", "", "only calls to: "+strings.Join(fault.Services, ", "))
	flags.StringVar(&r.Match.Method, "method", "", "only calls of these methods, with commas")
	flags.StringVar(&r.Match.Type, "type", "", "only calls to resources of this type, such as Microsoft.KeyVault/vaults, applications, secrets, serviceaccounts")
	flags.StringVar(&r.Match.Name, "name", "", "only calls to resources whose name matches the pattern")
	flags.BoolVar(&r.Match.Mutating, "mutating", false, "only calls that can change something")
	flags.IntVar(&r.Nth, "nth", 0, "the first matching call to apply to (default 1)")
	flags.IntVar(&r.Times, "times", 0, "the number of calls to apply to (default all)")
	flags.Float64Var(&r.Chance, "chance", 0, "the probability to apply, 0 to 1 (default 1)")
	flags.IntVar(&r.Do.Status, "status", 0, "answer with this error, 400 to 599")
	flags.TextVar(&r.Do.RetryAfter, "retry-after", fault.Duration(0), "with --status: the time after which to try again")
	when := func(to *fault.When, name, what string) {
		flags.StringVar((*string)(to), name, "", what+", `before` or after the call takes effect")
	}
	when(&r.Do.Cut, "cut", "end the connection without an answer")
	when(&r.Do.Hold, "hold", "keep the call until `sandbox fault release`")
	when(&r.Do.Kill, "kill", "end the sandbox with SIGKILL")
	flags.TextVar(&r.Do.Delay, "delay", fault.Duration(0), "let the call take this much longer")
	flags.StringVar(&r.Do.Operation, "operation", "", "`fail` or cancel the long-running operation that the call starts")
	flags.TextVar(&r.Do.Late, "late", fault.Duration(0), "let the long-running operation take this much longer")
	return cmd
}

func (f *flags) faultRelease() *cobra.Command {
	return &cobra.Command{
		Use:   "release ID",
		Short: "Remove a rule, and let the calls go on that it holds",
		Args:  cobra.ExactArgs(1),
		RunE: f.withClient(func(cmd *cobra.Command, client *daemon.Client, args []string) error {
			return client.ReleaseFault(cmd.Context(), args[0])
		}),
	}
}

func (f *flags) faultOutage() *cobra.Command {
	var d time.Duration
	cmd := &cobra.Command{
		Use:     "outage " + strings.Join(fault.Outages, "|"),
		Short:   "Stop the API servers or the webhooks of the clusters for a time",
		Example: `  sandbox fault outage apiserver --for 30s`,
		Args:    cobra.ExactArgs(1),
		RunE: f.withClient(func(cmd *cobra.Command, client *daemon.Client, args []string) error {
			return client.Outage(cmd.Context(), args[0], d)
		}),
	}
	cmd.Flags().DurationVar(&d, "for", time.Minute, "how long; 0s ends an outage")
	return cmd
}

func (f *flags) faultRecord() *cobra.Command {
	return &cobra.Command{
		Use:       "record on|off",
		Short:     "Record the calls that can change something; `sandbox fault --json` has them",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"on", "off"},
		RunE: f.withClient(func(cmd *cobra.Command, client *daemon.Client, args []string) error {
			return client.RecordCalls(cmd.Context(), args[0] == "on")
		}),
	}
}

func printFaults(out io.Writer, s fault.State) {
	p := s.Profile
	fmt.Fprintf(out, "Fault profile %s", p.Name)
	if p.Compress > 1 {
		fmt.Fprintf(out, ", its times divided by %g", p.Compress)
	}
	fmt.Fprintf(out, ": %d throttles, %d rules.\n", len(p.Limits), len(p.Rules))
	for _, part := range slices.Sorted(maps.Keys(s.Outages)) {
		fmt.Fprintf(out, "The clusters' %s is stopped for %.0f more seconds.\n", part, s.Outages[part])
	}
	for _, r := range p.Rules {
		fmt.Fprintf(out, "  %-10s %s -> %s\n", r.ID, describeMatch(r), describeEffect(r.Do))
		fmt.Fprintf(out, "  %-10s %d calls seen, %d held\n", "", s.Seen[r.ID], s.Held[r.ID])
	}
}

// describeMatch returns a rule's calls in one line.
func describeMatch(r fault.Rule) string {
	var words []string
	for _, w := range []string{r.Match.Service, r.Match.Method, r.Match.Type, r.Match.Name} {
		if w != "" {
			words = append(words, w)
		}
	}
	if r.Match.Mutating {
		words = append(words, "changes")
	}
	if len(words) == 0 {
		words = []string{"every call"}
	}
	if r.Nth > 1 {
		words = append(words, fmt.Sprintf("from the %d. on", r.Nth))
	}
	if r.Times > 0 {
		words = append(words, fmt.Sprintf("%d times", r.Times))
	}
	if r.Chance > 0 {
		words = append(words, fmt.Sprintf("with probability %g", r.Chance))
	}
	return strings.Join(words, " ")
}

func describeEffect(e fault.Effect) string {
	late := time.Duration(e.Late)
	switch {
	case e.Status != 0:
		return fmt.Sprintf("error %d", e.Status)
	case e.Cut != "":
		return fmt.Sprintf("connection cut %s the effect", e.Cut)
	case e.Hold != "":
		return fmt.Sprintf("held %s the effect", e.Hold)
	case e.Kill != "":
		return fmt.Sprintf("sandbox killed %s the effect", e.Kill)
	case e.Delay != 0:
		return fmt.Sprintf("%s longer", time.Duration(e.Delay))
	case e.Operation == "":
		return fmt.Sprintf("operation %s longer", late)
	}
	return fmt.Sprintf("operation ends with %s, %s longer", e.Operation, late)
}
