package azure_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rules"
)

// breach is a request that one rule refuses, and how.
type breach struct {
	send func(w *world) reply
	code string
	text string // a part of the message
}

// TestEveryRuleRefuses switches each registered rule off in turn: the request that breaks it must
// be refused with the rule, and not in the same words without it. A rule without a request here
// fails.
func TestEveryRuleRefuses(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	breaches := map[string]breach{}
	for _, some := range []map[string]breach{identityBreaches(w), assignmentBreaches(w), vaultBreaches(w), clusterBreaches(w)} {
		for id, b := range some {
			breaches[id] = b
		}
	}
	for _, rule := range rules.All() {
		t.Run(rule.ID, func(t *testing.T) {
			b, ok := breaches[rule.ID]
			if !ok {
				t.Fatal("no request here breaks this rule")
			}
			delete(breaches, rule.ID)
			refused := func(got reply) bool { return got.code() == b.code && strings.Contains(got.message(), b.text) }
			if got := b.send(w); !refused(got) {
				t.Fatalf("with the rule: %d %s, want %s with %q", got.status, got.text, b.code, b.text)
			}
			rule.Switch(false)
			defer rule.Switch(true)
			if got := b.send(w); refused(got) {
				t.Errorf("without the rule: %d %s", got.status, got.text)
			}
		})
	}
	for id := range breaches {
		t.Errorf("there is no rule %s", id)
	}
}

var updateRules = flag.Bool("update", false, "write the table of rules in docs/sandbox.md")

