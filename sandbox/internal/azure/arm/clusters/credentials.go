package clusters

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// Credentials is the answer of listClusterUserCredential and listClusterAdminCredential.
type Credentials struct {
	Kubeconfigs []Kubeconfig `json:"kubeconfigs"`
}

// Kubeconfig is one file; its value is base64 in JSON.
type Kubeconfig struct {
	Name  string `json:"name"`
	Value []byte `json:"value"`
}

func (p *Provider) credential(admin bool) arm.Handler {
	return func(r *arm.Request) (arm.Response, error) {
		doc, err := p.load(r.ID.String())
		if err != nil {
			return arm.Response{}, err
		}
		if doc == nil {
			return arm.Response{}, arm.Errorf(http.StatusNotFound, "ResourceNotFound",
				"The Resource '%s/%s' under resource group '%s' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix", TypeCluster, r.ID.Name(), r.ID.ResourceGroup)
		}
		if admin && on(doc.Body.Properties.DisableLocalAccounts) {
			return arm.Response{}, arm.BadRequestf("Getting static credential is not allowed because this cluster is set to disable local accounts.")
		}
		if doc.State == resource.Creating {
			return arm.Response{}, noControlPlane(doc.Name, "it is still being created")
		}
		text, err := p.kubeconfig(r.Context(), doc, admin)
		if err != nil {
			return arm.Response{}, err
		}
		name := "clusterUser"
		if admin {
			name = "clusterAdmin"
		}
		return arm.OK(Credentials{Kubeconfigs: []Kubeconfig{{Name: name, Value: text}}}), nil
	}
}

func noControlPlane(cluster, reason string) error {
	return arm.Errorf(http.StatusNotFound, "ControlPlaneNotFound", "Could not find control plane of the managed cluster '%s': %s.", cluster, reason)
}

// kubeconfig is the runtime's, except for users of a cluster that signs them in with Entra ID: theirs has no credential.
func (p *Provider) kubeconfig(ctx context.Context, doc *Document, admin bool) ([]byte, error) {
	aad := doc.Body.Properties.AADProfile
	entra := !admin && aad != nil && on(aad.Managed)
	text, err := p.runtime.Kubeconfig(ctx, doc.Body.UID, admin || entra)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noControlPlane(doc.Name, "it has never been ready")
	}
	if err != nil {
		return nil, fmt.Errorf("kubeconfig of cluster %s: %w", doc.Name, err)
	}
	if !entra {
		return text, nil
	}
	tenant := aad.TenantID
	if tenant == "" {
		tenant = p.core.Authority.TenantID
	}
	return entraKubeconfig(text, fmt.Sprintf("clusterUser_%s_%s", groupOf(doc.ID), doc.Name), tenant)
}
