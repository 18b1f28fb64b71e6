//go:build e2e

package aks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks"
)

const (
	clientID = "abcdefab-0000-4000-8000-000000000002"
	audience = "api://AzureADTokenExchange"
	webhook  = "azure-wi-webhook-controller-manager"
)

func testNodes(t *testing.T, kube kubernetes.Interface) {
	nodes, err := kube.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pools := map[string]int{}
	for _, n := range nodes.Items {
		pools[n.Labels["kubernetes.azure.com/agentpool"]+"/"+n.Labels["kubernetes.azure.com/mode"]]++
		if len(n.Spec.Taints) > 0 {
			t.Errorf("node %s has taints %v", n.Name, n.Spec.Taints)
		}
	}
	if diff := cmp.Diff(map[string]int{"system/system": 1, "user/user": 2}, pools); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func testNamespace(t *testing.T, kube kubernetes.Interface) {
	ns := kube.CoreV1().Namespaces()
	if _, err := ns.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "gone"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := ns.Delete(t.Context(), "gone", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "namespace gone", func() error {
		if _, err := ns.Get(t.Context(), "gone", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			return fmt.Errorf("still there: %v", err)
		}
		return nil
	})
}

func testIssuer(t *testing.T, r *aks.Runtime, kube kubernetes.Interface) {
	get := func(address string) (int, []byte) {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, u.Path, nil)
		req.Host = u.Host
		rec := httptest.NewRecorder()
		r.IssuerHandler().ServeHTTP(rec, req)
		return rec.Code, rec.Body.Bytes()
	}
	code, body := get(issuer + ".well-known/openid-configuration")
	var discovery struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(body, &discovery); err != nil || code != http.StatusOK {
		t.Fatalf("discovery: %d %s %v", code, body, err)
	}
	if discovery.Issuer != issuer {
		t.Errorf("issuer %q, want %q", discovery.Issuer, issuer)
	}
	code, body = get(discovery.JWKSURI)
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal(body, &keys); err != nil || code != http.StatusOK {
		t.Fatalf("keys: %d %s %v", code, body, err)
	}
	if len(keys.Keys) != 2 {
		t.Errorf("%d keys, want 2 as on AKS", len(keys.Keys))
	}
	if code, _ := get(strings.Replace(issuer, "9b2f", "0000", 1) + ".well-known/openid-configuration"); code != http.StatusNotFound {
		t.Errorf("unknown issuer: %d, want 404", code)
	}

	hour := int64(3600)
	token, err := kube.CoreV1().ServiceAccounts("default").CreateToken(t.Context(), "default", &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{Audiences: []string{audience}, ExpirationSeconds: &hour},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jwt.ParseSigned(token.Status.Token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	if err := parsed.Claims(keys, &claims); err != nil {
		t.Fatal(err)
	}
	if err := claims.Validate(jwt.Expected{Issuer: issuer, Subject: "system:serviceaccount:default:default", AnyAudience: jwt.Audience{audience}}); err != nil {
		t.Error(err)
	}
	if got := claims.Expiry.Time().Sub(claims.IssuedAt.Time()); got != time.Hour {
		t.Errorf("token lives %s, want 1h: no extension", got)
	}
}

func testOtherImage(t *testing.T, kube kubernetes.Interface) {
	pods := kube.CoreV1().Pods("default")
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "nginx"},
		Spec: corev1.PodSpec{
			NodeSelector: map[string]string{"kubernetes.azure.com/agentpool": "system"},
			Containers:   []corev1.Container{{Name: "c", Image: "nginx:1.27"}},
		},
	}
	if _, err := pods.Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "status", func() error {
		got, err := pods.Get(t.Context(), "nginx", metav1.GetOptions{})
		if err != nil {
			return err
		}
		if len(got.Status.ContainerStatuses) != 1 {
			return fmt.Errorf("status %+v", got.Status)
		}
		w := got.Status.ContainerStatuses[0].State.Waiting
		if got.Status.Phase != corev1.PodPending || w == nil || w.Reason != "ImagePullBackOff" || !strings.Contains(w.Message, "runs no containers") {
			return fmt.Errorf("status %+v", got.Status)
		}
		if !strings.HasPrefix(got.Spec.NodeName, "aks-system-") {
			return fmt.Errorf("on node %q", got.Spec.NodeName)
		}
		return nil
	})
	if err := pods.Delete(t.Context(), "nginx", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "pod gone", func() error {
		if _, err := pods.Get(t.Context(), "nginx", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			return fmt.Errorf("still there: %v", err)
		}
		return nil
	})
}

