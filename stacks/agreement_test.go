package stacks

import (
	"encoding/json"
	"errors"
	"testing"

	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// What Load accepts, no component may refuse: its error would come after other resources are
// registered, and would not name the file. The documents are mostly right and often at a limit.
func TestComponentsAcceptWhatLoadAccepts(t *testing.T) {
	drawn, accepted := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		values := map[string]string{pulumitest.Project + ":location": "westeurope"}
		put := func(section string, v any) {
			text, err := json.Marshal(v)
			if err != nil {
				rt.Fatal(err)
			}
			values[pulumitest.Project+":"+section] = string(text)
		}
		put("vault", map[string]any{"plainTextSecrets": true, "secrets": map[string]any{"greeting": "hello"}})
		switch rapid.IntRange(0, 2).Draw(rt, "section") {
		case 0:
			put("cluster", clusterGen().Draw(rt, "cluster"))
		case 1:
			put("webhook", map[string]any{"mode": "chart", "chart": chartGen().Draw(rt, "chart")})
		default:
			put("workloads", rapid.MapOfN(rapid.StringMatching(`[a-z][a-z0-9-]{0,62}[a-z0-9]`), workloadGen(), 1, 3).Draw(rt, "workloads"))
		}
		drawn++
		if _, err := Load(pulumitest.Project, pulumitest.Stack, values, nil); err != nil {
			return
		}
		accepted++
		result := pulumitest.Try(t, Run, pulumitest.Options{Config: values, RootTypes: rootTypes})
		var refused *perrors.InputPropertiesError
		if errors.As(result.Err, &refused) {
			rt.Fatalf("a component refuses what Load accepted: %v", result.Err)
		}
		if result.Err != nil {
			rt.Fatalf("the program failed: %v", result.Err)
		}
	})
	if accepted*4 < drawn {
		t.Errorf("only %d of %d documents were accepted: this test proves little", accepted, drawn)
	}
}

// some draws a mapping with a random choice of these keys.
func some(fields map[string]*rapid.Generator[any]) *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		m := map[string]any{}
		for _, key := range sortedKeys(fields) {
			if rapid.Bool().Draw(t, "with "+key) {
				m[key] = fields[key].Draw(t, key)
			}
		}
		return m
	})
}

func anyOf[T any](g *rapid.Generator[T]) *rapid.Generator[any] {
	return rapid.Map(g, func(v T) any { return v })
}

func oneOf(values ...any) *rapid.Generator[any] { return rapid.SampledFrom(values) }

func clusterGen() *rapid.Generator[map[string]any] {
	pool := rapid.Map(some(map[string]*rapid.Generator[any]{
		"name":       anyOf(rapid.StringMatching(`[a-z][a-z0-9]{0,6}`)),
		"mode":       oneOf("User", "User", "System"),
		"osType":     oneOf("Linux", "Linux", "Windows"),
		"count":      oneOf(0, 1, 2, 1000, 1001),
		"nodeLabels": oneOf(map[string]any{"a/b": "", "c": "d"}),
		"nodeTaints": oneOf([]any{"a=b:NoSchedule", "a:NoExecute"}),
		"vmSize":     oneOf("Standard_D2s_v5", "Standard_NC24ads_A100_v4"),
		"scale":      oneOf([]int{1, 3}, []int{0, 2}, []int{2, 2}),
	}), func(m map[string]any) map[string]any {
		if scale, ok := m["scale"].([]int); ok {
			delete(m, "scale")
			m["minCount"], m["maxCount"], m["count"] = scale[0], scale[1], scale[1]
		}
		return m
	})
	return some(map[string]*rapid.Generator[any]{
		"kubernetesVersion": oneOf("1.4", "1.4.4", "1.10", "0.1"),
		"dnsPrefix":         anyOf(rapid.StringMatching(`[a-z]([a-z-]{0,54}[a-z])?`)),
		"nodeResourceGroup": anyOf(rapid.StringMatching(`[a-z.()_-]{0,82}[a-z)(_-]`)),
		"nodePools":         anyOf(rapid.SliceOfN(pool, 0, 2)),
		"skuTier":           oneOf("Free", "Standard", "Premium"),
	})
}

