package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
)

func newStatus(f *flags) *cobra.Command {
	var asJSON, empty bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what runs and what exists",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, client, err := f.find()
			if err != nil {
				return err
			}
			status, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(status); err != nil {
					return err
				}
			} else {
				printStatus(cmd.OutOrStdout(), client.Running.Port, status)
			}
			if empty && len(status.Resources)+len(status.Clusters) > 0 {
				return fmt.Errorf("%d resources and %d clusters are left", len(status.Resources), len(status.Clusters))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&empty, "empty", false, "fail if any resource or cluster is left")
	return cmd
}

func printStatus(out io.Writer, port int, s daemon.Status) {
	fmt.Fprintf(out, "The sandbox has been running since %s (process %d, proxy on 127.0.0.1:%d).\n", s.Since.Local().Format(time.DateTime), s.PID, port)
	fmt.Fprintf(out, "Tenant %s, subscription %s.\n", s.Account.TenantID, s.Account.SubscriptionID)
	printClusters(out, s.Clusters)
	printResources(out, s.Resources)
}

func printClusters(out io.Writer, clusters []aks.ClusterStatus) {
	if len(clusters) == 0 {
		fmt.Fprintln(out, "\nNo cluster runs.")
	}
	for _, c := range clusters {
		fmt.Fprintf(out, "\nCluster %s, Kubernetes %s\n  https://%s\n", c.Name, c.ServerVersion, c.FQDN)
		for _, p := range c.Processes {
			fmt.Fprintf(out, "  %-9s %s\n", p.State, p.Name)
		}
	}
}

// printResources lists the resources under their types, because a line with type and name is wider
// than a terminal.
func printResources(out io.Writer, resources []azure.Resource) {
	if len(resources) == 0 {
		fmt.Fprintln(out, "\nNo resource exists.")
		return
	}
	byType := map[string][]azure.Resource{}
	for _, r := range resources {
		byType[r.Type] = append(byType[r.Type], r)
	}
	for _, kind := range slices.Sorted(maps.Keys(byType)) {
		fmt.Fprintf(out, "\n%s\n", kind)
		for _, r := range byType[kind] {
			fmt.Fprintf(out, "  %-9s %s\n", r.ProvisioningState, r.Name)
		}
	}
}
