package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// releaseType is the token of Pulumi's resource for a Helm release.
const releaseType = "kubernetes:helm.sh/v3:Release"

// release names a Helm release.
type release struct{ Namespace, Name string }

func newRecover(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "recover",
		Short: "Clean up after a killed deployment; reads `pulumi stack export`",
		Long: `Clean up after a killed deployment, so that the next one can finish it.

Reads the output of "pulumi stack export" from standard input. If the creation of a Helm release has
begun and was never recorded there, Helm's own records of it are removed. The release's objects stay,
and the next installation takes them over.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			interrupted, err := interruptedReleases(cmd.InOrStdin())
			if err != nil || len(interrupted) == 0 {
				return err
			}
			_, client, err := f.find()
			if err != nil {
				return err
			}
			for _, r := range interrupted {
				fmt.Fprintf(cmd.OutOrStdout(), "The installation of Helm release %s/%s was interrupted; the next one takes over its objects.\n", r.Namespace, r.Name)
				if err := client.ForgetRelease(cmd.Context(), r.Namespace, r.Name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// interruptedReleases returns the releases whose creation is pending in an exported state.
func interruptedReleases(state io.Reader) ([]release, error) {
	var exported struct {
		Deployment struct {
			PendingOperations []struct {
				Type     string
				Resource struct {
					Type   string
					Inputs struct{ Name, Namespace any }
				}
			} `json:"pending_operations"`
		}
	}
	if err := json.NewDecoder(state).Decode(&exported); err != nil {
		return nil, fmt.Errorf("standard input is not what `pulumi stack export` prints: %w", err)
	}
	var releases []release
	for _, op := range exported.Deployment.PendingOperations {
		name, named := op.Resource.Inputs.Name.(string)
		namespace, placed := op.Resource.Inputs.Namespace.(string)
		if op.Type == "creating" && op.Resource.Type == releaseType && named && placed {
			releases = append(releases, release{Namespace: namespace, Name: name})
		}
	}
	return releases, nil
}