func chartGen() *rapid.Generator[map[string]any] {
	return some(map[string]*rapid.Generator[any]{
		"version":       oneOf("1.6.0", "v1.6.0", "1.6.0-rc.1+b", "1.6.0-+"),
		"chart":         oneOf("workload-identity-webhook", "workload-identity-webhook", "oci://r/c", "./chart"),
		"repository":    oneOf("https://example.com/charts"),
		"namespace":     oneOf("wi", "demo"),
		"imageRegistry": anyOf(rapid.StringMatching(`[a-z][a-z.]{0,5}(:[0-9]{1,4})?(/[a-z]{1,3}[a-z._-]{0,2}[a-z])?`)),
		"replicas":      oneOf(1, 2, 100),
		"logLevel":      oneOf("debug", "info"),
		"tolerations":   oneOf([]any{map[string]any{"operator": "Exists"}}, []any{map[string]any{"key": "a", "effect": "NoExecute", "tolerationSeconds": 5}}),
		"values":        oneOf(map[string]any{"revisionHistoryLimit": 3, "podDisruptionBudget": map[string]any{"minAvailable": 1}}),
	})
}

func workloadGen() *rapid.Generator[map[string]any] {
	account := some(map[string]*rapid.Generator[any]{
		"name":                         oneOf("app", "my.app"),
		"mode":                         oneOf("existing", "existing", "create"),
		"automountServiceAccountToken": oneOf(true),
		"tokenExpirationSeconds":       oneOf(3600, 86400, 7200),
		"labels":                       oneOf(map[string]any{"team": "a", "b": ""}),
		"annotations":                  oneOf(map[string]any{"example.com/a": "anything at all"}),
	})
	federation := some(map[string]*rapid.Generator[any]{
		"namespace":      oneOf("demo", "other"),
		"serviceAccount": oneOf("a", "b", "c", "d"),
		"enabled":        oneOf(true, false),
		"audience":       oneOf("api://AzureADTokenExchange", "api://other"),
		"description":    oneOf("why"),
		"other":          oneOf("a", "b_", "https://westeurope.oic.prod-aks.azure.com/t/c/"),
		"key":            oneOf("a", clusterKey(pulumitest.Stack)),
	})
	federation = rapid.Map(federation, func(m map[string]any) map[string]any {
		if key, ok := m["other"].(string); ok {
			delete(m, "other")
			m["issuer"] = "https://example.com/" + key
			if m["key"] == nil {
				m["key"] = "a"
			}
		} else {
			delete(m, "key")
		}
		return m
	})
	grant := rapid.Custom(func(t *rapid.T) map[string]any {
		return map[string]any{
			"role":  rapid.SampledFrom([]string{"Reader", "Key Vault Secrets User", pulumitest.SubscriptionID}).Draw(t, "role"),
			"scope": rapid.SampledFrom([]string{"vault", "vault/greeting", "resourceGroup", "cluster", "/subscriptions/" + pulumitest.SubscriptionID, "/subscriptions/x"}).Draw(t, "scope"),
		}
	})
	identity := oneOf(
		map[string]any{}, map[string]any{"name": "abc"}, map[string]any{"kind": "application"},
		map[string]any{"kind": "application", "name": "An application"}, map[string]any{"kind": "existingUserAssigned", "id": identityID})
	return rapid.Custom(func(t *rapid.T) map[string]any {
		w := map[string]any{
			"enabled":  rapid.Bool().Draw(t, "enabled"),
			"identity": identity.Draw(t, "identity"),
			"grants":   rapid.SliceOfN(grant, 0, 2).Draw(t, "grants"),
		}
		a := account.Draw(t, "serviceAccount")
		a["namespace"] = rapid.SampledFrom([]string{"demo", "prod"}).Draw(t, "namespace")
		w["serviceAccount"] = a
		if list := rapid.SliceOfN(federation, 0, 3).Draw(t, "federations"); len(list) > 0 {
			w["federations"] = list
		}
		return w
	})
}
