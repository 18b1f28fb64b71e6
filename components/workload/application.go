package workload

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// applicationPrefix begins an application's id in the azuread provider; what follows is the object
// id.
const applicationPrefix = "/applications/"

// maxDisplayName is the longest display name of an Entra application, in characters. Source:
// Microsoft Graph, resource type application.
const maxDisplayName = 256

// checkDisplayName records a display name that an application cannot have.
func (id *IdentityArgs) checkDisplayName(l *problem.List) {
	name, ok := known.String(id.Name)
	if n := utf8.RuneCountInString(name); ok && (n == 0 || n > maxDisplayName) {
		l.Add("identity.name", fmt.Sprintf("the display name of an application has 1 to %d characters, not %d", maxDisplayName, n),
			"change it, or leave it out for the component's name")
	}
}

// registerApplication registers an Entra application and its service principal. No password or
// certificate is ever created: the federated credentials are the only way to act as it. Both have
// owners (see owners).
//
// Three ids must not be confused: credentials belong to the application (object id), roles to the
// service principal (another object id), and the annotation has the client id (appId).
func (r *registration) registerApplication(args *IdentityArgs) (*identity, error) {
	displayName := pulumi.String(r.name).ToStringOutput()
	if args.Name != nil {
		displayName = args.Name.ToStringPtrOutput().Elem()
	}
	owners, keepOwners := r.owners(args.Owners)
	created, err := azuread.NewApplication(r.ctx, r.name+"-application", &azuread.ApplicationArgs{
		DisplayName: displayName,
		Owners:      owners,
	}, pulumi.Parent(r.component), keepOwners)
	if err != nil {
		return nil, fmt.Errorf("registering the application of workload %q: %w", r.name, err)
	}
	principal, err := azuread.NewServicePrincipal(r.ctx, r.name+"-principal", &azuread.ServicePrincipalArgs{
		ClientId: created.ClientId,
		Owners:   owners,
		// The application is this component's own, so that a principal can exist only if the answer
		// to an earlier request for it was lost. Without this the update would fail until somebody
		// imports the principal. It goes with its application.
		UseExisting: pulumi.Bool(true),
	}, pulumi.Parent(r.component), keepOwners)
	if err != nil {
		return nil, fmt.Errorf("registering the service principal of workload %q: %w", r.name, err)
	}
	id := created.ID().ToStringOutput()
	return &identity{
		kind:        Application,
		id:          id,
		clientID:    created.ClientId,
		principalID: principal.ObjectId,
		tenantID:    principal.ApplicationTenantId,
		federate:    r.federateApplication(id),
	}, nil
}

// application has the ids of an existing application and its service principal.
type application struct{ clientID, objectID, principalID, tenantID string }

// lookupApplication reads an application and its service principal; nothing of them is changed but
// the application's federated credentials.
func (r *registration) lookupApplication(id pulumi.StringOutput) *identity {
	found := id.ApplyT(func(id string) (any, error) {
		a, err := r.readApplication(id)
		return a, r.about("identity.id", err)
	})
	part := func(field func(*application) string) pulumi.StringOutput {
		return found.ApplyT(func(v any) string { return field(v.(*application)) }).(pulumi.StringOutput)
	}
	full := part(func(a *application) string { return applicationPrefix + a.objectID })
	return &identity{
		kind:        Application,
		id:          full,
		clientID:    part(func(a *application) string { return a.clientID }),
		principalID: part(func(a *application) string { return a.principalID }),
		tenantID:    part(func(a *application) string { return a.tenantID }),
		federate:    r.federateApplication(full),
	}
}

// readApplication reads an application and its service principal. It is called once the id is
// known. The SDK's functions for outputs are not used, because no remedy could be added to their
// errors.
func (r *registration) readApplication(id string) (*application, error) {
	ref, err := parseApplicationID(id)
	if err != nil {
		return nil, err
	}
	parent := pulumi.Parent(r.component)
	found, err := azuread.LookupApplication(r.ctx, &azuread.LookupApplicationArgs{ClientId: ref.clientID, ObjectId: ref.objectID}, parent)
	if err != nil {
		return nil, fmt.Errorf("application %q cannot be read in the provider's tenant; give its client id, or %s and the object id of the application (not of its service principal), and let the deployer read it: %w", id, applicationPrefix, err)
	}
	principal, err := azuread.LookupServicePrincipal(r.ctx, &azuread.LookupServicePrincipalArgs{ClientId: &found.ClientId}, parent)
	if err != nil {
		return nil, fmt.Errorf("the service principal of application %s cannot be read in the provider's tenant; an application gets tokens and roles only through one, so create it once (az ad sp create --id %s), or let the deployer read it: %w", found.ClientId, found.ClientId, err)
	}
	return &application{
		clientID: found.ClientId, objectID: found.ObjectId,
		principalID: principal.ObjectId, tenantID: principal.ApplicationTenantId,
	}, nil
}

// federateApplication returns how to register credentials of an application.
func (r *registration) federateApplication(id pulumi.StringInput) federate {
	return func(child string, c credential, opts ...pulumi.ResourceOption) (pulumi.CustomResource, error) {
		return azuread.NewApplicationFederatedIdentityCredential(r.ctx, child, &azuread.ApplicationFederatedIdentityCredentialArgs{
			ApplicationId: id,
			DisplayName:   pulumi.String(c.name),
			Issuer:        c.issuer,
			Subject:       pulumi.String(c.subject),
			Audiences:     pulumi.StringArray{c.audience},
			Description:   c.description,
		}, opts...)
	}
}

// applicationRef names an application by one of its two ids.
type applicationRef struct{ clientID, objectID *string }

// parseApplicationID parses a client id, or "/applications/<object id>". A GUID alone is a client
// id, because portals and command lines show that first.
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
