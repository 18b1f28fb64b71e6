package managedidentity

import (
	"reflect"

	"github.com/pulumi/pulumi-azure-native-sdk/v2/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LookupUserAssignedIdentityArgs names a user-assigned identity that exists.
type LookupUserAssignedIdentityArgs struct {
	ResourceGroupName string `pulumi:"resourceGroupName"`
	ResourceName      string `pulumi:"resourceName"`
}

// LookupUserAssignedIdentityOutputArgs is LookupUserAssignedIdentityArgs of values that may be known later.
type LookupUserAssignedIdentityOutputArgs struct {
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName"`
	ResourceName      pulumi.StringInput `pulumi:"resourceName"`
}

// ElementType returns the type that the arguments resolve to.
func (LookupUserAssignedIdentityOutputArgs) ElementType() reflect.Type {
	return reflect.TypeFor[LookupUserAssignedIdentityArgs]()
}

// LookupUserAssignedIdentityResult describes a user-assigned identity that exists.
type LookupUserAssignedIdentityResult struct {
	ClientId    string            `pulumi:"clientId"`
	Id          string            `pulumi:"id"`
	Location    string            `pulumi:"location"`
	Name        string            `pulumi:"name"`
	PrincipalId string            `pulumi:"principalId"`
	Tags        map[string]string `pulumi:"tags"`
	TenantId    string            `pulumi:"tenantId"`
	Type        string            `pulumi:"type"`
}

// LookupUserAssignedIdentityResultOutput is a LookupUserAssignedIdentityResult that may be known later.
type LookupUserAssignedIdentityResultOutput struct{ *pulumi.OutputState }

// ElementType returns the type that the output resolves to.
func (LookupUserAssignedIdentityResultOutput) ElementType() reflect.Type {
	return reflect.TypeFor[LookupUserAssignedIdentityResult]()
}

// LookupUserAssignedIdentityOutput reads a user-assigned identity.
func LookupUserAssignedIdentityOutput(ctx *pulumi.Context, args LookupUserAssignedIdentityOutputArgs, opts ...pulumi.InvokeOption) LookupUserAssignedIdentityResultOutput {
	options := pulumi.InvokeOutputOptions{InvokeOptions: utilities.PkgInvokeDefaultOpts(opts)}
	return pulumi.ToOutputWithContext(ctx.Context(), args).ApplyT(func(args any) LookupUserAssignedIdentityResultOutput {
		return ctx.InvokeOutput("azure-native:managedidentity:getUserAssignedIdentity", args, LookupUserAssignedIdentityResultOutput{}, options).(LookupUserAssignedIdentityResultOutput)
	}).(LookupUserAssignedIdentityResultOutput)
}

func (o LookupUserAssignedIdentityResultOutput) property(read func(LookupUserAssignedIdentityResult) string) pulumi.StringOutput {
	return o.ApplyT(read).(pulumi.StringOutput)
}

// ClientId returns the client id.
func (o LookupUserAssignedIdentityResultOutput) ClientId() pulumi.StringOutput {
	return o.property(func(r LookupUserAssignedIdentityResult) string { return r.ClientId })
}

// Id returns the resource id.
func (o LookupUserAssignedIdentityResultOutput) Id() pulumi.StringOutput {
	return o.property(func(r LookupUserAssignedIdentityResult) string { return r.Id })
}

// PrincipalId returns the service principal's object id.
func (o LookupUserAssignedIdentityResultOutput) PrincipalId() pulumi.StringOutput {
	return o.property(func(r LookupUserAssignedIdentityResult) string { return r.PrincipalId })
}

// TenantId returns the tenant's id.
func (o LookupUserAssignedIdentityResultOutput) TenantId() pulumi.StringOutput {
	return o.property(func(r LookupUserAssignedIdentityResult) string { return r.TenantId })
}

func init() {
	pulumi.RegisterOutputType(LookupUserAssignedIdentityResultOutput{})
}
