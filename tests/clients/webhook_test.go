package clients

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The labels and annotations of
// https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html.
const (
	wi         = "azure.workload.identity/"
	use        = wi + "use"
	clientID   = wi + "client-id"
	tenantID   = wi + "tenant-id"
	expiration = wi + "service-account-token-expiration"
	skip       = wi + "skip-containers"
	proxy      = wi + "inject-proxy-sidecar"
	proxyPort  = wi + "proxy-sidecar-port"
)

// mutated is what the webhook has done to a pod.
type mutated struct {
	// Env has the AZURE_ variables of each container that has any, as NAME=value.
	Env map[string][]string
	// Init lists the init containers.
	Init []string
	// Token is the projected token: audience, lifetime in seconds, path, and the containers that
	// mount it.
	Token *token
	// Port is where the sidecar listens.
	Port int32
}

type token struct {
	Audience string
	Seconds  int64
	Path     string
	Mounts   []string
}

// webhookCases sends the pods of the webhook's documentation to the cluster, where the real webhook
// of AKS's add-on mutates them.
func (s *sdk) webhookCases(t *testing.T) {
	const id, other, elsewhere = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222", "33333333-3333-3333-3333-333333333333"
	tenant := sandbox.env["AZURE_TENANT_ID"]
	for name, annotations := range map[string]map[string]string{
		"plain": nil, "annotated": {clientID: id}, "abroad": {clientID: id, tenantID: elsewhere}, "hours": {clientID: id, expiration: "7200"},
		"forever": {clientID: id, expiration: "86401"},
	} {
		_, err := s.cluster.CoreV1().ServiceAccounts("shop").Create(t.Context(), account(name, annotations), metav1.CreateOptions{})
		require.NoError(t, err)
	}
	env := func(client, tenant string) []string {
		list := []string{"AZURE_AUTHORITY_HOST=https://login.microsoftonline.com/", "AZURE_FEDERATED_TOKEN_FILE=/var/run/secrets/azure/wi/token/azure-identity-token"}
		if client != "" {
			list = append(list, "AZURE_CLIENT_ID="+client)
		}
		if tenant != "" {
			list = append(list, "AZURE_TENANT_ID="+tenant)
		}
		slices.Sort(list)
		return list
	}
	of := func(seconds int64, containers ...string) *token {
		return &token{"api://AzureADTokenExchange", seconds, "token/azure-identity-token", containers}
	}
	all := func(vars []string) map[string][]string {
		return map[string][]string{"app": vars, "helper": vars, "setup": vars}
	}
	everywhere := of(3600, "setup", "app", "helper")
	labelled := map[string]string{use: "true"}
	for reason, c := range map[string]struct {
		account     string
		labels      map[string]string
		annotations map[string]string
		change      func(*corev1.PodSpec)
		want        mutated
		refusal     string
	}{
		"no label": {account: "annotated", want: mutated{Init: []string{"setup"}}},
		"the label with another value": {
			account: "annotated", labels: map[string]string{use: "false"}, want: mutated{Init: []string{"setup"}},
		},
		"the label": {
			account: "annotated", labels: labelled,
			want: mutated{Env: all(env(id, tenant)), Init: []string{"setup"}, Token: everywhere},
		},
		"a service account without annotations": {
			account: "plain", labels: labelled,
			want: mutated{Env: all(env("", tenant)), Init: []string{"setup"}, Token: everywhere},
		},
		"a tenant of the service account's own": {
			account: "abroad", labels: labelled,
			want: mutated{Env: all(env(id, elsewhere)), Init: []string{"setup"}, Token: everywhere},
		},
		"a variable that the container sets itself": {
			account: "annotated", labels: labelled,
			change: func(p *corev1.PodSpec) {
				p.Containers[0].Env = []corev1.EnvVar{{Name: "AZURE_CLIENT_ID", Value: other}}
			},
			want: mutated{
				Env:  map[string][]string{"app": env(other, tenant), "helper": env(id, tenant), "setup": env(id, tenant)},
				Init: []string{"setup"}, Token: everywhere,
			},
		},
		"containers that are skipped": {
			account: "annotated", labels: labelled, annotations: map[string]string{skip: "helper; setup"},
			want: mutated{Env: map[string][]string{"app": env(id, tenant)}, Init: []string{"setup"}, Token: of(3600, "app")},
		},
		"a lifetime of the pod": {
			account: "annotated", labels: labelled, annotations: map[string]string{expiration: "4000"},
			want: mutated{Env: all(env(id, tenant)), Init: []string{"setup"}, Token: of(4000, "setup", "app", "helper")},
		},
		"a lifetime of the service account": {
			account: "hours", labels: labelled,
			want: mutated{Env: all(env(id, tenant)), Init: []string{"setup"}, Token: of(7200, "setup", "app", "helper")},
		},
		"a lifetime of the pod before one of the service account": {
			account: "hours", labels: labelled, annotations: map[string]string{expiration: "86400"},
			want: mutated{Env: all(env(id, tenant)), Init: []string{"setup"}, Token: of(86400, "setup", "app", "helper")},
		},
		"a lifetime below an hour": {
			account: "annotated", labels: labelled, annotations: map[string]string{expiration: "3599"},
			refusal: "token expiration 3599 not valid. Expected value to be between 3600 and 86400",
		},
		"a lifetime above a day, of the service account": {account: "forever", labels: labelled, refusal: "token expiration 86401 not valid"},
		"a lifetime that is no number": {
			account: "annotated", labels: labelled, annotations: map[string]string{expiration: "1h"}, refusal: `parsing "1h": invalid syntax`,
		},
		"the proxy sidecar": {
			account: "annotated", labels: labelled, annotations: map[string]string{proxy: "true"},
			want: mutated{
				Env:  map[string][]string{"app": env(id, tenant), "helper": env(id, tenant), "setup": env(id, tenant), "azwi-proxy": env(id, tenant), "azwi-proxy-init": env(id, tenant)},
				Init: []string{"azwi-proxy", "setup", "azwi-proxy-init"}, Token: of(3600, "azwi-proxy", "setup", "azwi-proxy-init", "app", "helper"), Port: 8000,
			},
		},
		// The documentation says that the default is "false"; the webhook looks for the annotation
		// only.
		"the proxy sidecar, with the value false": {
			account: "annotated", labels: labelled, annotations: map[string]string{proxy: "false", proxyPort: "8080"},
			want: mutated{
				Env:  map[string][]string{"app": env(id, tenant), "helper": env(id, tenant), "setup": env(id, tenant), "azwi-proxy": env(id, tenant), "azwi-proxy-init": env(id, tenant)},
				Init: []string{"azwi-proxy", "setup", "azwi-proxy-init"}, Token: of(3600, "azwi-proxy", "setup", "azwi-proxy-init", "app", "helper"), Port: 8080,
			},
		},
		"the proxy sidecar on the network of the node": {
			account: "annotated", labels: labelled, annotations: map[string]string{proxy: "true"},
			change:  func(p *corev1.PodSpec) { p.HostNetwork = true },
			refusal: "hostNetwork is set to true, cannot inject proxy sidecar",
		},
		"a port of the proxy that is no number": {
			account: "annotated", labels: labelled, annotations: map[string]string{proxy: "true", proxyPort: "http"}, refusal: "failed to parse proxy sidecar port",
		},
		"a service account that does not exist": {account: "none", labels: labelled, refusal: `"none" not found`},
	} {
		t.Run(reason, func(t *testing.T) {
			pod := &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: "app", Labels: c.labels, Annotations: c.annotations},
				Spec: corev1.PodSpec{
					ServiceAccountName: c.account, InitContainers: []corev1.Container{{Name: "setup", Image: "example.com/setup"}},
					Containers: []corev1.Container{{Name: "app", Image: "example.com/app"}, {Name: "helper", Image: "example.com/helper"}},
				},
			}
			if c.change != nil {
				c.change(&pod.Spec)
			}
			got, err := s.cluster.CoreV1().Pods("shop").Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
			if c.refusal != "" {
				require.ErrorContains(t, err, c.refusal)
				return
			}
			require.NoError(t, err)
			if diff := cmp.Diff(c.want, summary(got)); diff != "" {
				t.Errorf("the pod (-want +got)\n%s", diff)
			}
		})
	}
}

