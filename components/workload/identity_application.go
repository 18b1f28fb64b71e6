package workload

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// applicationPrefix begins an application's id in the azuread provider; what
// follows is the object id.
const applicationPrefix = "/applications/"

// newApplication registers an Entra application and its service principal. No
// password or certificate is ever created: the federated credentials are the
// only way to act as it.
//
// Three ids are in play and easily mixed up: credentials belong to the
// application (object id), roles to the service principal (another object id),
// and the annotation is the client id (appId).
func (w *FederatedWorkload) newApplication(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) (federate, error) {
	displayName := pulumi.String(name).ToStringOutput()
	if args.IdentityName != nil {
		displayName = args.IdentityName.ToStringPtrOutput().Elem()
	}
	application, err := azuread.NewApplication(ctx, name+"-application", &azuread.ApplicationArgs{
		DisplayName: displayName,
	}, pulumi.Parent(w))
	if err != nil {
		return nil, fmt.Errorf("registering the application of workload %q: %w", name, err)
	}
	principal, err := azuread.NewServicePrincipal(ctx, name+"-principal", &azuread.ServicePrincipalArgs{
		ClientId: application.ClientId,
	}, pulumi.Parent(w))
	if err != nil {
		return nil, fmt.Errorf("registering the service principal of workload %q: %w", name, err)
	}
	w.ClientId = application.ClientId
	w.PrincipalId = principal.ObjectId
	w.TenantId = principal.ApplicationTenantId
	w.IdentityId = application.ID().ToStringOutput()
	w.IdentityKind = pulumi.String(Application).ToStringOutput()
	return federateApplication(w.IdentityId), nil
}

// existingApplication reads the application and its service principal; nothing
// of them is changed.
func (w *FederatedWorkload) existingApplication(ctx *pulumi.Context, args *FederatedWorkloadArgs) federate {
	found := args.IdentityId.ToStringPtrOutput().Elem().ApplyT(func(id string) (any, error) {
		return lookupApplication(ctx, id, pulumi.Parent(w))
	})
	part := func(field func(*application) string) pulumi.StringOutput {
		return found.ApplyT(func(v any) string { return field(v.(*application)) }).(pulumi.StringOutput)
	}
	w.ClientId = part(func(a *application) string { return a.clientID })
	w.PrincipalId = part(func(a *application) string { return a.principalID })
	w.TenantId = part(func(a *application) string { return a.tenantID })
	w.IdentityId = part(func(a *application) string { return applicationPrefix + a.objectID })
	w.IdentityKind = pulumi.String(Application).ToStringOutput()
	return federateApplication(w.IdentityId)
}

// application is what the component needs to know of an existing one.
type application struct{ clientID, objectID, principalID, tenantID string }

// lookupApplication finds an application and its service principal. It is called
// when the id is known, and not by the SDK's output form of the functions, whose
// errors nobody could add advice to.
func lookupApplication(ctx *pulumi.Context, id string, opts ...pulumi.InvokeOption) (*application, error) {
	ref, err := parseApplicationID(id)
	if err != nil {
		return nil, fmt.Errorf("identityId: %w", err)
	}
	found, err := azuread.LookupApplication(ctx, &azuread.LookupApplicationArgs{
		ClientId: ref.clientID, ObjectId: ref.objectID,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("identityId: application %q cannot be read in the provider's tenant; give its client id, or %s and the object id of the application (not of its service principal), and let the deployer read it: %w", id, applicationPrefix, err)
	}
	principal, err := azuread.LookupServicePrincipal(ctx, &azuread.LookupServicePrincipalArgs{ClientId: &found.ClientId}, opts...)
	if err != nil {
		return nil, fmt.Errorf("identityId: the service principal of application %s cannot be read in the provider's tenant; an application gets tokens and roles only through one, so create it once (az ad sp create --id %s), or let the deployer read it: %w", found.ClientId, found.ClientId, err)
	}
	return &application{
		clientID: found.ClientId, objectID: found.ObjectId,
		principalID: principal.ObjectId, tenantID: principal.ApplicationTenantId,
	}, nil
}

func federateApplication(applicationID pulumi.StringInput) federate {
	return func(ctx *pulumi.Context, name string, c credential, opts ...pulumi.ResourceOption) (pulumi.CustomResource, error) {
		in := &azuread.ApplicationFederatedIdentityCredentialArgs{
			ApplicationId: applicationID,
			DisplayName:   pulumi.String(c.name),
			Issuer:        c.issuer,
			Subject:       pulumi.String(c.subject),
			Audiences:     pulumi.StringArray{pulumi.String(c.audience)},
		}
		if c.description != "" {
			in.Description = pulumi.StringPtr(c.description)
		}
		return azuread.NewApplicationFederatedIdentityCredential(ctx, name, in, opts...)
	}
}

// applicationRef names an application by one of its two ids.
type applicationRef struct{ clientID, objectID *string }

// parseApplicationID reads a client id, or "/applications/<object id>". A bare
// GUID is the client id, because that is what portals and command lines show
// first; the object id has to say that it is one.
func parseApplicationID(id string) (applicationRef, error) {
	if azure.IsGUID(id) {
		return applicationRef{clientID: &id}, nil
	}
	object, found := strings.CutPrefix(id, applicationPrefix)
	if !found || !azure.IsGUID(object) {
		return applicationRef{}, problem.New(fmt.Sprintf("%q is not an Entra application", id), fmt.Sprintf("give its client id, a GUID, or %s and its object id", applicationPrefix))
	}
	return applicationRef{objectID: &object}, nil
}
