package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newActions(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "actions",
		Short: "List the actions of Azure RBAC that the deployer has used",
		Long: `List the actions of Azure RBAC that the deployer has used since the sandbox started, one a line:
what a custom role for it needs. Polls of long-running operations are not in the list, because the
sandbox allows them to everybody.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, client, err := f.find()
			if err != nil {
				return err
			}
			actions, err := client.DeployerActions(cmd.Context())
			if err != nil {
				return err
			}
			for _, action := range actions {
				fmt.Fprintln(cmd.OutOrStdout(), action)
			}
			return nil
		},
	}
}
