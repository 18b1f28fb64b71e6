package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// write writes the files of a work tree.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var things = service{folder: "things/Microsoft.Things", since: "2020-01-01", types: []string{"Microsoft.Things/things"}, stop: []string{"Huge"}}

const specificationOfThings = `{
	"paths": {
		"/subscriptions/{s}/providers/Microsoft.Things/things": {"get": {}},
		"/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Things/things/{thing}": {"put": {
			"parameters": [
				{"name": "thing", "in": "path", "type": "string", "pattern": "^[a-z]+$", "maxLength": 9},
				{"name": "s", "in": "path", "type": "string", "pattern": "^other$"},
				{"$ref": "common.json#/parameters/Body"}
			],
			"responses": {"200": {"schema": {"$ref": "#/definitions/Answer"}}}
		}}
	},
	"definitions": {
		"Thing": {
			"allOf": [{"$ref": "common.json#/definitions/Resource"}], "required": ["size"],
			"properties": {
				"size": {"type": "integer", "minimum": 1, "maximum": 5, "x-ms-mutability": ["create", "read"]},
				"mode": {"$ref": "#/definitions/Mode", "readOnly": true},
				"parts": {"type": "array", "x-ms-identifiers": [], "items": {"$ref": "#/definitions/Thing"}},
				"labels": {"type": "object", "additionalProperties": {"type": "string"}},
				"huge": {"$ref": "#/definitions/Huge"},
				"password": {"type": "string", "x-ms-secret": true, "x-ms-client-name": "adminPassword"}
			}
		},
		"Answer": {
			"allOf": [{"$ref": "common.json#/definitions/Resource"}],
			"properties": {"size": {"type": "integer"}, "state": {"type": "string", "readOnly": true}}
		},
		"Huge": {"type": "object", "properties": {"a": {"type": "string"}}},
		"Mode": {"type": "string", "enum": ["A", "B"], "x-ms-enum": {"name": "Mode", "modelAsString": true}}
	}
}`

const commonOfThings = `{
	"parameters": {"Body": {"name": "b", "in": "body", "schema": {"$ref": "things.json#/definitions/Thing"}}},
	"definitions": {"Resource": {"properties": {"id": {"type": "string", "readOnly": true}}}}
}`

