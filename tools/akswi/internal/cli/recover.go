package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/login"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/recovery"
)

// recoverCommand is `akswi recover`.
type recoverCommand struct {
	env          Environment
	source       stackSource
	subscription string
	cloud        string
}

func newRecoverCommand(env Environment) *cobra.Command {
	r := &recoverCommand{env: env}
	c := &cobra.Command{
		Use:     "recover",
		Short:   "Repair the state of a stack after a deployment was killed",
		Long:    recoverLong,
		Example: `  pulumi stack export --stack dev | akswi recover --stack dev | pulumi stack import --stack dev`,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return r.run(c.Context()) },
	}
	f := c.Flags()
	f.StringVar(&r.source.stack, "stack", "", "take the login's settings (azure-native:…) from the file of this stack")
	f.StringVar(&r.source.cwd, "cwd", "", "the `folder` of the Pulumi program")
	f.StringVar(&r.source.configFile, "config-file", "", "take the login's settings from this stack `file`")
	f.StringVar(&r.subscription, "subscription", "", "the stack's subscription (default: that of the login)")
	f.StringVar(&r.cloud, "cloud", string(azure.PublicCloud), "the Azure cloud, such as AzureUSGovernmentCloud")
	return c
}

func (r *recoverCommand) run(ctx context.Context) error {
	if isTerminal(r.env.In) {
		return errors.New("standard input is a terminal; pipe `pulumi stack export` into this command")
	}
	state, err := recovery.Read(r.env.In)
	if err != nil {
		return err
	}
	cloud, err := azcloud.Lookup(r.cloud)
	if err != nil {
		return fmt.Errorf("--cloud: %w", err)
	}
	settings, err := r.source.loginSettings(ctx)
	if err != nil {
		return err
	}
	operator, err := login.Choose(login.Options{
		Settings: settings, Client: azcore.ClientOptions{Cloud: cloud.Configuration}, SDKEnvironment: true,
	})
	subscription := cmp.Or(r.subscription, os.Getenv("ARM_SUBSCRIPTION_ID"), os.Getenv("AZURE_SUBSCRIPTION_ID"))
	options := recovery.Options{Subscription: subscription}
	if err == nil {
		client := azcore.ClientOptions{Cloud: cloud.Configuration}
		options = recovery.Options{
			Subscription: cmp.Or(r.subscription, operator.SubscriptionID, subscription),
			Directory:    &recovery.Graph{Cloud: cloud, Login: operator, Client: client},
			Resources:    &recovery.ResourceManager{Login: operator, Client: client},
		}
	}
	findings, failed := state.Recover(ctx, options)
	if failed != nil {
		return errors.Join(failed, err) // without a login, the reason for that
	}
	for _, f := range findings {
		fmt.Fprintf(r.env.Err, "%s\n  %s\n", f.URN, f.Done)
		if f.Todo != "" {
			fmt.Fprintf(r.env.Err, "  run: %s\n", f.Todo)
		}
	}
	return state.Write(r.env.Out)
}

const recoverLong = `Repair the state of a stack after a deployment was killed.

Reads what "pulumi stack export" prints, and prints what "pulumi stack import" reads. A resource whose creation had
begun, and whose end Pulumi has not recorded, may exist: nobody knows. It is put into the state with the id that
follows from its recorded name, or that Microsoft Graph has for it. The refresh of the next update reads it, and
removes it from the state if it was not created. It waits for the end of the creation of a cluster. Nothing in Azure is
changed. Resources in the stack's own resource groups that are not in the state are reported. So are applications that have the name of one in the state and that nothing uses. Both stay behind when the answer to a request is lost:
the engine forgets a creation that has failed, and the azuread provider repeats the request.

After a killed deployment:

  pulumi cancel --stack dev
  pulumi stack export --stack dev | akswi recover --stack dev | pulumi stack import --stack dev
  pulumi up --refresh --stack dev

Standard error has a line for each resource, and the commands that are to be run before the update, if there are any:
an unfinished Helm release is one.

The login is that of the deployment, as for "akswi verify".`
