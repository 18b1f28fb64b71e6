package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
)

func newSettings(f *flags) *cobra.Command {
	var reset bool
	cmd := &cobra.Command{
		Use:   "settings [FILE]",
		Short: "Show or replace what this Azure offers to the subscription",
		Long: `Show what this Azure offers to the subscription, or replace it by the JSON of a file (- is
standard input): the state of the subscription, Kubernetes versions, VM sizes, quotas, resource
providers, policies, and the rights of the deployer. So a deployment, or a check before it, can be
seen to fail as it does in Azure. docs/sandbox.md lists the keys; what the file leaves out works.`,
		Example: `  sandbox settings
  echo '{"quotas": {"cores": 2}, "deployerRoles": ["Contributor"]}' | sandbox settings -
  sandbox settings --reset`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if reset && len(args) > 0 {
				return errors.New("give a file or --reset, not both")
			}
			_, client, err := f.find()
			if err != nil {
				return err
			}
			if !reset && len(args) == 0 {
				settings, err := client.Settings(cmd.Context())
				if err != nil {
					return err
				}
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(settings)
			}
			raw := []byte("{}")
			if len(args) > 0 {
				if raw, err = readFile(cmd.InOrStdin(), args[0]); err != nil {
					return err
				}
			}
			settings, err := region.Parse(raw)
			if err != nil {
				return err
			}
			return client.SetSettings(cmd.Context(), settings)
		},
	}
	cmd.Flags().BoolVar(&reset, "reset", false, "let everything work again")
	return cmd
}

// readFile reads a file, or standard input for "-".
func readFile(in io.Reader, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(in)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return raw, nil
}
