package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rules"
)

func newStrictness(f *flags) *cobra.Command {
	var off, on []string
	var reset, asJSON, all bool
	cmd := &cobra.Command{
		Use:   "strictness",
		Short: "Show the rules that no source settles, or take their other reading",
		Long: `Show the rules of this Azure with what each is based on. Without flags it lists the rules that are
inferred: no source settles them, and the real Azure may accept what they refuse. --off puts such a
rule out of force, so that a program can be tried under both readings; --on and --reset put it in
force again. The choice survives a restart. docs/sandbox.md has all rules with their sources.`,
		Example: `  sandbox strictness
  sandbox strictness --off credential.issuer-url
  sandbox strictness --reset`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, client, err := f.find()
			if err != nil {
				return err
			}
			list, err := client.Strictness(cmd.Context())
			if err != nil {
				return err
			}
			if reset || len(on)+len(off) > 0 {
				var wanted []string
				for _, r := range list {
					if !reset && !r.On && !slices.Contains(on, r.ID) {
						wanted = append(wanted, r.ID)
					}
				}
				return client.SetStrictness(cmd.Context(), append(wanted, off...))
			}
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(list)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "RULE\tEVIDENCE\tIN FORCE")
			for _, r := range list {
				if all || r.Evidence == rules.Inferred {
					fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Evidence, map[bool]string{true: "yes", false: "no"}[r.On])
				}
			}
			return w.Flush()
		},
	}
	cmd.Flags().StringSliceVar(&off, "off", nil, "put these inferred rules out of force")
	cmd.Flags().StringSliceVar(&on, "on", nil, "put these rules in force again")
	cmd.Flags().BoolVar(&reset, "reset", false, "put all rules in force")
	cmd.Flags().BoolVar(&all, "all", false, "list the rules that a source settles, too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print all rules as JSON")
	cmd.MarkFlagsMutuallyExclusive("reset", "off")
	cmd.MarkFlagsMutuallyExclusive("reset", "on")
	return cmd
}