// TestFromSpecifications checks each construct that the specifications use.
func TestFromSpecifications(t *testing.T) {
	root := write(t, map[string]string{
		"specification/things/Microsoft.Things/stable/2021-01-01/things.json":          specificationOfThings,
		"specification/things/Microsoft.Things/stable/2021-01-01/common.json":          commonOfThings,
		"specification/things/Microsoft.Things/stable/2019-01-01/things.json":          `{}`,
		"specification/things/Microsoft.Things/preview/2021-02-01-preview/things.json": `{}`,
	})
	folders, err := versionFolders(root, things)
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != 1 {
		t.Fatalf("neither an old nor a preview version is served: %v", folders)
	}
	got, err := fromSpecifications(&documents{read: map[string]object{}}, folders["2021-01-01"], things, "microsoft.things/Things")
	if err != nil {
		t.Fatal(err)
	}
	one, five, nine := 1.0, 5.0, 9
	want := map[string]specs.Property{}
	for _, p := range []specs.Property{
		{Path: "{name}", Kind: specs.String, Pattern: "^[a-z]+$", MaxLength: &nine},
		{Path: "id", Kind: specs.String, ReadOnly: true},
		{Path: "size", Kind: specs.Integer, Required: true, Min: &one, Max: &five, Mutability: []string{"create", "read"}},
		{Path: "mode", Side: specs.Request, Kind: specs.String, ReadOnly: true, Enum: []string{"A", "B"}, Open: true},
		{Path: "parts", Side: specs.Request, Kind: specs.Array, Identifiers: []string{}},
		{Path: "parts[]", Side: specs.Request, Kind: specs.Any},
		{Path: "labels", Side: specs.Request, Kind: specs.Map},
		{Path: "labels.*", Side: specs.Request, Kind: specs.String},
		{Path: "huge", Side: specs.Request, Kind: specs.Any},
		{Path: "password", Side: specs.Request, Kind: specs.String, Secret: true, ClientName: "adminPassword"},
		{Path: "state", Side: specs.Response, Kind: specs.String, ReadOnly: true},
	} {
		want[p.Path] = p
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const typesOfThings = `[
	{"$type": "StringType", "minLength": 1, "maxLength": 9, "pattern": "^[a-z]+$"},
	{"$type": "StringLiteralType", "value": "A"},
	{"$type": "StringType"},
	{"$type": "UnionType", "elements": [{"$ref": "#/1"}, {"$ref": "#/2"}]},
	{"$type": "IntegerType", "minValue": 1},
	{"$type": "ArrayType", "itemType": {"$ref": "#/7"}, "minLength": 2},
	{"$type": "ObjectType", "name": "Labels", "properties": {}, "additionalProperties": {"$ref": "#/2"}},
	{"$type": "ObjectType", "name": "Microsoft.Things/things", "properties": {
		"name": {"type": {"$ref": "#/0"}, "flags": 9}, "apiVersion": {"type": {"$ref": "#/2"}, "flags": 10},
		"mode": {"type": {"$ref": "#/3"}, "flags": 1}, "size": {"type": {"$ref": "#/4"}, "flags": 2},
		"parts": {"type": {"$ref": "#/5"}, "flags": 0}, "labels": {"type": {"$ref": "#/6"}, "flags": 4}}},
	{"$type": "ResourceType", "name": "Microsoft.Things/things@2022-01-01", "body": {"$ref": "#/7"}}
]`

func TestFromTypes(t *testing.T) {
	root := write(t, map[string]string{"generated/things_0/microsoft.things/2022-01-01/types.json": typesOfThings})
	folders, err := typeFolders(root, "Microsoft.Things", things)
	if err != nil || len(folders) != 1 {
		t.Fatalf("%v, %v", folders, err)
	}
	got, err := fromTypes(filepath.Join(root, "generated/things_0/microsoft.things/2022-01-01/types.json"), things, "Microsoft.Things/things", "2022-01-01")
	if err != nil {
		t.Fatal(err)
	}
	one, nine, two, least := 1, 9, 2, 1.0
	want := map[string]specs.Property{}
	for _, p := range []specs.Property{
		{Path: "{name}", Kind: specs.String, Pattern: "^[a-z]+$", MinLength: &one, MaxLength: &nine},
		{Path: "id", Kind: specs.String, ReadOnly: true}, {Path: "name", Kind: specs.String, ReadOnly: true}, {Path: "type", Kind: specs.String, ReadOnly: true},
		{Path: "mode", Kind: specs.String, Required: true, Enum: []string{"A"}, Open: true},
		{Path: "size", Kind: specs.Integer, ReadOnly: true, Min: &least},
		{Path: "parts", Kind: specs.Array, MinItems: &two}, {Path: "parts[]", Kind: specs.Any},
		{Path: "labels", Kind: specs.Map, Side: specs.Request}, {Path: "labels.*", Kind: specs.String},
	} {
		want[p.Path] = p
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCompress(t *testing.T) {
	a, b := specs.Property{Path: "a", Kind: specs.String}, specs.Property{Path: "a", Kind: specs.Integer}
	got := compress("T", []version{
		{"1", specification, map[string]specs.Property{"a": a}}, {"2", specification, map[string]specs.Property{"a": a}},
		{"3", specification, map[string]specs.Property{"a": b}}, {"4", bicepTypes, map[string]specs.Property{}}, {"5", bicepTypes, map[string]specs.Property{"a": b}},
	})
	want := specs.Rows{
		Type: "T", Versions: []string{"1", "2", "3", "4", "5"}, Sources: []int{0, 0, 0, 1, 1},
		Rows: []specs.Row{{Since: "1", Until: "2", Property: a}, {Since: "3", Until: "3", Property: b}, {Since: "5", Until: "5", Property: b}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestInherit checks that an api-version of bicep-types takes from its predecessor what these types
// do not have, and nothing else.
func TestInherit(t *testing.T) {
	before := specs.Property{Path: "a", Kind: specs.String, Mutability: []string{"create"}, ClientName: "b", Identifiers: []string{}, Format: "uuid", Pattern: "x", Required: true}
	list := []version{
		{"1", specification, map[string]specs.Property{"a": before}},
		{"2", bicepTypes, map[string]specs.Property{"a": {Path: "a", Kind: specs.String}, "new": {Path: "new"}}},
		{"3", specification, map[string]specs.Property{"a": {Path: "a", Kind: specs.String}}},
	}
	inherit(list)
	want := specs.Property{Path: "a", Kind: specs.String, Mutability: []string{"create"}, ClientName: "b", Identifiers: []string{}, Format: "uuid"}
	if diff := cmp.Diff(want, list[1].rows["a"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if list[2].rows["a"].ClientName != "" {
		t.Error("a specification must not inherit")
	}
}
