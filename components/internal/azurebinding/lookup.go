package azurebinding

import (
	"fmt"
	"reflect"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"google.golang.org/grpc/status"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Found has the properties of an existing resource that components need.
type Found struct {
	Id         string          `pulumi:"id"`
	Name       string          `pulumi:"name"`
	Properties VaultProperties `pulumi:"properties"`
}

// VaultProperties are set for vaults only.
type VaultProperties struct {
	// EnableRbacAuthorization is nil for an old vault, which uses access policies.
	EnableRbacAuthorization *bool  `pulumi:"enableRbacAuthorization"`
	TenantId                string `pulumi:"tenantId"`
}

// UsesRoles reports whether access to a vault is granted by role assignments.
func (p VaultProperties) UsesRoles() bool {
	return p.EnableRbacAuthorization != nil && *p.EnableRbacAuthorization
}

// FoundOutput is a Found that may be known only later.
type FoundOutput struct{ *pulumi.OutputState }

// ElementType returns the type Found.
func (FoundOutput) ElementType() reflect.Type { return reflect.TypeOf(Found{}) }

func init() { pulumi.RegisterOutputType(FoundOutput{}) }

// Lookup reads a resource by name, with the provider of parent, once name and group are known, also
// in a preview. The group is ignored for a kind that is in none. path is the argument that names
// the resource, for the error.
func Lookup(ctx *pulumi.Context, parent pulumi.Resource, path string, kind Kind, name, group pulumi.StringInput) FoundOutput {
	inputs := pulumi.StringArray{name}
	if kind.InGroup {
		inputs = append(inputs, group)
	}
	return inputs.ToStringArrayOutput().ApplyT(func(values []string) (Found, error) {
		if err := kind.ValidateName(values[0]); err != nil {
			return Found{}, fmt.Errorf("%s: %w", path, err)
		}
		args := map[string]any{kind.NameArgument: values[0]}
		place := ""
		if kind.InGroup {
			args["resourceGroupName"] = values[1]
			place = fmt.Sprintf(" in resource group %q", values[1])
		}
		var found Found
		err := invoke(ctx, parent, kind.Token, args, &found)
		if NotFound(err) {
			return Found{}, fmt.Errorf("%s: there is no %s %q%s in the provider's subscription: check the names, create it first, give the component a provider of its subscription, or name its id by scope (%w)", path, kind.Noun, values[0], place, err)
		}
		if err != nil {
			return Found{}, fmt.Errorf("%s: looking up %s %q%s: %w; the deployer needs Reader on it, or name its id by scope", path, kind.Noun, values[0], place, err)
		}
		if err := azure.ValidateScope(found.Id); err != nil {
			return Found{}, fmt.Errorf("%s: the provider's answer for %s %q has no id: %w", path, kind.Noun, values[0], err)
		}
		return found, nil
	}).(FoundOutput)
}

// invoke calls a function of azure-native.
func invoke(ctx *pulumi.Context, parent pulumi.Resource, token string, args map[string]any, result any) error {
	err := ctx.Invoke(token, args, result, pulumi.Parent(parent), pulumi.Version(Version))
	if err == nil {
		return nil
	}
	return &callError{text: status.Convert(err).Message(), err: err}
}

// callError is an error of the provider without the text that gRPC adds.
type callError struct {
	text string
	err  error
}

func (e *callError) Error() string { return e.text }

func (e *callError) Unwrap() error { return e.err }

// notFound matches the forms in which clients of Resource Manager report HTTP status 404:
// go-autorest's, azcore's, and the error codes themselves.
var notFound = regexp.MustCompile(`(?i)\bstatus(code| code)?[=:]? ?404\b|\bRESPONSE 404\b|\b(Resource|ResourceGroup|Parent|ParentResource)NotFound\b`)

// NotFound reports whether an error says that a resource does not exist. No other error counts as
// that, such as one about missing rights.
func NotFound(err error) bool { return err != nil && notFound.MatchString(err.Error()) }
