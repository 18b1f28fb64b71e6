package clusters

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// Credentials is the response of listClusterUserCredential and listClusterAdminCredential.
type Credentials struct {
	Kubeconfigs []Kubeconfig `json:"kubeconfigs"`
}

// Kubeconfig is one file. JSON shows its value in base64.
type Kubeconfig struct {
	Name  string `json:"name"`
	Value []byte `json:"value"`
}

// credential returns the handler of one of the two actions.
func (p *Provider) credential(admin bool) arm.Handler {
	return func(r *arm.Request) (arm.Response, error) {
		doc, err := p.load(r.ID.String())
		if err != nil {
			return arm.Response{}, err
		}
		if doc == nil {
			return arm.Response{}, arm.Missing(r)
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

// checkFormat refuses formats other than 'exec' for users of Entra ID: 'azure' is a plugin that
// kubectl had until Kubernetes 1.26
// (https://learn.microsoft.com/azure/aks/kubelogin-authentication).
func checkFormat(doc *Document, format string, admin bool) error {
	if in(format, "", "exec") || admin || in(format, "azure") && !doc.Body.Properties.entraEnabled() {
		return nil
	}
	return invalid("format", "The format of a kubeconfig must be 'exec', not '%s'; 'azure' is for versions of kubectl before 1.26.", format)
}

// withServer sets the host name of the API server that the caller asks for: a private cluster also
// has a public name, unless it is disabled. The texts are inferred.
func withServer(text []byte, p *Properties, kind string) ([]byte, error) {
	switch {
	case in(kind, "", "private"):
		return text, nil
	case !in(kind, "public"):
		return nil, invalid("server-fqdn", "The kind of host name must be 'public', not '%s'.", kind)
	case p.FQDN == "":
		return nil, arm.BadRequestf("The cluster is private and its public host name is disabled.").At("server-fqdn")
	}
	return bytes.ReplaceAll(text, []byte("https://"+p.host()+":"), []byte("https://"+p.FQDN+":")), nil
}

// kubeconfig returns the kubeconfig of the runtime or, for users of a cluster with Entra ID, one
// without a credential.
func (p *Provider) kubeconfig(ctx context.Context, doc *Document, admin bool) ([]byte, error) {
	entra := !admin && doc.Body.Properties.entraEnabled()
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
	tenant := cmp.Or(doc.Body.Properties.AADProfile.TenantID, p.core.Authority.TenantID)
	return entraKubeconfig(text, fmt.Sprintf("clusterUser_%s_%s", groupOf(doc.ID), doc.Name), tenant)
}
