package stacks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// The schema of stack files, docs/stack.schema.json, is made of the same structs, tags and comments
// that Load goes by, so that an editor completes and checks what the program accepts.

// object is a JSON object; encoding/json sorts its keys, so that the file is stable.
type object = map[string]any

// schemaBuilder collects the definitions of structs on the way.
type schemaBuilder struct {
	comments comments
	defs     object
}

// stackFileSchema returns the schema of a whole `Pulumi.<stack>.yaml`.
func stackFileSchema(t testing.TB) object {
	b := &schemaBuilder{comments: readComments(t), defs: object{}}
	config := reflect.TypeFor[Config]()
	sections := object{}
	own := []string{}
	keys := strict.Keys(config)
	for _, name := range sortedKeys(keys) {
		f := keys[name]
		key := realProject + ":" + name
		sections[key] = b.property(config, f)
		own = append(own, key)
	}
	// Everything but the vault is plain text; a value that is encrypted stands as {secure: …}.
	vault := sections[realProject+":vault"].(object)
	sections[realProject+":vault"] = object{"description": vault["description"], "anyOf": []any{vault, secure}}
	secrets := b.defs["stacks.Vault"].(object)["properties"].(object)["secrets"].(object)
	secrets["additionalProperties"] = object{"anyOf": []any{object{"type": "string"}, secure}}

	return object{
		"$schema":     "http://json-schema.org/draft-07/schema#",
		"title":       "Stack file of " + realProject,
		"description": "Configuration of one environment. Generated from stacks/config.go and the components' arguments.",
		"type":        "object",
		"properties": object{
			"config": object{
				"type":       "object",
				"properties": sections,
				"required":   []any{realProject + ":location"},
				// Keys of other namespaces are other packages'.
				"propertyNames": object{"anyOf": []any{object{"enum": own}, object{"not": object{"pattern": "^" + realProject + ":"}}}},
			},
		},
		"definitions": b.defs,
	}
}

var secure = object{"type": "object", "properties": object{"secure": object{"type": "string"}}, "required": []any{"secure"}, "additionalProperties": false}

// property describes a key of a struct.
func (b *schemaBuilder) property(in reflect.Type, f arguments.Field) object {
	schema := b.of(in.FieldByIndex(f.Index).Type)
	if text := b.comments.of(in, f.Index); text != "" {
		if _, isReference := schema["$ref"]; isReference {
			// Draft 7 ignores what stands beside a reference.
			schema = object{"allOf": []any{schema}}
		}
		schema["description"] = text
	}
	if list := f.Enum; list != nil {
		leaf := schema
		if items, ok := schema["items"].(object); ok {
			leaf = items
		}
		leaf["enum"] = list
	}
	if f.Min != nil {
		schema["minimum"] = *f.Min
	}
	if f.Max != nil {
		schema["maximum"] = *f.Max
	}
	return schema
}

// of describes the values of a type.
func (b *schemaBuilder) of(t reflect.Type) object {
	t = strict.Plain(t)
	switch t.Kind() {
	case reflect.Pointer:
		return b.of(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Int:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Slice:
		return object{"type": "array", "items": b.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": b.of(t.Elem())}
	case reflect.Struct:
		return b.reference(t)
	default:
		return object{}
	}
}

// reference describes a struct once.
func (b *schemaBuilder) reference(t reflect.Type) object {
	name := filepath.Base(t.PkgPath()) + "." + t.Name()
	if _, done := b.defs[name]; !done {
		properties := object{}
		definition := object{"type": "object", "properties": properties, "additionalProperties": false}
		b.defs[name] = definition
		fields := strict.Keys(t)
		for _, key := range sortedKeys(fields) {
			properties[key] = b.property(t, fields[key])
		}
	}
	return object{"$ref": "#/definitions/" + name}
}

func TestSchemaIsTheCodes(t *testing.T) {
	text, err := json.MarshalIndent(stackFileSchema(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	pulumitest.GoldenFile(t, "../docs/stack.schema.json", string(text)+"\n")
}

func TestSchemaDescribesEveryKey(t *testing.T) {
	walk := func(path string, v any) {
		node, ok := v.(object)
		if !ok {
			return
		}
		properties, _ := node["properties"].(object)
		for key, p := range properties {
			if text, _ := p.(object)["description"].(string); text == "" {
				t.Errorf("%s.%s has no description: its field has no comment", path, key)
			}
		}
	}
	for name, definition := range stackFileSchema(t)["definitions"].(object) {
		walk(name, definition)
	}
}

// validateFile returns what the schema refuses of a stack file.
func validateFile(t testing.TB, text string) error {
	t.Helper()
	schema, err := jsonschema.Compile("../docs/stack.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var file any
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	return schema.Validate(file)
}

func TestSchemaAcceptsTheShippedFiles(t *testing.T) {
	files, err := filepath.Glob("../Pulumi.*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("stack files: %v, %v", files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := validateFile(t, string(text)); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
		if !strings.HasPrefix(string(text), "# yaml-language-server: $schema=docs/stack.schema.json\n") {
			t.Errorf("%s does not tell editors where the schema is", name)
		}
	}
}

// What Load refuses for its form, an editor shows as well.
func TestSchemaRefusesWhatLoadRefusesForItsForm(t *testing.T) {
	refused := 0
	for name, tc := range badInput {
		if !formal[name] {
			continue
		}
		refused++
		if err := validateFile(t, strings.ReplaceAll(tc.yaml, "\t", " ")); err == nil {
			t.Errorf("%s: the schema accepts\n%s", name, tc.yaml)
		}
	}
	if refused != len(formal) {
		t.Errorf("%d of %d cases exist", refused, len(formal))
	}
}

// formal are the cases of badInput that break the form: unknown keys, wrong types, values outside
// an enumeration or a range.
var formal = map[string]bool{
	"MisspeltTopLevelKey": true, "MisspeltNestedKey": true, "MisspeltKeyInMapping": true, "MisspeltKeyInList": true,
	"KeyOfAnotherSection": true, "MissingLocation": true, "VersionWithoutQuotes": true, "TextForNumber": true,
	"WordForNumber": true, "FractionForNumber": true, "TextForBool": true, "NumberForBool": true, "ScalarForSection": true,
	"ListForMapping": true, "MappingForList": true, "ListForText": true, "NumberForTag": true,
	"NumberForSecretUnquoted": true, "UnknownMode": true, "UnknownIdentityKind": true, "UnknownVaultTier": true,
	"SoftDeleteTooShort": true, "ExpirationTooShort": true,
}