// mutate creates a labelled pod as a dry run and returns an error unless the webhook changed it.
func mutate(t *testing.T, kube kubernetes.Interface) error {
	t.Helper()
	pod, err := dryRun(t.Context(), kube)
	if err != nil {
		return err
	}
	env := map[string]string{}
	for _, e := range pod.Spec.Containers[0].Env {
		env[e.Name] = e.Value
	}
	want := map[string]string{
		"AZURE_CLIENT_ID":            clientID,
		"AZURE_TENANT_ID":            tenant,
		"AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/azure/wi/token/azure-identity-token",
		"AZURE_AUTHORITY_HOST":       "https://login.microsoftonline.com/",
	}
	if diff := cmp.Diff(want, env); diff != "" {
		return fmt.Errorf("environment -want +got:\n%s", diff)
	}
	for _, v := range pod.Spec.Volumes {
		if !strings.HasPrefix(v.Name, "azure-workload-identity-reserved-") {
			continue
		}
		token := v.Projected.Sources[0].ServiceAccountToken
		if token.Audience != audience || *token.ExpirationSeconds != 3600 {
			return fmt.Errorf("token volume %+v", token)
		}
		return nil
	}
	return fmt.Errorf("no token volume in %+v", pod.Spec.Volumes)
}

func dryRun(ctx context.Context, kube kubernetes.Interface) (*corev1.Pod, error) {
	return kube.CoreV1().Pods("default").Create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "app", Labels: map[string]string{"azure.workload.identity/use": "true"}},
		Spec:       corev1.PodSpec{ServiceAccountName: "app", Containers: []corev1.Container{{Name: "app", Image: "app:1"}}},
	}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
}

func testMutation(t *testing.T, kube kubernetes.Interface) {
	_, err := kube.CoreV1().ServiceAccounts("default").Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
		Name: "app", Annotations: map[string]string{"azure.workload.identity/client-id": clientID},
	}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "mutation", func() error { return mutate(t, kube) })
	begin := time.Now()
	if err := mutate(t, kube); err != nil {
		t.Fatal(err)
	}
	t.Logf("one admission: %s", time.Since(begin))
}

func testCrash(t *testing.T, r *aks.Runtime, kube kubernetes.Interface) {
	processes := r.Status()[0].Processes
	victim := processes[len(processes)-1]
	if err := syscall.Kill(victim.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_, name, _ := strings.Cut(victim.Name, "/")
	eventually(t, "restart", func() error {
		pod, err := kube.CoreV1().Pods(userNS).Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		c := pod.Status.ContainerStatuses[0]
		if c.RestartCount != 1 || !c.Ready || c.LastTerminationState.Terminated == nil || c.LastTerminationState.Terminated.ExitCode != 137 {
			return fmt.Errorf("container %+v", c)
		}
		return nil
	})
}

func testFailClosed(t *testing.T, kube kubernetes.Interface) {
	scale := func(n int32) {
		// A patch, because the deployment's controller may write at the same moment.
		patch := fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, n)
		if _, err := kube.AppsV1().Deployments(userNS).Patch(t.Context(), webhook, types.MergePatchType, patch, metav1.PatchOptions{}, "scale"); err != nil {
			t.Fatal(err)
		}
	}
	scale(0)
	eventually(t, "refusal", func() error {
		_, err := dryRun(t.Context(), kube)
		if err == nil || !strings.Contains(err.Error(), `no endpoints available for service "azure-wi-webhook-webhook-service"`) {
			return fmt.Errorf("got error %v", err)
		}
		return nil
	})
	scale(2)
	eventually(t, "mutation", func() error { return mutate(t, kube) })
}

func testAddon(t *testing.T, r *aks.Runtime, kube kubernetes.Interface, chart string) {
	with := spec()
	with.WorkloadIdentityAddon = true
	if err := r.Start(t.Context(), with); err == nil || !strings.Contains(err.Error(), "invalid ownership metadata") {
		t.Fatalf("add-on beside the chart: error %v, want Helm's about ownership", err)
	}
	begin := time.Now()
	uninstallUserChart(t, r)
	t.Logf("helm uninstall --wait: %s", time.Since(begin))
	t.Logf("add-on on: %s", start(t, r, with))
	if err := mutate(t, kube); err != nil {
		t.Errorf("with the add-on: %v", err)
	}
	if _, err := kube.AppsV1().Deployments("kube-system").Get(t.Context(), webhook, metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
	if err := helmInstall(t, r, chart); err == nil || !strings.Contains(err.Error(), "invalid ownership metadata") {
		t.Errorf("chart beside the add-on: error %v, want Helm's about ownership", err)
	}
	t.Logf("add-on off: %s", start(t, r, spec()))
	if _, err := kube.AppsV1().Deployments("kube-system").Get(t.Context(), webhook, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the add-on is still there: %v", err)
	}
}
