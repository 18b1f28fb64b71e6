package specs

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	clusters = "Microsoft.ContainerService/managedClusters"
	vaults   = "Microsoft.KeyVault/vaults"
)

func find(t *testing.T, typ, version string) *Body {
	t.Helper()
	b, ok := Find(typ, version)
	if !ok {
		t.Fatalf("the table has no %s@%s", typ, version)
	}
	return b
}

// found returns the violations of a body as "path rule".
func found(t *testing.T, b *Body, body string) []string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, v := range b.Check(value) {
		list = append(list, v.Path+" "+string(v.Rule))
		if strings.TrimSpace(v.Detail) == "" {
			t.Errorf("%s: no detail", v.Path)
		}
	}
	return list
}

func TestCheck(t *testing.T) {
	cluster := func(properties string) string {
		return `{"location": "westeurope", "properties": {` + properties + `}}`
	}
	pool := func(members string) string {
		return cluster(`"agentPoolProfiles": [{"name": "a"}, {"name": "system", ` + members + `}]`)
	}
	for reason, c := range map[string]struct {
		typ, version, body string
		want               []string
	}{
		"a complete body is accepted": {clusters, "2023-04-01", pool(`"count": 3, "osDiskSizeGB": 0, "spotMaxPrice": -1, "nodeLabels": {"a": "b"}`), nil},
		"the root is no object":       {clusters, "2023-04-01", `[]`, []string{" type"}},
		"a required property is absent, with others below an absent object not asked for": {
			clusters, "2023-04-01", `{}`, []string{"location missing"},
		},
		"null counts as absent":                       {clusters, "2023-04-01", `{"location": null, "tags": null}`, []string{"location missing"}},
		"an unknown property":                         {clusters, "2023-04-01", cluster(`"zone": "1"`), []string{"properties.zone unknown"}},
		"a property of a later version":               {clusters, "2023-05-01", cluster(`"autoUpgradeProfile": {"nodeOSUpgradeChannel": "None"}`), []string{"properties.autoUpgradeProfile.nodeOSUpgradeChannel unknown"}},
		"the same property in its first version":      {clusters, "2023-06-01", cluster(`"autoUpgradeProfile": {"nodeOSUpgradeChannel": "None"}`), nil},
		"names match without regard to case":          {clusters, "2023-04-01", cluster(`"DNSPREFIX": "a"`), nil},
		"a text for a number":                         {clusters, "2023-04-01", pool(`"count": "3"`), []string{"properties.agentPoolProfiles[1].count type"}},
		"a fraction for an integer":                   {clusters, "2023-04-01", pool(`"count": 1.5`), []string{"properties.agentPoolProfiles[1].count type"}},
		"a number for a text":                         {clusters, "2023-04-01", pool(`"vmSize": 2`), []string{"properties.agentPoolProfiles[1].vmSize type"}},
		"a text for a boolean":                        {clusters, "2023-04-01", pool(`"enableFIPS": "true"`), []string{"properties.agentPoolProfiles[1].enableFIPS type"}},
		"an object for a list":                        {clusters, "2023-04-01", cluster(`"agentPoolProfiles": {}`), []string{"properties.agentPoolProfiles type"}},
		"a list for a map":                            {clusters, "2023-04-01", pool(`"nodeLabels": ["a"]`), []string{"properties.agentPoolProfiles[1].nodeLabels type"}},
		"a text for an object":                        {clusters, "2023-04-01", cluster(`"networkProfile": "azure"`), []string{"properties.networkProfile type"}},
		"a number above the range":                    {clusters, "2023-04-01", pool(`"osDiskSizeGB": 2049`), []string{"properties.agentPoolProfiles[1].osDiskSizeGB range"}},
		"an integer that does not fit":                {clusters, "2023-04-01", pool(`"count": 3e9`), []string{"properties.agentPoolProfiles[1].count format"}},
		"a pattern":                                   {clusters, "2023-04-01", cluster(`"agentPoolProfiles": [{"name": "System"}]`), []string{"properties.agentPoolProfiles[0].name pattern"}},
		"a value that an open enumeration lacks":      {clusters, "2023-04-01", pool(`"mode": "Both"`), []string{"properties.agentPoolProfiles[1].mode openvalue"}},
		"a value that a closed enumeration lacks":     {clusters, "2023-04-01", `{"location": "x", "identity": {"type": "Both"}}`, []string{"identity.type value"}},
		"values match without regard to case":         {clusters, "2023-04-01", pool(`"mode": "SYSTEM"`), nil},
		"a read-only value is not looked at":          {clusters, "2023-04-01", `{"id": 1, "location": "x", "systemData": {"x": 1}, "properties": {"provisioningState": 1}}`, nil},
		"a required property of a list element":       {clusters, "2023-04-01", cluster(`"agentPoolProfiles": [{}]`), []string{"properties.agentPoolProfiles[0].name missing"}},
		"a text that is no GUID":                      {vaults, "2023-02-01", `{"location": "x", "properties": {"tenantId": "t", "sku": {"family": "A", "name": "standard"}}}`, []string{"properties.tenantId format"}},
		"all problems at once":                        {vaults, "2023-02-01", `{"properties": {"sku": {"family": 1}}}`, []string{"properties.sku.family type", "properties.sku.name missing", "properties.tenantId missing", "location missing"}},
		"a property of an element of a list in a map": {clusters, "2023-04-01", cluster(`"addonProfiles": {"x": {"config": {"a": 1}}}`), []string{"properties.addonProfiles.x.config.a type", "properties.addonProfiles.x.enabled missing"}},
	} {
		t.Run(reason, func(t *testing.T) {
			if diff := cmp.Diff(c.want, found(t, find(t, c.typ, c.version), c.body)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckText(t *testing.T) {
	one, three := 1, 3
	p := Property{Kind: String, MinLength: &one, MaxLength: &three, Pattern: "^[a-z]*$"}
	for reason, c := range map[string]struct {
		text string
		want []Rule
	}{
		"within the limits":    {"abc", nil},
		"empty":                {"", []Rule{Length}},
		"too long":             {"abcd", []Rule{Length}},
		"not of the form":      {"A", []Rule{Pattern}},
		"too long and no form": {"ABCD", []Rule{Length, Pattern}},
	} {
		var got []Rule
		for _, v := range p.CheckText("x", c.text) {
			got = append(got, v.Rule)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", reason, diff)
		}
	}
}

// TestCheckAnyBody checks that no body makes Check panic, and that it finds something in a body of
// unknown names only.
func TestCheckAnyBody(t *testing.T) {
	b := find(t, clusters, "2023-04-01")
	names := rapid.SampledFrom([]string{"location", "properties", "agentPoolProfiles", "name", "count", "tags", "identity", "type", "x"})
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		return rapid.Custom(func(t *rapid.T) any {
			kind := rapid.IntRange(0, 6).Draw(t, "kind")
			switch {
			case kind == 0:
				return nil
			case kind == 1:
				return rapid.String().Draw(t, "text")
			case kind == 2:
				return rapid.Float64().Draw(t, "number")
			case kind == 3 || depth == 0:
				return rapid.Bool().Draw(t, "bool")
			case kind == 4:
				return rapid.SliceOfN(value(depth-1), 0, 3).Draw(t, "list")
			}
			return rapid.MapOfN(names, value(depth-1), 0, 4).Draw(t, "object")
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		b.Check(value(5).Draw(t, "body"))
		if len(b.Check(map[string]any{"location": "x", "never": value(2).Draw(t, "value")})) == 0 {
			t.Fatal("an unknown property was accepted")
		}
	})
}
