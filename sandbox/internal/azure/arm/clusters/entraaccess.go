package clusters

import (
	"context"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// access implements Access for one cluster. The UID distinguishes it from an earlier cluster with
// the same ID.
type access struct {
	provider     *Provider
	cluster, uid string
}

var _ Access = (*access)(nil)

// Authenticate accepts access tokens for AKS's server application that are of the cluster's tenant
// (https://azure.github.io/kubelogin/concepts/aks.html). The Kubernetes user name of a service
// principal is its object ID, and its groups are those of the directory
// (https://learn.microsoft.com/azure/aks/kubernetes-rbac-entra-id).
func (a *access) Authenticate(ctx context.Context, bearer string) (*User, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+aksServer, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	claims, err := a.provider.core.Authority.Check(request, aksServer, aksServer+"/", "spn:"+aksServer)
	if err != nil {
		// A token of another issuer or audience is of no user of this cluster.
		return nil, nil //nolint:nilerr // see above
	}
	props, err := a.properties()
	if err != nil || props == nil || !props.entraEnabled() {
		return nil, err
	}
	if !strings.EqualFold(props.AADProfile.TenantID, claims.TenantID) {
		return nil, nil
	}
	user := &User{Name: claims.ObjectID}
	err = a.provider.core.Store.View(func(tx *store.Tx) (err error) {
		user.Groups, err = directory.GroupsOf(tx, claims.ObjectID)
		return err
	})
	return user, err
}

// properties returns the stored properties of the cluster; nil if it was deleted.
func (a *access) properties() (*Properties, error) {
	doc, err := a.provider.load(a.cluster)
	if err != nil || doc == nil || doc.Body.UID != a.uid {
		return nil, err
	}
	return &doc.Body.Properties, nil
}

// refusedByAzure is the reason that kubectl shows on AKS.
const refusedByAzure = "User does not have access to the resource in Azure. Update role assignment to allow access."

// Authorize decides by the data actions of the roles that the user, or one of its groups, has at
// the cluster or at the namespace in it (https://learn.microsoft.com/azure/aks/manage-azure-rbac).
func (a *access) Authorize(_ context.Context, attempt Attempt) (bool, string, error) {
	props, err := a.properties()
	if err != nil || props == nil || !props.entraEnabled() || !on(props.AADProfile.EnableAzureRBAC) {
		return false, "", err
	}
	if !azure.IsGUID(attempt.User) {
		return false, "", nil // not a user of Entra ID, so that Azure's roles do not apply
	}
	scope, action := a.cluster, attempt.action()
	if attempt.Namespace != "" {
		scope += "/namespaces/" + attempt.Namespace
	}
	allowed := false
	err = a.provider.core.Store.View(func(tx *store.Tx) error {
		for _, principal := range append([]string{attempt.User}, attempt.Groups...) {
			ok, err := a.provider.core.Checker.MayData(tx, principal, scope, rbac.Access{Action: action})
			if err != nil {
				return err
			}
			allowed = allowed || ok
		}
		return nil
	})
	if err != nil || allowed {
		return allowed, "", err
	}
	return false, refusedByAzure, nil
}

// inCluster reports whether the cluster of a namespace exists. Azure does not check the namespace.
func (p *Provider) inCluster(tx *store.Tx, path string) (bool, error) {
	id, err := resource.ParseID(path)
	if err != nil {
		return false, err
	}
	parent, _ := id.Parent()
	return resource.Exists(tx, parent)
}

// action returns the data action that allows the attempt. The mapping is that of kubeguard's guard,
// which AKS runs: verbs become read, write and delete, and the only subresource that matters is the
// one that runs commands in a pod.
func (a Attempt) action() string {
	verb := map[string]string{
		"get": "read", "list": "read", "watch": "read", "create": "write", "update": "write", "patch": "write",
		"delete": "delete", "deletecollection": "delete",
	}[a.Verb]
	if verb == "" {
		verb = a.Verb + "/action" // bind, escalate, impersonate, use
	}
	parts := []string{TypeCluster}
	switch {
	case a.Resource == "":
		parts = append(parts, strings.Trim(a.Path, "/"))
	case a.Resource == "pods" && a.Subresource == "exec":
		parts, verb = append(parts, "pods/exec"), "action"
	case a.Group == "":
		parts = append(parts, a.Resource)
	default:
		parts = append(parts, a.Group, a.Resource)
	}
	return strings.Join(append(parts, verb), "/")
}
