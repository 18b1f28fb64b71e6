package aks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// The paths of the reviewer. It is the authentication and authorisation webhook of a cluster whose
// users sign in with Entra ID, as AKS has one.
const (
	authenticatePath = "/authenticate"
	authorizePath    = "/authorize"
	// maxReview limits the size of a review, in bytes.
	maxReview = 1 << 20
)

// reviewer serves TokenReview and SubjectAccessReview.
type reviewer struct{ access azure.ClusterAccess }

func (r reviewer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, maxReview))
	var answer any
	switch {
	case err != nil:
	case req.URL.Path == authenticatePath:
		answer, err = r.authenticate(req.Context(), body)
	case req.URL.Path == authorizePath:
		answer, err = r.authorize(req.Context(), body)
	default:
		http.NotFound(w, req)
		return
	}
	if err != nil {
		// The error is left out, because it may hold a part of the token, and the API server writes
		// this text to its log.
		http.Error(w, "the review failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (r reviewer) authenticate(ctx context.Context, body []byte) (any, error) {
	var review authenticationv1.TokenReview
	if err := json.Unmarshal(body, &review); err != nil {
		return nil, err
	}
	user, err := r.access.Authenticate(ctx, review.Spec.Token)
	if err != nil {
		return nil, err
	}
	review.Spec.Token = ""
	review.Status = authenticationv1.TokenReviewStatus{}
	if user != nil {
		review.Status.Authenticated = true
		review.Status.User = authenticationv1.UserInfo{Username: user.Name, Groups: user.Groups, Extra: map[string]authenticationv1.ExtraValue{"oid": {user.Name}}}
	}
	return review, nil
}

func (r reviewer) authorize(ctx context.Context, body []byte) (any, error) {
	var review authorizationv1.SubjectAccessReview
	if err := json.Unmarshal(body, &review); err != nil {
		return nil, err
	}
	attempt := azure.ClusterAttempt{User: review.Spec.User, Groups: review.Spec.Groups}
	if a := review.Spec.ResourceAttributes; a != nil {
		attempt.Verb, attempt.Namespace, attempt.Group, attempt.Resource, attempt.Subresource = a.Verb, a.Namespace, a.Group, a.Resource, a.Subresource
	}
	if a := review.Spec.NonResourceAttributes; a != nil {
		attempt.Verb, attempt.Path = a.Verb, a.Path
	}
	allowed, reason, err := r.access.Authorize(ctx, attempt)
	if err != nil {
		return nil, err
	}
	review.Status = authorizationv1.SubjectAccessReviewStatus{Allowed: allowed, Reason: reason}
	return review, nil
}

// internalTLS returns the TLS settings of a server for the control plane's internal connections.
func internalTLS(f pki.Files) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(f.TunnelServer.Cert, f.TunnelServer.Key)
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(f.InternalCA.Cert)
	if err != nil {
		return nil, err
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(authority)
	return &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13,
	}, nil
}

// reviewArgs returns the API server's flags for the reviewer. Its answers are cached for a few
// seconds only, so that a new or removed role takes effect soon.
func reviewArgs(l layout, e *azure.EntraSpec) []string {
	if e == nil {
		return nil
	}
	args := []string{
		"--authentication-token-webhook-config-file=" + l.reviewer(authenticatePath),
		"--authentication-token-webhook-version=v1",
		"--authentication-token-webhook-cache-ttl=10s",
	}
	if !e.AzureRBAC {
		return args
	}
	return append(args,
		// This flag adds a mode to those of the earlier flag: Azure's roles are checked after
		// Kubernetes' own, as on AKS.
		"--authorization-mode=Webhook",
		"--authorization-webhook-config-file="+l.reviewer(authorizePath),
		"--authorization-webhook-version=v1",
		"--authorization-webhook-cache-authorized-ttl=5s",
		"--authorization-webhook-cache-unauthorized-ttl=1s",
	)
}

// adminBinding is AKS's name for the binding of the admin groups.
const adminBinding = "aks-cluster-admin-binding-aad"

// bindAdmins binds the admin groups to cluster-admin, and removes groups that are no longer admins.
func (i *instance) bindAdmins(ctx context.Context, e *azure.EntraSpec) error {
	bindings := i.admin.RbacV1().ClusterRoleBindings()
	want := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: adminBinding},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
	}
	if e != nil {
		for _, group := range e.AdminGroups {
			want.Subjects = append(want.Subjects, rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: group})
		}
	}
	have, err := bindings.Get(ctx, adminBinding, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err) && len(want.Subjects) == 0:
		return nil
	case apierrors.IsNotFound(err):
		_, err = bindings.Create(ctx, want, metav1.CreateOptions{})
	case err == nil && !equality.Semantic.DeepEqual(have.Subjects, want.Subjects):
		have.Subjects = want.Subjects
		_, err = bindings.Update(ctx, have, metav1.UpdateOptions{})
	}
	if err != nil {
		return fmt.Errorf("admin groups: %w", err)
	}
	return nil
}
