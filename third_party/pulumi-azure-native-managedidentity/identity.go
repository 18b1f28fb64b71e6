// Package managedidentity stands in for the Azure SDK's package of this name (README.md).
package managedidentity

import (
	"errors"
	"reflect"

	"github.com/pulumi/pulumi-azure-native-sdk/v2/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// UserAssignedIdentity is a user-assigned identity, by the API of 2023-01-31.
type UserAssignedIdentity struct {
	pulumi.CustomResourceState

	ClientId    pulumi.StringOutput    `pulumi:"clientId"`
	Location    pulumi.StringOutput    `pulumi:"location"`
	Name        pulumi.StringOutput    `pulumi:"name"`
	PrincipalId pulumi.StringOutput    `pulumi:"principalId"`
	Tags        pulumi.StringMapOutput `pulumi:"tags"`
	TenantId    pulumi.StringOutput    `pulumi:"tenantId"`
	Type        pulumi.StringOutput    `pulumi:"type"`
}

// UserAssignedIdentityArgs describes a UserAssignedIdentity.
type UserAssignedIdentityArgs struct {
	Location          pulumi.StringPtrInput
	ResourceGroupName pulumi.StringInput
	ResourceName      pulumi.StringPtrInput
	Tags              pulumi.StringMapInput
}

type userAssignedIdentityArgs struct {
	Location          *string           `pulumi:"location"`
	ResourceGroupName string            `pulumi:"resourceGroupName"`
	ResourceName      *string           `pulumi:"resourceName"`
	Tags              map[string]string `pulumi:"tags"`
}

// ElementType returns the type that the arguments resolve to.
func (UserAssignedIdentityArgs) ElementType() reflect.Type {
	return reflect.TypeFor[userAssignedIdentityArgs]()
}

// NewUserAssignedIdentity registers a user-assigned identity.
func NewUserAssignedIdentity(ctx *pulumi.Context, name string, args *UserAssignedIdentityArgs, opts ...pulumi.ResourceOption) (*UserAssignedIdentity, error) {
	if args == nil {
		return nil, errors.New("missing one or more required arguments")
	}
	if args.ResourceGroupName == nil {
		return nil, errors.New("invalid value for required argument 'ResourceGroupName'")
	}
	opts = append(opts, formerTypes("UserAssignedIdentity", "v20150831preview", "v20181130", "v20210930preview",
		"v20220131preview", "v20230131", "v20230731preview", "v20241130", "v20250131preview"))
	var identity UserAssignedIdentity
	err := ctx.RegisterResource("azure-native:managedidentity:UserAssignedIdentity", name, args, &identity, utilities.PkgResourceDefaultOpts(opts)...)
	if err != nil {
		return nil, err
	}
	return &identity, nil
}

// formerTypes returns the aliases under which a stack may know a resource: its type by API version.
func formerTypes(resource string, versions ...string) pulumi.ResourceOption {
	aliases := make([]pulumi.Alias, len(versions))
	for i, version := range versions {
		aliases[i].Type = pulumi.String("azure-native:managedidentity/" + version + ":" + resource)
	}
	return pulumi.Aliases(aliases)
}
