package stacks

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// TestAnOperatorsAccountAndAPipelineBesideTheStacksOwn federates one identity with an account that
// the stack creates, one that KEDA's chart has created in its namespace, and a pipeline.
func TestAnOperatorsAccountAndAPipelineBesideTheStacksOwn(t *testing.T) {
	up := run(t, parseStack(t, minimal(`  aks-workload-identity:workloads:
    app:
      serviceAccount: {namespace: demo}
      federations:
      - {}
      - {namespace: keda, serviceAccount: keda-operator, serviceAccountMode: existing, createNamespace: false}
      - {namespace: argocd, serviceAccount: argocd-server, serviceAccountMode: annotate, createNamespace: false}
      - {issuer: "https://token.actions.githubusercontent.com", key: deploy, subject: "repo:shop/web:environment:prod"}
`), pulumitest.Project), false)
	names := func(typ string) []string {
		var list []string
		for _, r := range up.ByType(typ) {
			list = append(list, r.Name)
		}
		return list
	}
	key := clusterKey(pulumitest.Stack)
	for typ, want := range map[string][]string{
		"kubernetes:core/v1:Namespace":           {"namespace-demo"},
		"kubernetes:core/v1:ServiceAccount":      {"app-account-" + key + ".demo.app"},
		"kubernetes:core/v1:ServiceAccountPatch": {"app-account-" + key + ".argocd.argocd-server"},
		"azure-native:managedidentity:FederatedIdentityCredential": {
			"app-credential-deploy", "app-credential-" + key + ".argocd.argocd-server",
			"app-credential-" + key + ".demo.app", "app-credential-" + key + ".keda.keda-operator",
		},
	} {
		if diff := cmp.Diff(want, names(typ)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", typ, diff)
		}
	}
	list := up.Exports["workloads"].Value.(map[string]any)["app"].(map[string]any)["federations"].([]map[string]any)
	if last := list[len(list)-1]; last["elsewhere"] != true || last["subject"] != "repo:shop/web:environment:prod" {
		t.Errorf("output of the pipeline: %v", last)
	}
}
