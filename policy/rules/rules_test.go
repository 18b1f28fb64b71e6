package rules_test

import (
	"slices"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// checks are what a reviewer of workload identity on AKS expects to be checked, and the rules that
// do it.
var checks = map[string][]string{
	// Other tools check these too.
	"the webhook is installed":           {"aks-workload-identity"},
	"no local accounts":                  {"aks-local-accounts-disabled"},
	"Kubernetes RBAC":                    {"aks-rbac-enabled"},
	"managed Entra integration":          {"aks-entra-integration"},
	"Azure RBAC in the cluster":          {"aks-azure-rbac"},
	"the cluster has a managed identity": {"aks-managed-identity"},
	"restricted API server":              {"aks-api-server-restricted"},
	"network policies":                   {"aks-network-policy"},
	"Azure Policy add-on":                {"aks-azure-policy-add-on"},
	"customer-managed disk keys":         {"aks-disk-encryption-set"},
	"encryption at host":                 {"aks-encryption-at-host"},
	"automatic upgrades":                 {"aks-upgrade-channel"},
	"supported versions":                 {"aks-pool-version-matches", "aks-version-supported"},
	"availability agreement":             {"aks-paid-tier"},
	"cluster logs":                       {"aks-logs"},
	"Defender":                           {"aks-defender"},
	"no command invoke":                  {"aks-command-invoke-off"},
	"secret store and its rotation":      {"aks-secret-store", "aks-secret-store-rotation"},
	"node pools":                         {"aks-node-public-ip-off", "aks-pool-max-pods", "aks-pool-scale-set", "aks-system-pool-tainted"},
	"no automatic API server token":      {"pod-token-automount-off", "service-account-automount-off"},
	"no privileged pods": {
		"neighbour-host-namespaces-off", "neighbour-not-privileged", "pod-host-namespaces-off", "pod-not-privileged",
	},
	"names of identities":                   {"identity-name"},
	"credentials of trusted clusters only":  {"credential-cluster-trusted"},
	"allowed issuers":                       {"credential-issuer-allowed"},
	"GitHub subjects":                       {"credential-github-subject"},
	"vaults with roles":                     {"keyvault-rbac"},
	"purge protection":                      {"keyvault-purge-protection"},
	"soft delete":                           {"keyvault-soft-delete"},
	"access policies with least privilege":  {"keyvault-least-privilege"},
	"vault firewall":                        {"keyvault-firewall"},
	"vault logs":                            {"keyvault-logs"},
	"custom roles":                          {"role-no-role-writing", "role-no-wildcard"},
	"no shared keys":                        {"storage-shared-key-off"},
	"no keys of other services":             {"local-auth-off", "registry-admin-off"},
	"SQL network":                           {"sql-firewall", "sql-public-access-off"},
	"no administrators of the cluster":      {"account-not-cluster-admin"},
	"tokens of other pods":                  {"pod-no-token-folders"},
	"roles that do what they seem to":       {"role-has-effect"},
	"deletions and replacements":            {"protected-from-deletion"},
	"no directory roles":                    {"no-directory-role"},
	"storage network, TLS and public blobs": {"storage-network-deny", "storage-public-blobs-off", "storage-tls"},
	"Entra sign-in to SQL":                  {"sql-entra-admin", "sql-entra-only"},
	// No other tool checks these.
	"the label that requests an identity": {
		"pod-account-has-client-id", "pod-use-label", "pod-use-label-placed", "webhook-key-placed",
	},
	"subject and service account agree": {
		"credential-account-exists", "credential-subject-matches", "service-account-federated",
	},
	"issuer and cluster agree":              {"credential-issuer-form", "credential-issuer-matches", "credential-issuer-reference"},
	"values of Helm releases":               {"release-after-webhook", "release-identity-values"},
	"flexible credentials":                  {"credential-expression"},
	"the webhook's tenant":                  {"webhook-tenant"},
	"custom resources that use an identity": {"custom-resource-identity-federated"},
	"order of credential writes":            {"credential-parent-elsewhere", "credential-writes-ordered"},
	"ids and tenants are not mixed up": {
		"identity-id-kind", "pod-account-has-client-id", "role-principal-id", "service-account-annotations",
		"service-account-client-id", "service-account-tenant",
	},
	"audience": {"credential-audience"},
	"number, names and uniqueness of credentials": {
		"credential-limit", "credential-name", "credential-near-limit", "credential-unique",
	},
	"exact subjects, no default service account": {"credential-default-account", "credential-subject-form"},
	"no client secrets":                          {"no-client-secret", "no-client-secret-in-cluster", "no-client-secret-in-release"},
	"token lifetime":                             {"token-expiration"},
	"variables and token path come from the webhook": {
		"pod-api-server-token", "pod-explicit-environment", "pod-token-path", "pod-token-sent-to-azure",
	},
	"nothing is left of AAD Pod Identity": {
		"aks-pod-identity-off", "pod-identity-label-gone", "pod-identity-objects-gone",
		"proxy-sidecar-possible", "proxy-sidecar-temporary",
	},
	"one webhook, and an issuer": {"aks-oidc-issuer", "webhook-once"},
	"the webhook is available before and while pods start": {
		"pod-after-webhook", "pod-in-kube-system", "webhook-awaited", "webhook-disruption-budget",
		"webhook-failure-policy", "webhook-replicas", "webhook-spread", "webhook-version-pinned",
	},
	"scope, privilege and form of role assignments": {
		"role-assignment-name", "role-data-scope", "role-principal-type", "role-principal-type-matches",
		"role-privileged", "role-scope",
	},
	"access to a vault by its own model": {"keyvault-policy-on-rbac-vault", "keyvault-role-on-policy-vault"},
	"who shares an identity":             {"identity-one-namespace", "service-account-one-identity"},
	"administrators of SQL servers":      {"sql-one-admin", "sql-workload-not-admin"},
	"regions and clouds":                 {"cloud-agrees", "identity-region"},
}

// TestEveryCheckHasARule compares checks with the rules: none of either is without the other.
func TestEveryCheckHasARule(t *testing.T) {
	all := rules.All()
	exists := func(name string) bool {
		return slices.ContainsFunc(all, func(r rule.Rule) bool { return r.Name == name })
	}
	needed := map[string]bool{"tags-required": true} // An organisation's own requirement.
	for check, names := range checks {
		if len(names) == 0 {
			t.Errorf("%s: no rule checks it", check)
		}
		for _, name := range names {
			needed[name] = true
			if !exists(name) {
				t.Errorf("%s: there is no rule %s", check, name)
			}
		}
	}
	for _, r := range all {
		if !needed[r.Name] {
			t.Errorf("%s belongs to no check", r.Name)
		}
	}
}

// TestRulesOnBrokenGraph runs the rules on what a defective engine might send: missing and repeated
// resources, cycles, dependencies that do not exist. They report nothing.
func TestRulesOnBrokenGraph(t *testing.T) {
	a := &graph.Resource{URN: "a", Type: "t", Parent: "b", Dependencies: []string{"b", "gone"}}
	b := &graph.Resource{URN: "b", Type: "t", Parent: "a", Dependencies: []string{"a"}}
	g := graph.NewGraph([]*graph.Resource{nil, {}, a, b, a})
	for _, r := range rules.All() {
		if r.CheckStack == nil {
			continue
		}
		if found := r.CheckStack(g, r.Defaults()); len(found) > 0 {
			t.Errorf("%s reports %v", r.Name, found)
		}
	}
}

// TestEveryRuleSaysWhatItsFalseAlarmsAre checks that each rule's text says when to exempt it.
func TestEveryRuleSaysWhatItsFalseAlarmsAre(t *testing.T) {
	for _, r := range rules.All() {
		if r.FalseAlarms == "" {
			t.Errorf("%s does not say where it may report what is right, or rule.NoneKnown", r.Name)
		}
	}
}
