package specs

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFacts holds some facts that other parts rely on, each of another kind, against the table.
func TestFacts(t *testing.T) {
	number := func(f float64) *float64 { return &f }
	for reason, c := range map[string]struct {
		typ, version string
		want         Property
	}{
		"a create-only property": {"Microsoft.Sql/servers", "2021-11-01", Property{Path: "properties.administratorLogin", Kind: String, Mutability: []string{"read", "create"}}},
		"the expiry of a secret has another name on the wire than in SDKs": {
			"Microsoft.KeyVault/vaults/secrets", "2023-02-01",
			Property{Path: "properties.attributes.exp", Kind: Integer, Format: "unixtime", ClientName: "Expires"},
		},
		"identifiers of a list":     {vaults, "2023-02-01", Property{Path: "properties.accessPolicies", Kind: Array, Identifiers: []string{"tenantId", "objectId", "permissions"}}},
		"a list without identifier": {clusters, "2023-04-01", Property{Path: "properties.agentPoolProfiles", Kind: Array, Identifiers: []string{}}},
		"a pattern":                 {clusters, "2023-04-01", Property{Path: "properties.agentPoolProfiles[].name", Kind: String, Required: true, Pattern: "^[a-z][a-z0-9]{0,11}$"}},
		"a range":                   {clusters, "2023-04-01", Property{Path: "properties.agentPoolProfiles[].osDiskSizeGB", Kind: Integer, Format: "int32", Min: number(0), Max: number(2048)}},
		"a closed enumeration":      {clusters, "2023-04-01", Property{Path: "identity.type", Kind: String, Enum: []string{"SystemAssigned", "UserAssigned", "None"}}},
		"an open enumeration":       {clusters, "2023-04-01", Property{Path: "properties.agentPoolProfiles[].mode", Kind: String, Enum: []string{"System", "User"}, Open: true}},
		"a secret":                  {"Microsoft.Sql/servers", "2021-11-01", Property{Path: "properties.administratorLoginPassword", Kind: String, Secret: true, Mutability: []string{"create", "update"}}},
		"a name in the URL": {
			"Microsoft.KeyVault/vaults", "2023-02-01", Property{Path: NamePath, Kind: String, Pattern: "^[a-zA-Z0-9-]{3,24}$"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			got, ok := find(t, c.typ, c.version).Property(c.want.Path)
			if !ok {
				t.Fatalf("the table lacks %s", c.want.Path)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMutability(t *testing.T) {
	for reason, c := range map[string]struct {
		p                     Property
		createOnly, writeOnly bool
	}{
		"without mutability":  {Property{}, false, false},
		"read and create":     {Property{Mutability: []string{"read", "create"}}, true, false},
		"create only":         {Property{Mutability: []string{"create"}}, true, true},
		"create and update":   {Property{Mutability: []string{"create", "update"}}, false, true},
		"a secret":            {Property{Secret: true}, false, true},
		"of the request only": {Property{Side: Request}, false, true},
	} {
		if c.p.CreateOnly() != c.createOnly || c.p.WriteOnly() != c.writeOnly {
			t.Errorf("%s: create only %v, write only %v", reason, c.p.CreateOnly(), c.p.WriteOnly())
		}
	}
}

// TestTableIsWhole checks that the table has every type and api-version it names, with a parent for
// each row and a source.
func TestTableIsWhole(t *testing.T) {
	if len(Types()) < 20 {
		t.Fatalf("the table has %d types", len(Types()))
	}
	for _, typ := range Types() {
		versions := Versions(typ)
		if !slices.IsSorted(versions) {
			t.Errorf("%s: the api-versions are not in order: %v", typ, versions)
		}
		for _, version := range versions {
			b := find(t, typ, version)
			if b.Source.Commit == "" {
				t.Errorf("%s@%s has no source", typ, version)
			}
			if _, ok := b.Name(); !ok {
				t.Errorf("%s@%s has no row about its name", typ, version)
			}
			for _, p := range b.Properties() {
				parent, _ := split(p.Path)
				if _, ok := b.Property(parent); !ok && parent != "" {
					t.Errorf("%s@%s: %s has no row for %s", typ, version, p.Path, parent)
				}
			}
		}
	}
	if _, ok := Find(vaults, "1999-01-01"); ok {
		t.Error("an unknown api-version was found")
	}
	if Versions("Microsoft.Nothing/here") != nil {
		t.Error("an unknown type has api-versions")
	}
}

// TestPatternsCompile lists the patterns that Go cannot compile, which Check does not apply: the
// names of containers, which have a look-ahead.
func TestPatternsCompile(t *testing.T) {
	var failed []string
	for _, typ := range Types() {
		for _, version := range Versions(typ) {
			for _, p := range find(t, typ, version).Properties() {
				if _, err := regexp.Compile(p.Pattern); err != nil && !slices.Contains(failed, p.Pattern) {
					failed = append(failed, p.Pattern)
				}
			}
		}
	}
	if diff := cmp.Diff([]string{"^[a-z0-9]([a-z0-9]|(-(?!-))){1,61}[a-z0-9]$"}, failed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
