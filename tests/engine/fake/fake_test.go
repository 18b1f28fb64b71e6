package fake

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// The cases are taken from provider_diffconfig_test.go of pulumi-kubernetes: those on which the
// tests of package engine rely.
func TestTheKubernetesProviderIsReplaced(t *testing.T) {
	one, other := file(t, 1), file(t, 2)
	config := func(pairs ...string) resource.PropertyMap {
		m := texts(pairs...)
		for k, v := range m {
			if v.StringValue() == "?" {
				m[k] = unknown()
			}
		}
		return m
	}
	cases := map[string]struct {
		reason     string
		olds, news resource.PropertyMap
		want       []resource.PropertyKey
	}{
		"Same":              {reason: "nothing changed", olds: config("kubeconfig", one), news: config("kubeconfig", one)},
		"OtherCluster":      {reason: "the kubeconfig names another cluster", olds: config("kubeconfig", one), news: config("kubeconfig", other), want: keys("kubeconfig")},
		"Unknown":           {reason: "it may name another cluster", olds: config("kubeconfig", one), news: config("kubeconfig", "?"), want: keys("kubeconfig")},
		"UnknownIdentified": {reason: "the identifier is the same, so the cluster is", olds: config("kubeconfig", one, "clusterIdentifier", "a"), news: config("kubeconfig", "?", "clusterIdentifier", "a")},
		"OtherIdentified":   {reason: "the identifier alone decides", olds: config("kubeconfig", one, "clusterIdentifier", "a"), news: config("kubeconfig", other, "clusterIdentifier", "a")},
		"OtherIdentifier":   {reason: "another identifier is another cluster", olds: config("kubeconfig", one, "clusterIdentifier", "a"), news: config("kubeconfig", one, "clusterIdentifier", "b"), want: keys("clusterIdentifier")},
		"UnknownIdentifier": {reason: "an unknown identifier may be another", olds: config("kubeconfig", one, "clusterIdentifier", "a"), news: config("kubeconfig", "?", "clusterIdentifier", "?"), want: keys("clusterIdentifier", "kubeconfig")},
		"IdentifierAdded":   {reason: "turning it on replaces nothing", olds: config("kubeconfig", one), news: config("kubeconfig", one, "clusterIdentifier", "a")},
		"IdentifierRemoved": {reason: "turning it off replaces nothing", olds: config("kubeconfig", one, "clusterIdentifier", "a"), news: config("kubeconfig", one)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := &provider{world: NewWorld("platform")}
			got, err := p.diffConfig(t.Context(), plugin.DiffConfigRequest{
				URN: "urn:pulumi:dev::shop::pulumi:providers:kubernetes::k", OldOutputs: tc.olds, NewInputs: tc.news,
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.ReplaceKeys); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func keys(list ...resource.PropertyKey) []resource.PropertyKey { return list }

// file returns the kubeconfig of a cluster; another serial gives another cluster.
func file(t *testing.T, serial int) string {
	t.Helper()
	answer, err := credentials(&thing{serial: serial, state: texts("name", "main", "fqdn", fmt.Sprint("host", serial))})
	if err != nil {
		t.Fatal(err)
	}
	text, err := base64.StdEncoding.DecodeString(text(answer["kubeconfigs"].ArrayValue()[0].ObjectValue(), "value"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatTheServersRefuse(t *testing.T) {
	trust := func(name, subject string, audiences ...string) resource.PropertyMap {
		in := texts("resourceGroupName", "platform", "resourceName", "id", "federatedIdentityCredentialResourceName", name,
			"issuer", "https://example.com/", "subject", subject)
		var list []resource.PropertyValue
		for _, a := range audiences {
			list = append(list, resource.NewProperty(a))
		}
		in["audiences"] = resource.NewProperty(list)
		return in
	}
	type creation struct {
		typ    string
		inputs resource.PropertyMap
	}
	const (
		id    = "azure-native:managedidentity:UserAssignedIdentity"
		fic   = "azure-native:managedidentity:FederatedIdentityCredential"
		grant = "azure-native:authorization:RoleAssignment"
	)
	parent := creation{id, texts("resourceGroupName", "platform", "resourceName", "id", "location", "westeurope")}
	full := []creation{parent}
	for i := range 20 {
		full = append(full, creation{fic, trust(fmt.Sprint("name", i), fmt.Sprint("subject", i), "aud")})
	}
	cases := map[string]struct {
		first []creation
		then  creation
		want  string
	}{
		"a credential without its identity":          {then: creation{fic, trust("a", "s", "aud")}, want: "ParentResourceNotFound"},
		"a 21st credential":                          {first: full, then: creation{fic, trust("a", "s", "aud")}, want: "at most 20"},
		"issuer and subject twice":                   {first: []creation{parent, {fic, trust("a", "s", "aud")}}, then: creation{fic, trust("b", "s", "aud")}, want: "combination already exists"},
		"two audiences":                              {first: []creation{parent}, then: creation{fic, trust("a", "s", "aud", "aud2")}, want: "exactly one audience"},
		"what is there already":                      {first: []creation{parent}, then: parent, want: "already existing"},
		"a role for a principal that does not exist": {then: creation{grant, texts("scope", "/s", "roleAssignmentName", "n", "principalId", "p", "roleDefinitionId", "Reader")}, want: "PrincipalNotFound"},
		"an object in a cluster that does not exist": {then: creation{"kubernetes:core/v1:Namespace", resource.PropertyMap{"metadata": object(texts("name", "shop"))}}, want: "unreachable"},
		"a type that the fakes do not know":          {then: creation{"azure-native:sql:Server", nil}, want: "do not know the type"},
		"a resource group that is not there":         {then: creation{id, texts("resourceGroupName", "other", "resourceName", "id")}, want: "other is not there"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := &provider{world: NewWorld("platform")}
			create := func(c creation) error {
				_, err := p.create(t.Context(), plugin.CreateRequest{URN: resource.NewURN("dev", "shop", "", tokens.Type(c.typ), "x"), Properties: c.inputs})
				return err
			}
			for _, c := range tc.first {
				if err := create(c); err != nil {
					t.Fatalf("%s: %v", c.typ, err)
				}
			}
			if err := create(tc.then); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error = %v, want %q", err, tc.want)
			}
		})
	}
}
