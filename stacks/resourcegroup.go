package stacks

import (
	"fmt"

	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// ResourceGroup names the resource group.
type ResourceGroup struct {
	// Name in Azure: 1 to 90 letters, digits, and -_.() but no full stop at the end. Default:
	// autonamed.
	Name string `config:"name"`
	// Existing uses the resource group of that name instead of creating it. Default: false.
	Existing bool `config:"existing"`
}

func (v *validator) resourceGroup() {
	at, g := v.root("resourceGroup"), v.config.ResourceGroup
	if g.Existing && g.Name == "" {
		v.Add(at.Field("name"), "is required with existing: true", "name the resource group to use, or remove existing")
	}
	if g.Name != "" {
		v.AddError(at.Field("name"), azure.ValidateResourceName(azure.TypeResourceGroup, g.Name))
	}
}

// group is the resource group of the stack.
type group struct {
	id, name pulumi.StringOutput
}

// registerGroup registers the stack's resource group, or refers to the one that exists.
func (g *graph) registerGroup(ctx *pulumi.Context) error {
	c := g.config.ResourceGroup
	if c.Existing {
		g.group = group{
			id:   pulumi.Sprintf("/subscriptions/%s/resourceGroups/%s", g.account.SubscriptionId, c.Name),
			name: pulumi.String(c.Name).ToStringOutput(),
		}
		return nil
	}
	var opts []pulumi.ResourceOption
	if g.config.protectsGroup() {
		opts = append(opts, pulumi.Protect(true))
	}
	r, err := resources.NewResourceGroup(ctx, platformName, &resources.ResourceGroupArgs{
		ResourceGroupName: optional(c.Name),
		Location:          pulumi.String(g.config.Location),
		Tags:              g.tags(),
	}, opts...)
	if err != nil {
		return fmt.Errorf("registering the resource group: %w", err)
	}
	g.group = group{id: r.ID().ToStringOutput(), name: r.Name}
	return nil
}
