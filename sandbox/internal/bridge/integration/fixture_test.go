package integration

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/entra"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/native"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// clusters replaces the clusters' processes, which these tests do not need.
type clusters struct{}

func (clusters) Start(context.Context, azure.ClusterSpec) error { return nil }
func (clusters) Delete(context.Context, string) error           { return nil }
func (clusters) Kubeconfig(context.Context, string, bool) ([]byte, error) {
	return []byte("apiVersion: v1\nkind: Config\nclusters:\n- name: aks\n  cluster: {server: https://aks.invalid:443, certificate-authority-data: Y2E=}\n"), nil
}

// fixture is an Azure with the two providers.
type fixture struct {
	t              *testing.T
	azure          *azure.Azure
	account        azure.Account
	native, entra  plugin.Provider
	transport      bridgetest.Router
	getenv         func(string) string
	subscriptionID string
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t}
	var handler func(string) http.Handler
	f.transport = func(host string) http.Handler { return handler(host) }
	a, err := azure.Open(t.Context(), azure.Options{
		Dir: t.TempDir(), Clusters: clusters{}, HTTP: &http.Client{Transport: f.transport},
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
	f.azure, f.account = a, a.Account()
	f.subscriptionID = f.account.SubscriptionID
	assertion, err := a.DeployerAssertion(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "deployer.jwt")
	if err := os.WriteFile(file, []byte(assertion), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{
		"ARM_CLIENT_ID": f.account.Deployer.ClientID, "ARM_TENANT_ID": f.account.TenantID,
		"ARM_SUBSCRIPTION_ID": f.account.SubscriptionID, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": file,
	}
	f.getenv = func(name string) string { return vars[name] }
	options := bridge.Options{
		Getenv: f.getenv, Transport: f.transport, Retry: policy.RetryOptions{MaxRetries: 1, RetryDelay: time.Millisecond},
	}
	n, err := native.New(options)
	if err != nil {
		t.Fatal(err)
	}
	e, err := entra.New(options)
	if err != nil {
		t.Fatal(err)
	}
	f.native, f.entra = n, e
	for _, p := range []plugin.Provider{n, e} {
		if _, err := p.Configure(t.Context(), plugin.ConfigureRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// scenario is one resource of a test: its inputs, and the inputs after a change in place.
type scenario struct {
	p             plugin.Provider
	token, name   string
	inputs, later resource.PropertyMap
	// unread lists the inputs that an import cannot read.
	unread []string
	// noImport is true for a type that cannot be imported by its ID.
	noImport bool
}

func (l scenario) urn() (resource.URN, string, tokens.Type) {
	return resource.URN("urn:pulumi:local::proj::" + l.token + "::" + l.name), l.name, tokens.Type(l.token)
}

// existing is the created resource of a scenario.
type existing struct {
	scenario
	id      resource.ID
	checked resource.PropertyMap
	outputs resource.PropertyMap
}

func (f *fixture) check(l scenario, news, olds resource.PropertyMap) resource.PropertyMap {
	f.t.Helper()
	req := plugin.CheckRequest{News: news, Olds: olds, RandomSeed: []byte(l.name)}
	req.URN, req.Name, req.Type = l.urn()
	res, err := l.p.Check(f.t.Context(), req)
	if err != nil || len(res.Failures) > 0 {
		f.t.Fatalf("%s: Check: %v %v", l.name, err, res.Failures)
	}
	return res.Properties
}

// create creates the resource, and tests a refresh, a change in place and an import.
func (f *fixture) create(l scenario) *existing {
	f.t.Helper()
	m := &existing{scenario: l, checked: f.check(l, l.inputs, nil)}
	req := plugin.CreateRequest{Properties: m.checked}
	req.URN, req.Name, req.Type = l.urn()
	res, err := l.p.Create(f.t.Context(), req)
	if err != nil {
		f.t.Fatalf("%s: Create: %v", l.name, err)
	}
	m.id, m.outputs = res.ID, res.Properties
	f.refresh(m, "created")
	if l.later != nil {
		f.update(m, f.check(l, l.later, m.checked))
		f.refresh(m, "updated")
	}
	if !l.noImport {
		f.imports(m)
	}
	return m
}

// refresh reads the resource and expects no drift, in inputs or outputs.
func (f *fixture) refresh(m *existing, when string) {
	f.t.Helper()
	got := f.read(m, m.checked, m.outputs)
	if diff := cmp.Diff(value.Bare(m.checked).Mappable(), value.Bare(got.Inputs).Mappable()); diff != "" {
		f.t.Errorf("%s, %s: a refresh changes the inputs (-want +got)\n%s", m.name, when, diff)
	}
	if diff := cmp.Diff(value.Bare(m.outputs).Mappable(), value.Bare(got.Outputs).Mappable()); diff != "" {
		f.t.Errorf("%s, %s: a refresh changes the outputs (-want +got)\n%s", m.name, when, diff)
	}
}

func (f *fixture) read(m *existing, inputs, state resource.PropertyMap) plugin.ReadResponse {
	f.t.Helper()
	req := plugin.ReadRequest{ID: m.id, Inputs: inputs, State: state}
	req.URN, req.Name, req.Type = m.urn()
	res, err := m.p.Read(f.t.Context(), req)
	if err != nil {
		f.t.Fatalf("%s: Read: %v", m.name, err)
	}
	return res
}

func (f *fixture) update(m *existing, news resource.PropertyMap) {
	f.t.Helper()
	diff := plugin.DiffRequest{ID: m.id, OldInputs: m.checked, NewInputs: news, OldOutputs: m.outputs}
	diff.URN, diff.Name, diff.Type = m.urn()
	change, err := m.p.Diff(f.t.Context(), diff)
	if err != nil || change.Changes != plugin.DiffSome || change.Replace() {
		f.t.Fatalf("%s: Diff: %v %+v; want a change in place", m.name, err, change)
	}
	req := plugin.UpdateRequest{ID: m.id, OldInputs: m.checked, NewInputs: news, OldOutputs: m.outputs}
	req.URN, req.Name, req.Type = m.urn()
	res, err := m.p.Update(f.t.Context(), req)
	if err != nil {
		f.t.Fatalf("%s: Update: %v", m.name, err)
	}
	m.checked, m.outputs = news, res.Properties
}

// imports reads the resource by its ID alone and expects all inputs, and inputs that Check accepts.
func (f *fixture) imports(m *existing) {
	f.t.Helper()
	got := f.read(m, nil, nil)
	if got.ID != m.id {
		f.t.Errorf("%s: the id changed from %s to %s", m.name, m.id, got.ID)
	}
	f.check(m.scenario, got.Inputs, nil)
	found := value.Bare(got.Inputs)
	if defaults := m.checked["__defaults"]; defaults.IsArray() {
		// The check after an import sets them again.
		for _, name := range defaults.ArrayValue() {
			m.unread = append(m.unread, name.StringValue())
		}
	}
	for k := range value.Bare(m.checked) {
		if _, ok := found[k]; !ok && k[0] != '_' && !slices.Contains(m.unread, string(k)) {
			f.t.Errorf("%s: an import lacks the input %s", m.name, k)
		}
	}
}

// remove deletes the resource and expects a refresh to find nothing. A second deletion fails if the
// real provider cannot delete what is gone: objects of the directory, and resource groups.
func (f *fixture) remove(m *existing) {
	f.t.Helper()
	req := plugin.DeleteRequest{ID: m.id, Inputs: m.checked, Outputs: m.outputs}
	req.URN, req.Name, req.Type = m.urn()
	if _, err := m.p.Delete(f.t.Context(), req); err != nil {
		f.t.Errorf("%s: Delete: %v", m.name, err)
		return
	}
	strict := strings.HasPrefix(m.token, "azuread:") || m.token == "azure-native:resources:ResourceGroup"
	if _, err := m.p.Delete(f.t.Context(), req); (err != nil) != strict {
		f.t.Errorf("%s: the second deletion: %v", m.name, err)
	}
	if got := f.read(m, m.checked, m.outputs); got.ID != "" {
		f.t.Errorf("%s is still there", m.name)
	}
}

func (m *existing) text(path string) string {
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
