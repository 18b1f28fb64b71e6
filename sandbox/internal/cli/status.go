package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
)

func newStatus(f *flags) *cobra.Command {
	var asJSON, empty bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what runs and what exists",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := f.open()
			if err != nil {
				return err
			}
			client, err := daemon.Find(h)
			if err != nil {
				return err
			}
			status, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(status)
			}
			printStatus(cmd.OutOrStdout(), client.Running.Port, status)
			if empty && len(status.Resources)+len(status.Clusters) > 0 {
				return fmt.Errorf("%d resources and %d clusters are left", len(status.Resources), len(status.Clusters))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	cmd.Flags().BoolVar(&empty, "empty", false, "fail if any resource or cluster is left")
	return cmd
}

func printStatus(out io.Writer, port int, s daemon.Status) {
	fmt.Fprintf(out, "The sandbox runs since %s (process %d, door on 127.0.0.1:%d).\n", s.Since.Local().Format(time.DateTime), s.PID, port)
	fmt.Fprintf(out, "Tenant %s, subscription %s.\n", s.Account.TenantID, s.Account.SubscriptionID)
	if len(s.Clusters) == 0 {
		fmt.Fprintln(out, "\nNo cluster runs.")
	}
	for _, c := range s.Clusters {
		var parts []string
		for _, p := range c.Processes {
			parts = append(parts, fmt.Sprintf("%s %s", p.Name, p.State))
		}
		fmt.Fprintf(out, "\nCluster %s (Kubernetes %s)\n  %s\n  %s\n", c.Name, c.ServerVersion, c.FQDN, strings.Join(parts, ", "))
	}
	if len(s.Resources) == 0 {
		fmt.Fprintln(out, "\nNo resource exists.")
		return
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "TYPE\tNAME\tSTATE")
	for _, r := range s.Resources {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Type, r.Name, r.ProvisioningState)
	}
	table.Flush()
}