// summary returns what the webhook has done to a pod.
func summary(pod *corev1.Pod) mutated {
	var m mutated
	volume := ""
	for _, v := range pod.Spec.Volumes {
		if !strings.HasPrefix(v.Name, "azure-workload-identity-reserved-") || v.Projected == nil {
			continue
		}
		source := v.Projected.Sources[0].ServiceAccountToken
		volume, m.Token = v.Name, &token{Audience: source.Audience, Seconds: *source.ExpirationSeconds, Path: source.Path}
	}
	for _, c := range pod.Spec.InitContainers {
		m.Init = append(m.Init, c.Name)
	}
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, v := range c.Env {
			if strings.HasPrefix(v.Name, "AZURE_") {
				if m.Env == nil {
					m.Env = map[string][]string{}
				}
				m.Env[c.Name] = append(m.Env[c.Name], v.Name+"="+v.Value)
			}
		}
		slices.Sort(m.Env[c.Name])
		for _, mount := range c.VolumeMounts {
			if volume != "" && mount.Name == volume {
				m.Token.Mounts = append(m.Token.Mounts, c.Name)
			}
		}
		if c.Name == "azwi-proxy" {
			m.Port = c.Ports[0].ContainerPort
		}
	}
	return m
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

func account(name string, annotations map[string]string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: annotations}}
}

// claim returns a claim of the access token that a credential gets for Resource Manager.
func claim(t *testing.T, credential azcore.TokenCredential, name string) string {
	t.Helper()
	got, err := credential.GetToken(t.Context(), forARM)
	require.NoError(t, err)
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(got.Token, ".")[1])
	require.NoError(t, err)
	var claims map[string]any
	require.NoError(t, json.Unmarshal(payload, &claims))
	text, _ := claims[name].(string)
	require.NotEmpty(t, text)
	return text
}
