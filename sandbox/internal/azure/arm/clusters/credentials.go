package clusters

import (
	"bytes"
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
		query := r.URL.Query()
		if err := checkFormat(doc, query.Get("format"), admin); err != nil {
			return arm.Response{}, err
		}
		text, err := p.kubeconfig(r.Context(), doc, admin)
		if err != nil {
			return arm.Response{}, err
		}
		if text, err = withServer(text, &doc.Body.Properties, query.Get("server-fqdn")); err != nil {
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

// checkFormat: 'exec' is the only form that kubectl still has for users of Entra ID; 'azure' was its own plugin until
// Kubernetes 1.26 (https://learn.microsoft.com/azure/aks/kubelogin-authentication).
func checkFormat(doc *Document, format string, admin bool) error {
	if in(format, "", "exec") || admin || in(format, "azure") && !doc.Body.Properties.entra() {
		return nil
	}
	return invalid("format", "The format of a kubeconfig is 'exec', not '%s'; 'azure' is for versions of kubectl before 1.26.", format)
}

// withServer names the API server as the caller asks: a private cluster has a public name too, unless that is disabled.
// The texts are inferred.
func withServer(text []byte, p *Properties, kind string) ([]byte, error) {
	switch {
	case in(kind, "", "private"):
		return text, nil
	case !in(kind, "public"):
		return nil, invalid("server-fqdn", "The kind of host name is 'public', not '%s'.", kind)
	case p.FQDN == "":
		return nil, arm.BadRequestf("The cluster is private and its public host name is disabled.").At("server-fqdn")
	}
	return bytes.ReplaceAll(text, []byte("https://"+p.host()+":"), []byte("https://"+p.FQDN+":")), nil
}

// kubeconfig is the runtime's, except for users of a cluster that signs them in with Entra ID: theirs has no credential.
func (p *Provider) kubeconfig(ctx context.Context, doc *Document, admin bool) ([]byte, error) {
	aad := doc.Body.Properties.AADProfile
	entra := !admin && doc.Body.Properties.entra()
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
