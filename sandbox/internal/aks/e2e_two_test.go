//go:build e2e

package aks_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"sync"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

var errStillAllowed = errors.New("still allowed")

// Object IDs of the users and the group in this test's tokens.
const reader, admin, adminGroup = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002", "aaaaaaaa-0000-4000-8000-0000000000ff"

// entra accepts two tokens, and lets the reader read ConfigMaps.
type entra struct{}

func (entra) Authenticate(_ context.Context, token string) (*azure.ClusterUser, error) {
	switch token {
	case "token-of-reader":
		return &azure.ClusterUser{Name: reader}, nil
	case "token-of-admin":
		return &azure.ClusterUser{Name: admin, Groups: []string{adminGroup}}, nil
	}
	return nil, nil
}

func (entra) Authorize(_ context.Context, a azure.ClusterAttempt) (bool, string, error) {
	return a.User == reader && a.Resource == "configmaps" && (a.Verb == "get" || a.Verb == "list"), "not in Azure", nil
}

// other returns the spec of a second cluster: private, with users of Entra ID and Azure's roles.
func other() azure.ClusterSpec {
	s := spec()
	s.UID, s.Name, s.NodeResourceGroup = "9b2f5c0e-0000-4000-8000-0000000000c2", "aks-two", "MC_rg-e2e_aks-two_eastus"
	s.ResourceID = "/subscriptions/00000000-0000-0000-0000-00000000aaaa/resourceGroups/rg-e2e/providers/Microsoft.ContainerService/managedClusters/aks-two"
	s.IssuerURL = "https://eastus.oic.prod-aks.azure.com/" + tenant + "/9b2f5c0e-0000-4000-8000-0000000000c2/"
	s.FQDN, s.PublicFQDN = "aks-two-a1b2c3d4.9b2f5c0e.privatelink.eastus.azmk8s.io", "aks-two-a1b2c3d4.hcp.eastus.azmk8s.io"
	s.Entra = &azure.EntraSpec{AdminGroups: []string{adminGroup}, AzureRBAC: true, Access: entra{}}
	s.ServiceRange, s.PodRange = "172.20.64.0/20", "192.168.0.0/16"
	return s
}

// reach returns a client of a cluster by one of its host names. With a token, the client has no
// certificate.
func reach(t *testing.T, r *aks.Runtime, s azure.ClusterSpec, host, token string) kubernetes.Interface {
	t.Helper()
	text, err := r.Kubeconfig(t.Context(), s.UID, true)
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	addr, ok := r.Addr(host)
	if !ok {
		t.Fatalf("no address for %s", host)
	}
	config.Host, config.TLSClientConfig.ServerName = "https://"+addr, host
	if token != "" {
		config = &rest.Config{Host: config.Host, BearerToken: token, TLSClientConfig: rest.TLSClientConfig{CAData: config.CAData, ServerName: host}}
	}
	c, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTwoClustersAtOnce starts two clusters at the same moment. Each has its own issuer, names and
// users.
func TestTwoClustersAtOnce(t *testing.T) {
	r := newRuntime(t, t.TempDir(), buildSandbox(t), chartDir(t))
	var wait sync.WaitGroup
	for _, s := range []azure.ClusterSpec{spec(), other()} {
		wait.Go(func() { t.Logf("%s: %s", s.Name, start(t, r, s)) })
	}
	wait.Wait()
	if n := len(r.Status()); n != 2 {
		t.Fatalf("%d clusters run", n)
	}
	logMemory(t, r)

	t.Run("each has its own issuer", func(t *testing.T) {
		for _, s := range []azure.ClusterSpec{spec(), other()} {
			rec := httptest.NewRecorder()
			r.IssuerHandler().ServeHTTP(rec, httptest.NewRequest("GET", s.IssuerURL+".well-known/openid-configuration", nil))
			var doc struct{ Issuer string }
			if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || doc.Issuer != s.IssuerURL {
				t.Errorf("%s: issuer %q, %v", s.Name, doc.Issuer, err)
			}
		}
	})
	t.Run("a private cluster is reached by both its names", func(t *testing.T) {
		for _, host := range []string{other().FQDN, other().PublicFQDN} {
			if _, err := reach(t, r, other(), host, "").Discovery().ServerVersion(); err != nil {
				t.Errorf("%s: %v", host, err)
			}
		}
	})
	t.Run("services are in the cluster's range", func(t *testing.T) {
		for _, want := range []struct {
			spec azure.ClusterSpec
			ip   string
		}{{spec(), "10.0.0.1"}, {other(), "172.20.64.1"}} {
			got, err := reach(t, r, want.spec, want.spec.FQDN, "").CoreV1().Services("default").Get(t.Context(), "kubernetes", metav1.GetOptions{})
			if err != nil || got.Spec.ClusterIP != want.ip {
				t.Errorf("%s: %s, %v", want.spec.Name, got.Spec.ClusterIP, err)
			}
		}
	})
	t.Run("users of Entra ID", func(t *testing.T) {
		who := func(token string) (authenticationv1.UserInfo, error) {
			got, err := reach(t, r, other(), other().FQDN, token).AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
			return got.Status.UserInfo, err
		}
		if got, err := who("token-of-reader"); err != nil || got.Username != reader {
			t.Errorf("the reader is %+v, %v", got, err)
		}
		if _, err := who("unknown-token"); !apierrors.IsUnauthorized(err) {
			t.Errorf("an unknown token: %v", err)
		}
		maps := reach(t, r, other(), other().FQDN, "token-of-reader").CoreV1().ConfigMaps("default")
		if _, err := maps.List(t.Context(), metav1.ListOptions{}); err != nil {
			t.Errorf("the reader reads: %v", err)
		}
		_, err := maps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "x"}}, metav1.CreateOptions{})
		if !apierrors.IsForbidden(err) {
			t.Errorf("the reader writes: %v", err)
		}
		_, err = reach(t, r, other(), other().FQDN, "token-of-admin").CoreV1().ConfigMaps("default").Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "x"}}, metav1.CreateOptions{})
		if err != nil {
			t.Errorf("a member of an admin group writes: %v", err)
		}
		if _, err := reach(t, r, spec(), spec().FQDN, "token-of-admin").CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{}); !apierrors.IsUnauthorized(err) {
			t.Errorf("the token at a cluster without Entra ID: %v", err)
		}
	})
	t.Run("a removed admin group has no rights", func(t *testing.T) {
		changed := other()
		changed.Entra = &azure.EntraSpec{AzureRBAC: true, Access: entra{}}
		start(t, r, changed)
		eventually(t, "refusal", func() error {
			_, err := reach(t, r, other(), other().FQDN, "token-of-admin").CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
			if apierrors.IsForbidden(err) {
				return nil
			}
			return errStillAllowed
		})
	})
	t.Run("one is deleted and the other stays", func(t *testing.T) {
		if err := r.Delete(t.Context(), spec().UID); err != nil {
			t.Fatal(err)
		}
		if _, err := reach(t, r, other(), other().FQDN, "").CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{}); err != nil {
			t.Error(err)
		}
	})
}
