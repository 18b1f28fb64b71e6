package graph_test

import (
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
)

func TestCanonical(t *testing.T) {
	for reason, tc := range map[string]struct{ token, want, version string }{
		"default version":            {"azure-native:containerservice:ManagedCluster", "azure-native:containerservice:ManagedCluster", ""},
		"explicit version":           {"azure-native:containerservice/v20240901:ManagedCluster", "azure-native:containerservice:ManagedCluster", "v20240901"},
		"preview version":            {"azure-native:sql/v20230801preview:Server", "azure-native:sql:Server", "v20230801preview"},
		"local package of version 3": {"azure-native_sql_v20230801:sql:Server", "azure-native:sql:Server", "v20230801"},
		"another package whose name begins like azure-native": {
			"azure-native_tools:sql:Server", "azure-native_tools:sql:Server", "",
		},
		"group and version":               {"kubernetes:apps/v1:Deployment", "kubernetes:apps:Deployment", "v1"},
		"beta version":                    {"kubernetes:batch/v1beta1:CronJob", "kubernetes:batch:CronJob", "v1beta1"},
		"core group of Pulumi":            {"kubernetes:core/v1:Pod", "kubernetes:core:Pod", "v1"},
		"core group of a custom resource": {"kubernetes:v1:Pod", "kubernetes:core:Pod", "v1"},
		"custom resource":                 {"kubernetes:aadpodidentity.k8s.io/v1:AzureIdentity", "kubernetes:aadpodidentity.k8s.io:AzureIdentity", "v1"},
		"bridged provider":                {"azuread:index/application:Application", "azuread:index:Application", ""},
		"a slash before another word than the type": {
			"random:index/other:RandomUuid", "random:index/other:RandomUuid", "",
		},
		"provider":    {"pulumi:providers:kubernetes", "pulumi:providers:kubernetes", ""},
		"not a token": {"nonsense", "nonsense", ""},
		"empty":       {"", "", ""},
		"four parts":  {"a:b:c:d", "a:b:c:d", ""},
	} {
		t.Run(reason, func(t *testing.T) {
			got, version := graph.Canonical(tc.token)
			if got != tc.want || version != tc.version {
				t.Errorf("Canonical(%q) = %q, %q, want %q, %q", tc.token, got, version, tc.want, tc.version)
			}
		})
	}
}
