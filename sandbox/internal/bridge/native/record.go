// Package native is the sandbox's azure-native provider: a table of resource types, each with its
// path, api-version and rules, over Azure Resource Manager.
//
// The rules have these sources. Properties, types and requirements: the Go SDK, by reflection.
// Api-versions: the SDK's doc comments. Properties that replace a resource: pulumi-azure-native's
// provider/pkg/gen/replacement.go as of v2 (forceNewMap) and x-ms-mutability in
// azure-rest-api-specs, which that generator reads for top-level properties; every parameter of the
// path replaces. Names: provider/pkg/resources (AutoNamer). Patterns of names:
// azure-rest-api-specs.
package native

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// record describes one resource type.
type record struct {
	// The token is azure-native:<module>:<name>. A module can have an api-version after a slash.
	module, name string
	args         pulumi.Input // the SDK's XArgs{}
	outputs      any          // the SDK's X{}
	path         string       // the ARM path, with inputs or subscriptionId in braces
	apiVersion   string
	// envelope lists the members of the body beside "properties"; everything else is in it.
	envelope []string
	// rename maps a property's name in the SDK to its name in the body's properties, if they
	// differ.
	rename map[string]string
	// nested maps properties inside others, by their path in the SDK without indices, to their
	// names in the body.
	nested map[string]string
	// hyphenated lists objects whose members have hyphens in the body
	// (balance-similar-node-groups).
	hyphenated []string
	// replace lists the properties that replace the resource, in addition to the parameters of the
	// path.
	replace []string
	// required lists properties that the SDK's constructor requires although its struct does not
	// show it.
	required []string
	// patterns are the expressions for inputs in the specification.
	patterns map[string]string
	secrets  []string // inputs that are always secret
	// othersWrite is a list in the body's properties that Azure requires on creation even if it is
	// empty, and that other resources write. An update that does not set it leaves it unchanged
	// (azure-native: maintainSubResourceIfUnset), and a refresh ignores it
	// (removeUnsetSubResourceProperties).
	othersWrite string
	// remove replaces ARM's DELETE for types that have none.
	remove func(b *Backend) deleter
	// unnamed is true if the last parameter of the path names another resource, so that no name is
	// made for it.
	unnamed bool
	// custom replaces the operations of a type that azure-native implements itself.
	custom func(o *ops) bridge.Ops
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// parameters returns the inputs that are part of the path, in their order.
func (r record) parameters() []string {
	var out []string
	for _, m := range parameter.FindAllStringSubmatch(r.path, -1) {
		if m[1] != "subscriptionId" {
			out = append(out, m[1])
		}
	}
	return out
}

func (r record) token() string { return "azure-native:" + r.module + ":" + r.name }

// tokens returns the type's token and, for a module of the SDK's default versions, the token of the
// same type with its api-version, such as azure-native:keyvault/v20230201:Vault.
func (r record) tokens() []string {
	if strings.Contains(r.module, "/") {
		return []string{r.token()}
	}
	return []string{r.token(), "azure-native:" + r.module + "/v" + strings.ReplaceAll(r.apiVersion, "-", "") + ":" + r.name}
}

// autoName returns the property that azure-native's AutoNamer sets, the last parameter of the path,
// and the strategy: a GUID where Azure requires one, a random name for a resource that is not
// inside another, otherwise the URN's name.
func (r record) autoName() *bridge.AutoName {
	if r.unnamed {
		return nil
	}
	params := r.parameters()
	last := params[len(params)-1]
	name := &bridge.AutoName{Property: last, Strategy: bridge.CopyName}
	lower := strings.ToLower(r.path)
	i := strings.LastIndex(lower, "microsoft.")
	switch {
	case last == "roleAssignmentName" || last == "roleDefinitionId":
		name.Strategy = bridge.UUIDName
	case i < 0 || strings.Count(lower[i:], "{") == 1:
		name.Strategy = bridge.RandomName
	}
	return name
}

// resource returns the description of the type for the engine's protocol.
func (r record) resource(b *Backend) (*bridge.Resource, error) {
	inputs, err := schema.Inputs(r.args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.token(), err)
	}
	outputs, err := schema.Of(reflect.TypeOf(r.outputs))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.token(), err)
	}
	for _, name := range slices.Concat(r.parameters(), r.replace, r.required) {
		if inputs.Field(name) == nil {
			return nil, fmt.Errorf("%s: the record names %q, which the SDK does not have", r.token(), name)
		}
	}
	patterns := map[string]*regexp.Regexp{}
	for name, text := range r.patterns {
		if patterns[name], err = regexp.Compile(text); err != nil {
			return nil, fmt.Errorf("%s: %w", r.token(), err)
		}
	}
	o := &ops{record: r, inputs: inputs, outputs: outputs, backend: b}
	var calls bridge.Ops = o
	tokens := r.tokens()
	if r.custom != nil {
		calls, tokens = r.custom(o), tokens[:1] // azure-native's own types
	}
	var others []string
	if r.othersWrite != "" {
		others = []string{"properties." + r.othersWrite}
	}
	return &bridge.Resource{
		Tokens: tokens,
		Inputs: inputs, Outputs: outputs,
		Required:      r.required,
		Replace:       slices.Concat(r.parameters(), r.replace),
		AutoName:      r.autoName(),
		Location:      inputs.Field("location") != nil,
		SecretInputs:  r.secrets,
		OthersWrite:   others,
		StableOutputs: []string{"name", "location"},
		Conflicts:     func(m resource.PropertyMap) []schema.Problem { return mismatches(patterns, m) },
		Ops:           calls,
	}, nil
}

func mismatches(patterns map[string]*regexp.Regexp, m resource.PropertyMap) []schema.Problem {
	var out []schema.Problem
	for _, name := range slices.Sorted(maps.Keys(patterns)) {
		text, ok := value.String(m[resource.PropertyKey(name)])
		if ok && !patterns[name].MatchString(text) {
			out = append(out, schema.Problem{
				Path:   name,
				Reason: fmt.Sprintf("'%s' is %q, which does not match expression '%s'", name, text, patterns[name]),
			})
		}
	}
	return out
}
