package e2e

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// defectsProgram is the program that has the defects of recipes; its package comment lists them.
const defectsProgram = "PROGRAM=tests/defects"

// defectResources are the resources in which the policies must find each defect, by the end of type
// and name.
var defectResources = map[string][]string{
	"password":              {"ServicePrincipalPassword: password"},
	"label-on-account-only": {"Deployment: unlabelled"},
	"webhook-not-awaited":   {"Release: webhook-release"},
	"chart-unpinned":        {"Release: webhook-release"},
	"issuer-copied":         {"FederatedIdentityCredential: quick-start-credential-local.demo.quick-start"},
	"issuer-without-slash":  {"ApplicationFederatedIdentityCredential: entra-app-credential-local.demo.entra-app"},
	"principal-type-missing": {
		"RoleAssignment: quick-start-grant-vault.key-vault-secrets-user",
		"RoleAssignment: entra-app-grant-secret-greeting-18f6b020.key-vault-secrets-user",
	},
	"client-id-in-pod":      {"Deployment: explicit"},
	"policy-on-rbac-vault":  {"AccessPolicy: policy"},
	"workload-is-sql-admin": {"Server: database"},
}

// TestPoliciesRefuseTheDefectsOfRecipes gives a copy of the local stack one known defect of the
// recipes at a time: the preview fails, by the policy that is about it and by no other, and the
// stack without a defect passes.
//
// Carries R30.
func TestPoliciesRefuseTheDefectsOfRecipes(t *testing.T) {
	w := newWorld(t)
	t.Run("the local stack is clean", func(t *testing.T) {
		out := w.make(t, "preview")
		requireClean(t, out)
		assert.NotContains(t, out, "from $PATH", "the pack is a plugin of the local stack's Pulumi home")
	})
	t.Run("so is its copy without a defect", func(t *testing.T) {
		requireClean(t, w.make(t, "preview", defectsProgram))
	})
	for name, rules := range w.defects(t) {
		t.Run(name, func(t *testing.T) {
			out, code := w.run(t, "make", "preview", defectsProgram, "DEFECT="+name)
			require.NotZero(t, code, "the preview passes")
			found := verdicts(out)
			assert.Equal(t, rules, rulesOf(found))
			require.NotEmpty(t, defectResources[name], "the test does not know where the defect is")
			for _, v := range found {
				assert.Equal(t, "mandatory", v.level, "%v", v)
				assert.True(t, slices.ContainsFunc(defectResources[name], func(end string) bool { return strings.HasSuffix(v.resource, end) }),
					"%s is not where the defect is", v.resource)
			}
			for _, end := range defectResources[name] {
				assert.Contains(t, out, end)
			}
			assert.Contains(t, out, "See https://", "the message names its source")
		})
	}
	t.Run("nothing is deployed", func(t *testing.T) { w.requireEmptySandbox(t) })
}

// verdict is one line of the CLI's list of violations.
type verdict struct {
	level, rule string
	// resource is its type and its name, or how many resources there are.
	resource string
}

var verdictLine = regexp.MustCompile(`(?m)^\s+- \[(\w+)\](?: \[severity: \w+\])?\s+([a-z0-9-]+)\s+\((.+?)\)`)

// verdicts returns what the policies found.
func verdicts(out string) []verdict {
	var list []verdict
	for _, match := range verdictLine.FindAllStringSubmatch(out, -1) {
		list = append(list, verdict{level: match[1], rule: match[2], resource: match[3]})
	}
	return list
}

// rulesOf returns the rules of the verdicts, each once and sorted.
func rulesOf(list []verdict) []string {
	set := map[string]bool{}
	for _, v := range list {
		set[v.rule] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// requireClean checks that the pack ran and found nothing.
func requireClean(t *testing.T, out string) {
	t.Helper()
	require.Contains(t, out, "✅ aks-workload-identity@v", "the pack did not run, or found something")
	require.Empty(t, verdicts(out))
}

// defects returns the rules that must refuse each defect, by its name.
func (w *world) defects(t *testing.T) map[string][]string {
	t.Helper()
	out := w.output(t, goBinary(t), "run", "./tests/defects", "list")
	list := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		list[words[0]] = words[1:]
	}
	require.GreaterOrEqual(t, len(list), 9, "nine of the recipes' ten defects are resources")
	return list
}
