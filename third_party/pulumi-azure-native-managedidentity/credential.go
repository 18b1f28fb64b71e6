package managedidentity

import (
	"errors"
	"reflect"

	"github.com/pulumi/pulumi-azure-native-sdk/v2/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// FederatedIdentityCredential is a federated credential of a user-assigned identity, by the API of 2023-01-31.
type FederatedIdentityCredential struct {
	pulumi.CustomResourceState

	Audiences pulumi.StringArrayOutput `pulumi:"audiences"`
	Issuer    pulumi.StringOutput      `pulumi:"issuer"`
	Name      pulumi.StringOutput      `pulumi:"name"`
	Subject   pulumi.StringOutput      `pulumi:"subject"`
	Type      pulumi.StringOutput      `pulumi:"type"`
}

// FederatedIdentityCredentialArgs describes a FederatedIdentityCredential.
type FederatedIdentityCredentialArgs struct {
	Audiences                               pulumi.StringArrayInput
	FederatedIdentityCredentialResourceName pulumi.StringPtrInput
	Issuer                                  pulumi.StringInput
	ResourceGroupName                       pulumi.StringInput
	ResourceName                            pulumi.StringInput
	Subject                                 pulumi.StringInput
}

type federatedIdentityCredentialArgs struct {
	Audiences                               []string `pulumi:"audiences"`
	FederatedIdentityCredentialResourceName *string  `pulumi:"federatedIdentityCredentialResourceName"`
	Issuer                                  string   `pulumi:"issuer"`
	ResourceGroupName                       string   `pulumi:"resourceGroupName"`
	ResourceName                            string   `pulumi:"resourceName"`
	Subject                                 string   `pulumi:"subject"`
}

// ElementType returns the type that the arguments resolve to.
func (FederatedIdentityCredentialArgs) ElementType() reflect.Type {
	return reflect.TypeFor[federatedIdentityCredentialArgs]()
}

// NewFederatedIdentityCredential registers a federated credential.
func NewFederatedIdentityCredential(ctx *pulumi.Context, name string, args *FederatedIdentityCredentialArgs, opts ...pulumi.ResourceOption) (*FederatedIdentityCredential, error) {
	if args == nil {
		return nil, errors.New("missing one or more required arguments")
	}
	if args.Audiences == nil {
		return nil, errors.New("invalid value for required argument 'Audiences'")
	}
	if args.Issuer == nil {
		return nil, errors.New("invalid value for required argument 'Issuer'")
	}
	if args.ResourceGroupName == nil {
		return nil, errors.New("invalid value for required argument 'ResourceGroupName'")
	}
	if args.ResourceName == nil {
		return nil, errors.New("invalid value for required argument 'ResourceName'")
	}
	if args.Subject == nil {
		return nil, errors.New("invalid value for required argument 'Subject'")
	}
	opts = append(opts, formerTypes("FederatedIdentityCredential",
		"v20220131preview", "v20230131", "v20230731preview", "v20241130", "v20250131preview"))
	var credential FederatedIdentityCredential
	err := ctx.RegisterResource("azure-native:managedidentity:FederatedIdentityCredential", name, args, &credential, utilities.PkgResourceDefaultOpts(opts)...)
	if err != nil {
		return nil, err
	}
	return &credential, nil
}