// TestRulesPage compares the table of rules in docs/sandbox.md with the register.
func TestRulesPage(t *testing.T) {
	const begin, end = "<!-- rules: go test ./internal/azure -run TestRulesPage -update -->\n", "<!-- end of rules -->"
	page := filepath.Join("..", "..", "..", "docs", "sandbox.md")
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	have, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s lacks %q or %q", page, begin, end)
	}
	var table strings.Builder
	table.WriteString("\n| rule | what it says | based on | source |\n|---|---|---|---|\n")
	for _, kind := range rules.Kinds {
		for _, r := range rules.All() {
			if r.Evidence == kind {
				fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", r.ID, r.Says, r.Evidence, r.Source)
			}
		}
	}
	table.WriteString("\n")
	if *updateRules {
		if err := os.WriteFile(page, []byte(before+begin+table.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table.String(), have); diff != "" {
		t.Errorf("go test ./internal/azure -run TestRulesPage -update writes it (-want +got):\n%s", diff)
	}
}

// TestStrictness checks that a user can take the other reading of an inferred rule, that it
// survives a restart, and that rules which a source settles stay.
func TestStrictness(t *testing.T) {
	w := newWorld(t, quiet)
	t.Cleanup(func() { _ = rules.SetOff(nil) })
	w.group("rg")
	path, _ := w.identity("/resourceGroups/rg", "id1")
	plain := func(name string) reply {
		return w.arm("PUT", path+"/federatedIdentityCredentials/"+name, vIdentity, fic("http://example.com/", name, audience))
	}
	must(t, plain("first"), 400)
	if err := w.azure.SetStrictness([]string{"credential.issuer-url"}); err != nil {
		t.Fatal(err)
	}
	w.restart()
	must(t, plain("second"), 201)
	if err := w.azure.SetStrictness([]string{"credential.one-audience"}); err == nil || !strings.Contains(err.Error(), "documented") {
		t.Errorf("a documented rule was switched off: %v", err)
	}
	off := 0
	for _, r := range w.azure.Strictness() {
		if !r.On {
			off++
		}
	}
	if off != 1 {
		t.Errorf("%d rules are out of force, want 1", off)
	}
	if err := w.azure.SetStrictness(nil); err != nil {
		t.Fatal(err)
	}
	must(t, plain("third"), 400)
}

// putting returns a function that sends a PUT.
func putting(path, version string, body object) func(*world) reply {
	return func(w *world) reply { return w.arm("PUT", path, version, body) }
}

func identityBreaches(w *world) map[string]breach {
	const identities = "/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
	must(w.t, w.arm("PUT", identities+"rules", vIdentity, object{"location": "westeurope"}), 201)
	must(w.t, w.arm("PUT", identities+"full", vIdentity, object{"location": "westeurope"}), 201)
	credential := func(identity, name, issuer, subject string, audiences ...string) func(*world) reply {
		return putting(identities+identity+"/federatedIdentityCredentials/"+name, vIdentity, object{"properties": object{
			"issuer": issuer, "subject": subject, "audiences": append([]string{}, audiences...),
		}})
	}
	for i := range 20 {
		must(w.t, credential("full", "c"+strings.Repeat("x", i+3), someURL, strings.Repeat("s", i+1), audience)(w), 201)
	}
	must(w.t, credential("rules", "first", someURL, "taken", audience)(w), 201)
	return map[string]breach{
		"identity.name":           {putting(identities+"-ab", vIdentity, object{"location": "westeurope"}), "InvalidIdentityName", "'-ab'"},
		"credential.name":         {credential("rules", "-ab", someURL, "a", audience), "BadRequest", "name '-ab' is invalid"},
		"credential.complete":     {credential("rules", "abc", someURL, "", audience), "BadRequest", "must specify 'issuer', 'subject' and 'audience'"},
		"credential.one-audience": {credential("rules", "two", someURL, "b", audience, "other"), "BadRequest", "exactly one audience"},
		"credential.length":       {credential("rules", "long", someURL, strings.Repeat("s", 601), audience), "BadRequest", "the limit is 600"},
		"credential.no-wildcard":  {credential("rules", "wild", someURL, "system:serviceaccount:*:a", audience), "BadRequest", "Wildcard"},
		"credential.issuer-url":   {credential("rules", "plain", "http://example.com/", "c", audience), "BadRequest", "valid https URL"},
		"credential.unique":       {credential("rules", "second", someURL, "taken", audience), "BadRequest", "already exists for this Managed Identity"},
		"credential.twenty":       {credential("full", "more", someURL, "one-more", audience), "BadRequest", "Too many"},
		"credential.one-write":    {concurrentWrites(w), "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity", "written concurrently"},
	}
}

// concurrentWrites opens an Azure in which a write takes some time, and returns a function that
// writes two credentials of an identity there at once and returns the answer that is an error, if
// one is. It opens it now, because Open puts the rules in force.
func concurrentWrites(w *world) func(*world) reply {
	slow := newWorld(w.t, azure.Profile{FederatedCredentialWriteWindow: time.Second, PrincipalReplicationDelay: -1})
	slow.group("rg")
	path, _ := slow.identity("/resourceGroups/rg", "id1")
	slow.token("https://management.azure.com")
	return func(*world) reply {
		answers := make([]reply, 2)
		var both sync.WaitGroup
		for i, name := range []string{"one", "two"} {
			both.Go(func() {
				answers[i] = slow.arm("PUT", path+"/federatedIdentityCredentials/"+name, vIdentity, fic(someURL, name, audience))
			})
		}
		both.Wait()
		if answers[0].status >= 400 {
			return answers[0]
		}
		return answers[1]
	}
}

func assignmentBreaches(w *world) map[string]breach {
	const (
		group  = "/resourceGroups/rg"
		reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
		free   = "5b0c5a50-5b3c-4e46-9f1c-0c6a8a1d0a01"
		taken  = "5b0c5a50-5b3c-4e46-9f1c-0c6a8a1d0a02"
		custom = "5b0c5a50-5b3c-4e46-9f1c-0c6a8a1d0a03"
	)
	_, id := w.identity(group, "assigned")
	principal := id.path("properties", "principalId")
	must(w.t, w.arm("PUT", "/resourceGroups/elsewhere", vGroup, object{"location": "westeurope"}), 201)
	must(w.t, w.arm("PUT", "/providers/Microsoft.Authorization/roleDefinitions/"+custom, "2022-04-01", object{"properties": object{
		"roleName": "Elsewhere", "type": "CustomRole", "assignableScopes": []string{w.sub() + "/resourceGroups/elsewhere"},
		"permissions": []object{{"actions": []string{"Microsoft.Resources/subscriptions/resourceGroups/read"}}},
	}}), 201)
	role := func(guid string) string {
		return w.sub() + "/providers/Microsoft.Authorization/roleDefinitions/" + guid
	}
	at := func(scope, name string, change func(p object)) func(*world) reply {
		p := object{"roleDefinitionId": role(reader), "principalId": principal, "principalType": "ServicePrincipal"}
		if change != nil {
			change(p)
		}
		return putting(scope+"/providers/Microsoft.Authorization/roleAssignments/"+name, vAssignment, object{"properties": p})
	}
	with := func(pairs ...string) func(*world) reply {
		return at(group, uuid.NewString(), func(p object) {
			for i := 0; i < len(pairs); i += 2 {
				p[pairs[i]] = pairs[i+1]
			}
		})
	}
	must(w.t, at(group, taken, nil)(w), 201)
	const condition = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'a'"
	return map[string]breach{
		"assignment.name":              {at(group, "reader", nil), "InvalidRoleAssignmentId", "must be a GUID"},
		"assignment.complete":          {with("principalId", ""), "BadRequestFormat", "are required"},
		"assignment.principal-id":      {with("principalId", "me"), "InvalidPrincipalId", "'me'"},
		"assignment.known-type":        {with("principalType", "Robot"), "InvalidPrincipalType", "'Robot'"},
		"assignment.condition-version": {with("condition", condition, "conditionVersion", "1.0"), "InvalidConditionVersion", "'1.0'"},
		"assignment.condition-length":  {with("condition", condition+strings.Repeat(" ", 9000), "conditionVersion", "2.0"), "InvalidCondition", "the limit is"},
		"assignment.condition":         {with("condition", "true and", "conditionVersion", "2.0"), "InvalidCondition", "not valid"},
		"assignment.immutable":         {at(group, taken, func(p object) { p["roleDefinitionId"] = role("b24988ac-6180-42a0-ab88-20f7382dd24c") }), "RoleAssignmentUpdateNotPermitted", "not allowed to be updated"},
		"assignment.role-exists":       {with("roleDefinitionId", role(free)), "RoleDefinitionDoesNotExist", "does not exist"},
		"assignment.assignable":        {with("roleDefinitionId", role(custom)), "RoleDefinitionDoesNotExist", "does not exist"},
		"assignment.once":              {at(group, free, nil), "RoleAssignmentExists", "already exists"},
		"assignment.name-once":         {at("/resourceGroups/elsewhere", taken, nil), "RoleAssignmentUpdateNotPermitted", "not allowed to be updated"},
		"assignment.principal-known":   {with("principalId", free, "principalType", ""), "PrincipalNotFound", "does not exist in the directory"},
		"assignment.type-matches":      {with("principalType", "User", "roleDefinitionId", role(contributorRole)), "UnmatchedPrincipalType", "'User'"},
	}
}

func vaultBreaches(w *world) map[string]breach {
	tenant := w.azure.Account().TenantID
	policy := func(change func(entry object)) object {
		entry := object{"tenantId": tenant, "objectId": w.azure.Account().Deployer.ObjectID, "permissions": object{"secrets": []string{"get"}}}
		change(entry)
		return entry
	}
	vault := func(name string, change func(p object)) func(*world) reply {
		p := object{"tenantId": tenant, "sku": object{"family": "A", "name": "standard"}, "accessPolicies": []object{}}
		if change != nil {
			change(p)
		}
		return putting(vaultPath(name), vVault, object{"location": "westeurope", "properties": p})
	}
	with := func(key string, value any) func(*world) reply {
		return vault("kv-"+strings.ToLower(key[:min(len(key), 18)]), func(p object) {
			if p[key] = value; value == nil {
				delete(p, key)
			}
		})
	}
	policies := func(name string, entries ...object) func(*world) reply {
		return vault(name, func(p object) { p["accessPolicies"] = entries })
	}
	many := make([]object, 1025)
	for i := range many {
		many[i] = policy(func(object) {})
	}
	must(w.t, vault("kv-fixed", func(p object) { p["softDeleteRetentionInDays"] = 90 })(w), 200)
	must(w.t, vault("kv-deleted", nil)(w), 200)
	must(w.t, w.arm("DELETE", vaultPath("kv-deleted"), vVault, nil), 200)
	return map[string]breach{
		"vault.name":             {vault("1kv", nil), "VaultNameNotValid", "'1kv'"},
		"vault.deleted-name":     {vault("kv-deleted", nil), "ConflictError", "already exists in deleted state"},
		"vault.tenant-given":     {with("tenantId", nil), "BadRequest", "tenantId is not specified"},
		"vault.tenant":           {with("tenantId", "11111111-1111-1111-1111-111111111111"), "VaultTenantNotValid", "is not the tenant"},
		"vault.sku-given":        {with("sku", nil), "BadRequest", "sku is not specified"},
		"vault.sku":              {with("sku", object{"family": "B", "name": "standard"}), "BadRequest", "family 'B'"},
		"vault.public-access":    {with("publicNetworkAccess", "Sometimes"), "BadRequest", "'Sometimes'"},
		"vault.soft-delete":      {with("enableSoftDelete", false), "BadRequest", "irreversible"},
		"vault.purge-protection": {with("enablePurgeProtection", false), "BadRequest", "irreversible"},
		"vault.retention":        {with("softDeleteRetentionInDays", 6), "BadRequest", "between 7 and 90"},
		"vault.retention-fixed":  {vault("kv-fixed", func(p object) { p["softDeleteRetentionInDays"] = 7 }), "BadRequest", "can't be modified"},
		"vault.policy-count":     {policies("kv-count", many...), "BadRequest", "the limit is 1024"},
		"vault.policy-tenant":    {policies("kv-foreign", policy(func(e object) { e["tenantId"] = "11111111-1111-1111-1111-111111111111" })), "BadRequest", "names the tenant"},
		"vault.policy-object":    {policies("kv-object", policy(func(e object) { e["objectId"] = "me" })), "BadRequest", "not a GUID"},
		"vault.permission":       {policies("kv-permission", policy(func(e object) { e["permissions"] = object{"secrets": []string{"fly"}} })), "BadRequest", "fly"},
		"vault.policies-given":   {with("accessPolicies", nil), "BadRequest", "accessPolicies is not specified"},
	}
}

func clusterBreaches(w *world) map[string]breach {
	const group = "/resourceGroups/rg"
	cluster := func(name string, change func(body, p object)) func(*world) reply {
		return putting(clusterPath(group, name), vCluster, newCluster(change))
	}
	stays := w.cluster(group, "stays")
	w.cluster(group, "one")
	w.cluster(group, "pools")
	return map[string]breach{
		"cluster.issuer-stays": {func(w *world) reply {
			return w.arm("PUT", stays, vCluster, newCluster(func(_, p object) { p["oidcIssuerProfile"] = object{"enabled": false} }))
		}, "OIDCIssuerFeatureCannotBeDisabled", "cannot be disabled"},
		"cluster.workload-identity": {cluster("no-issuer", func(_, p object) {
			p["oidcIssuerProfile"], p["securityProfile"] = object{"enabled": false}, object{"workloadIdentity": object{"enabled": true}}
		}), "BadRequest", "requires enabling OIDC issuer"},
		"cluster.pools-apart": {cluster("pools", func(_, p object) {
			p["agentPoolProfiles"] = append(p["agentPoolProfiles"].([]object), object{"name": "user", "mode": "User", "vmSize": "Standard_D2s_v5"})
		}), "BadRequest", "A new agent pool was introduced"},
		"cluster.name":           {cluster("-a", nil), "InvalidParameter", "'-a'"},
		"cluster.local-accounts": {cluster("accounts", func(_, p object) { p["disableLocalAccounts"] = true }), "BadRequest", "Disabling local accounts"},
		"cluster.long-term":      {cluster("long", func(_, p object) { p["supportPlan"] = "AKSLongTermSupport" }), "InvalidParameter", "needs sku.tier 'Premium'"},
		"cluster.one-operation": {func(w *world) reply {
			hold := make(chan struct{})
			w.runtime.set(func(f *fakeRuntime) { f.hold = hold })
			path := clusterPath(group, "one")
			w.arm("PUT", path, vCluster, newCluster(nil))
			got := w.arm("PUT", path, vCluster, newCluster(nil))
			close(hold)
			w.runtime.set(func(f *fakeRuntime) { f.hold = nil })
			return got
		}, "OperationNotAllowed", "is in progress"},
	}
}
