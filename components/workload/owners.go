package workload

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// maxOwners is the largest number of owners of an application. Source: terraform-provider-azuread
// v2.53.1, application_resource.go, schema of owners.
const maxOwners = 100

// checkOwners records what is wrong with the owners of a new application.
func (id *IdentityArgs) checkOwners(l *problem.List) {
	const path = problem.Path("identity.owners")
	array, isArray := known.As[pulumi.StringArray](id.Owners)
	if !isArray {
		return
	}
	if n := len(array); n == 0 || n > maxOwners {
		l.Add(path, fmt.Sprintf("there are %d owners", n), fmt.Sprintf("name 1 to %d, or leave it out for whoever runs the deployment", maxOwners))
	}
	var seen repeats
	for i := range array {
		owner, ok := known.String(array[i])
		if !ok {
			continue
		}
		at := path.Index(i)
		if !azure.IsGUID(owner) {
			l.Add(at, fmt.Sprintf("%q is not an object id", owner), `write the GUID that "az ad user show --query id" or "az ad sp show --query id" prints`)
			continue
		}
		if j, repeated := seen.earlier(strings.ToLower(owner), i); repeated {
			l.Add(at, fmt.Sprintf("owners[%d] is the same", j), "leave one out")
		}
	}
}

// owners returns the owners of a new application and of its service principal, and the option with
// which both are registered.
//
// Entra makes whoever creates an application its owner, but the provider then takes away the owner
// that the program does not name (terraform-provider-azuread v2.53.1, application_resource.go and
// service_principal_resource.go, removeCallerOwner). A deployer with the permission
// Application.ReadWrite.OwnedBy, or an ordinary user, may change only what it owns: without the
// ownership it could not make the service principal, and nobody could delete the application.
//
// By default the owner is whoever runs the deployment, and only at the creation: another deployer
// has another object id, which must neither take the first one's place nor need the right to change
// owners. So the owners of what exists are ignored, those that others have added too. Owners that
// the program names are the same for every deployer, and are kept as they are named.
func (r *registration) owners(given pulumi.StringArrayInput) (pulumi.StringArrayInput, pulumi.ResourceOption) {
	deployer := azuread.GetClientConfigOutput(r.ctx, pulumi.Parent(r.component)).ObjectId()
	if given == nil {
		return pulumi.StringArray{deployer}, pulumi.IgnoreChanges([]string{"owners"})
	}
	named := pulumi.All(given, deployer).ApplyT(func(values []any) []string {
		owners, deployer := values[0].([]string), values[1].(string)
		if !slices.ContainsFunc(owners, func(o string) bool { return strings.EqualFold(o, deployer) }) {
			r.warn("identity.owners does not have the deployer (%s): with the permission Application.ReadWrite.OwnedBy, or as an ordinary user, it cannot finish what it begins; "+
				"add it, unless it may change every application", deployer)
		}
		return owners
	}).(pulumi.StringArrayOutput)
	return named, pulumi.IgnoreChanges(nil)
}
