package aks

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/node"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
)

// issuerRole is Kubernetes' own role for reading the issuer's documents.
const issuerRole = "system:service-account-issuer-discovery"

// userAgent is the name by which the API server knows the requests of the sandbox itself.
const userAgent = "aks-sandbox"

// config returns a client configuration for the API server with one of the sandbox's certificates.
func (i *instance) config(identity pki.Pair) *rest.Config {
	return &rest.Config{
		Host: loopbackURL(i.ports.apiServer),
		TLSClientConfig: rest.TLSClientConfig{
			CAFile: i.files.ClusterCA.Cert, CertFile: identity.Cert, KeyFile: identity.Key,
		},
		// The API server is on loopback: the proxy of the daemon's environment is not used.
		Proxy:     func(*http.Request) (*url.URL, error) { return nil, nil },
		QPS:       200,
		Burst:     400,
		UserAgent: userAgent,
	}
}

// ensureAccess creates the roles of the node agent and of the issuer's reader, with the rights that
// they need and no others.
func ensureAccess(ctx context.Context, admin kubernetes.Interface) error {
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: pki.AgentUser}, Rules: node.Role()}
	roles := admin.RbacV1().ClusterRoles()
	existing, err := roles.Get(ctx, role.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		_, err = roles.Create(ctx, role, metav1.CreateOptions{})
	case err == nil && !equality.Semantic.DeepEqual(existing.Rules, role.Rules):
		existing.Rules = role.Rules
		_, err = roles.Update(ctx, existing, metav1.UpdateOptions{})
	}
	if err != nil {
		return fmt.Errorf("role of the node agent: %w", err)
	}
	for user, role := range map[string]string{pki.AgentUser: pki.AgentUser, pki.IssuerUser: issuerRole} {
		_, err := admin.RbacV1().ClusterRoleBindings().Create(ctx, &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: user},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
		}, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("role of %s: %w", user, err)
		}
	}
	return nil
}

// dropManagedFields removes the managed fields, which nothing here reads, so that the informers
// need less memory.
func dropManagedFields(obj any) (any, error) {
	if o, err := meta.Accessor(obj); err == nil {
		o.SetManagedFields(nil)
	}
	return obj, nil
}
