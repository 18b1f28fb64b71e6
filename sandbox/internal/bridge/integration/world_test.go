package integration

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/entra"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/native"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// clusters stands for AKS's machinery, which this test is not about.
type clusters struct{}

func (clusters) Start(context.Context, azure.ClusterSpec) error { return nil }
func (clusters) Delete(context.Context, string) error           { return nil }
func (clusters) Kubeconfig(context.Context, string, bool) ([]byte, error) {
	return []byte("apiVersion: v1\nkind: Config\nclusters:\n- name: aks\n  cluster: {server: https://aks.invalid:443, certificate-authority-data: Y2E=}\n"), nil
}

// world is an Azure with the two providers on it.
type world struct {
	t              *testing.T
	azure          *azure.Azure
	account        azure.Account
	native, entra  plugin.Provider
	transport      bridgetest.Router
	getenv         func(string) string
	subscriptionID string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	var handler func(string) http.Handler
	w.transport = func(host string) http.Handler { return handler(host) }
	a, err := azure.Open(t.Context(), azure.Options{
		Dir: t.TempDir(), Clusters: clusters{}, HTTP: &http.Client{Transport: w.transport},
		Profile: azure.Profile{FederatedCredentialWriteWindow: -1, PrincipalReplicationDelay: -1},
		Log:     slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	handler = a.Handler
	w.azure, w.account = a, a.Account()
	w.subscriptionID = w.account.SubscriptionID
	assertion, err := a.DeployerAssertion(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "deployer.jwt")
	if err := os.WriteFile(file, []byte(assertion), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{
		"ARM_CLIENT_ID": w.account.Deployer.ClientID, "ARM_TENANT_ID": w.account.TenantID,
		"ARM_SUBSCRIPTION_ID": w.account.SubscriptionID, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": file,
	}
	w.getenv = func(name string) string { return vars[name] }
	retry := policy.RetryOptions{MaxRetries: 1, RetryDelay: time.Millisecond}
	n, err := native.New(native.Options{Getenv: w.getenv, Transport: w.transport, Retry: retry})
	if err != nil {
		t.Fatal(err)
	}
	e, err := entra.New(entra.Options{Getenv: w.getenv, Transport: w.transport, Retry: retry})
	if err != nil {
		t.Fatal(err)
	}
	w.native, w.entra = n, e
	for _, p := range []plugin.Provider{n, e} {
		if _, err := p.Configure(t.Context(), plugin.ConfigureRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// life is one resource of a test: its inputs, and the inputs after a change in place.
type life struct {
	p             plugin.Provider
	token, name   string
	inputs, later resource.PropertyMap
	// unread are inputs that an import cannot find out.
	unread []string
	// noImport is true for a type whose id does not say enough for an import.
	noImport bool
}

func (l life) urn() (resource.URN, string, tokens.Type) {
	return resource.URN("urn:pulumi:local::proj::" + l.token + "::" + l.name), l.name, tokens.Type(l.token)
}

// made is what exists of a life.
type made struct {
	life
	id      resource.ID
	checked resource.PropertyMap
	outputs resource.PropertyMap
}

func (w *world) check(l life, news, olds resource.PropertyMap) resource.PropertyMap {
	w.t.Helper()
	req := plugin.CheckRequest{News: news, Olds: olds, RandomSeed: []byte(l.name)}
	req.URN, req.Name, req.Type = l.urn()
	res, err := l.p.Check(w.t.Context(), req)
	if err != nil || len(res.Failures) > 0 {
		w.t.Fatalf("%s: Check: %v %v", l.name, err, res.Failures)
	}
	return res.Properties
}

// create makes the resource and takes it through a refresh, a change in place, a change back and an import.
func (w *world) create(l life) *made {
	w.t.Helper()
	m := &made{life: l, checked: w.check(l, l.inputs, nil)}
	req := plugin.CreateRequest{Properties: m.checked}
	req.URN, req.Name, req.Type = l.urn()
	res, err := l.p.Create(w.t.Context(), req)
	if err != nil {
		w.t.Fatalf("%s: Create: %v", l.name, err)
	}
	m.id, m.outputs = res.ID, res.Properties
	w.refresh(m, "created")
	if l.later != nil {
		w.update(m, w.check(l, l.later, m.checked))
		w.refresh(m, "updated")
	}
	if !l.noImport {
		w.imports(m)
	}
	return m
}

// refresh reads the resource and expects no drift, in inputs or outputs.
func (w *world) refresh(m *made, when string) {
	w.t.Helper()
	got := w.read(m, m.checked, m.outputs)
	if diff := cmp.Diff(value.Bare(m.checked).Mappable(), value.Bare(got.Inputs).Mappable()); diff != "" {
		w.t.Errorf("%s, %s: a refresh changes the inputs (-want +got)\n%s", m.name, when, diff)
	}
	if diff := cmp.Diff(value.Bare(m.outputs).Mappable(), value.Bare(got.Outputs).Mappable()); diff != "" {
		w.t.Errorf("%s, %s: a refresh changes the outputs (-want +got)\n%s", m.name, when, diff)
	}
}

func (w *world) read(m *made, inputs, state resource.PropertyMap) plugin.ReadResponse {
	w.t.Helper()
	req := plugin.ReadRequest{ID: m.id, Inputs: inputs, State: state}
	req.URN, req.Name, req.Type = m.urn()
	res, err := m.p.Read(w.t.Context(), req)
	if err != nil {
		w.t.Fatalf("%s: Read: %v", m.name, err)
	}
	return res
}

func (w *world) update(m *made, news resource.PropertyMap) {
	w.t.Helper()
	diff := plugin.DiffRequest{ID: m.id, OldInputs: m.checked, NewInputs: news, OldOutputs: m.outputs}
	diff.URN, diff.Name, diff.Type = m.urn()
	change, err := m.p.Diff(w.t.Context(), diff)
	if err != nil || change.Changes != plugin.DiffSome || change.Replace() {
		w.t.Fatalf("%s: Diff: %v %+v; want a change in place", m.name, err, change)
	}
	req := plugin.UpdateRequest{ID: m.id, OldInputs: m.checked, NewInputs: news, OldOutputs: m.outputs}
	req.URN, req.Name, req.Type = m.urn()
	res, err := m.p.Update(w.t.Context(), req)
	if err != nil {
		w.t.Fatalf("%s: Update: %v", m.name, err)
	}
	m.checked, m.outputs = news, res.Properties
}

// imports reads the resource by its id alone and expects every input back, and inputs that Check accepts.
func (w *world) imports(m *made) {
	w.t.Helper()
	got := w.read(m, nil, nil)
	if got.ID != m.id {
		w.t.Errorf("%s: the id changed from %s to %s", m.name, m.id, got.ID)
	}
	w.check(m.life, got.Inputs, nil)
	found := value.Bare(got.Inputs)
	for k := range value.Bare(m.checked) {
		if _, ok := found[k]; !ok && k[0] != '_' && !contains(m.unread, string(k)) {
			w.t.Errorf("%s: an import lacks the input %s", m.name, k)
		}
	}
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// remove deletes the resource, twice, and expects a refresh to find nothing.
func (w *world) remove(m *made) {
	w.t.Helper()
	for range 2 {
		req := plugin.DeleteRequest{ID: m.id, Inputs: m.checked, Outputs: m.outputs}
		req.URN, req.Name, req.Type = m.urn()
		if _, err := m.p.Delete(w.t.Context(), req); err != nil {
			w.t.Errorf("%s: Delete: %v", m.name, err)
			return
		}
	}
	if got := w.read(m, m.checked, m.outputs); got.ID != "" {
		w.t.Errorf("%s is still there", m.name)
	}
}

func (m *made) text(path string) string {
	v, _, _ := value.Unwrap(m.outputs[resource.PropertyKey(path)])
	if !v.IsString() {
		return ""
	}
	return v.StringValue()
}

func tokensOf(token string) tokens.ModuleMember { return tokens.ModuleMember(token) }

func props(pairs ...any) resource.PropertyMap {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return value.FromMap(m)
}

type object = map[string]any
