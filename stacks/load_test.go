package stacks

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// words are keys and values that mean something somewhere, so that random documents reach deep into
// the decoder.
var words = []string{
	"app", "demo", "vault", "vault/greeting", "cluster", "resourceGroup", "greeting", "Reader", "Key Vault Secrets User",
	"userAssigned", "application", "existingUserAssigned", "chart", "addon", "none", "name", "namespace", "existing",
	"createNamespace", "serviceAccount", "identity", "kind", "id", "federations", "grants", "role", "scope", "secrets", "enabled",
	"mode", "replicas", "values", "systemPool", "nodePools", "count", "minCount", "maxCount", "osType", "Windows", "Linux", "System",
	"User", "tokenExpirationSeconds", "labels", "annotations", "issuer", "key", "https://example.com/", "default", "1.4", "",
}

// value draws any JSON value of that depth.
func value(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.IntRange(-1, 100000), func(i int) any { return i }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.SampledFrom(words), func(s string) any { return s }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	key := rapid.OneOf(rapid.SampledFrom(words), rapid.SampledFrom(words), rapid.String())
	deeper := []*rapid.Generator[any]{
		rapid.Map(rapid.SliceOfN(value(depth-1), 0, 4), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(key, value(depth-1), 0, 8), func(m map[string]any) any { return m }),
	}
	return rapid.OneOf(append(deeper, scalars...)...)
}

// settingsGen draws what the engine could hand the program for a stack file that somebody wrote
// without looking.
func settingsGen() *rapid.Generator[map[string]string] {
	sections := sortedKeys(strict.Keys(reflect.TypeFor[Config]()))
	return rapid.Custom(func(t *rapid.T) map[string]string {
		values := map[string]string{"p:location": "westeurope"}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(append(sections, "worklaods")), 0, 8, rapid.ID).Draw(t, "sections") {
			text, err := json.Marshal(value(5).Draw(t, name))
			if err != nil {
				t.Fatal(err)
			}
			values["p:"+name] = string(text)
		}
		return values
	})
}

func TestNoInputMakesTheDecoderPanic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := settingsGen().Draw(t, "settings")
		config, err := Load("p", "s", values, map[string]bool{"p:vault": rapid.Bool().Draw(t, "encrypted")})
		checkLoad(t, config, err)
	})
}

// checkLoad checks what must hold for any input: a configuration or a useful error, never both and
// never neither.
func checkLoad(t interface{ Fatalf(string, ...any) }, config *Config, err error) {
	if err == nil {
		if config == nil {
			t.Fatalf("neither configuration nor error")
		}
		return
	}
	var refused *ConfigError
	if !errors.As(err, &refused) || len(refused.Problems) == 0 || config != nil {
		t.Fatalf("error is %v, configuration %v", err, config)
	}
	for _, p := range refused.Problems {
		if p.Path == "" || p.Message == "" || p.Remedy == "" {
			t.Fatalf("incomplete problem %+v", p)
		}
	}
	if again := err.Error(); again != refused.Error() || !utf8.ValidString(strings.ToValidUTF8(again, "")) {
		t.Fatalf("unstable text")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("workloads", `{"app": {"serviceAccount": {"namespace": "demo"}, "federations": [{}]}}`)
	f.Add("cluster", `{"systemPool": {"count": 1e999}}`)
	f.Add("vault", `{"secrets": {"a": "b"}} trailing`)
	f.Add("webhook", `{"mode": "chart", "chart": {"values": {"a": [1, 2.5, null, {"b": 1e999}]}}}`)
	f.Add("tags", strings.Repeat("[", 200))
	f.Add("location", "\xff")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, key, text string) {
		config, err := Load("p", "s", map[string]string{"p:location": "westeurope", "p:" + key: text}, nil)
		checkLoad(t, config, err)
	})
}

// A project that `pulumi new` has made has another name than the stack files that came with it.
func TestKeysOfThisRepositoryAreRefusedInAnotherProject(t *testing.T) {
	values := map[string]string{"aks-workload-identity:location": "westeurope", "aks-workload-identity:cluster": "{}", "shop:location": "westeurope"}
	_, err := Load("shop", "dev", values, nil)
	var refused *ConfigError
	if !errors.As(err, &refused) || len(refused.Problems) != 2 {
		t.Fatalf("Load returned %v, want a problem for each key", err)
	}
	for _, want := range []string{`this one is "shop"`, `name it "shop:cluster"`, `name it "shop:location"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
	if _, err := Load("aks-workload-identity", "dev", values, nil); err != nil && strings.Contains(err.Error(), "another project") {
		t.Errorf("the repository's own project is refused: %v", err)
	}
}
