// Package native is the sandbox's azure-native provider: a table of resource types, each with its
// path, api-version and rules, over Azure Resource Manager.
//
// The rules have these sources. Properties and types: the Go SDK, by reflection. Api-versions: the
// SDK's doc comments. Names in the body, requirements, limits, identifiers of lists and mutability:
// azure-rest-api-specs (package specs). Properties that replace a resource: pulumi-azure-native's
// provider/pkg/gen/replacement.go as of v2 (forceNewMap) and x-ms-mutability, which that generator
// reads for top-level properties; every parameter of the path replaces. Automatic names:
// provider/pkg/resources (AutoNamer).
package native

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// record describes one resource type.
type record struct {
	// The token is azure-native:<module>:<name>. A module can have an api-version after a slash.
	module, name string
	args         pulumi.Input // the SDK's XArgs{}
	outputs      any          // the SDK's X{}
	path         string       // the ARM path, with inputs or subscriptionId in braces
	apiVersion   string
	// forceNew lists the properties whose change replaces the resource, by azure-native's list
	// forceNewMap, which knows no versions. A name in it counts at the top and one level below,
	// also where another property has it by chance.
	forceNew []string
	// othersWrite is a list in the body's properties that Azure requires on creation even if it is
	// empty, and that other resources write. An update that does not set it leaves it unchanged
	// (azure-native: maintainSubResourceIfUnset), and a refresh shows it empty
	// (resetUnsetSubResourceProperties).
	othersWrite string
	// restore has what an update sends for inputs that the program no longer sets
	// (provider/pkg/gen/propertyDefaults.go).
	restore map[string]any
	// defaults has the defaults of the specification for top-level inputs.
	defaults map[string]any
	// async is true if the specification marks the type's DELETE as a long-running operation. Then
	// azure-native takes 404 as an error, otherwise as success.
	async bool
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
	var body *specs.Body // azure-native's own types have none
	if r.custom == nil {
		body, _ = specs.Find(r.resourceType(), r.apiVersion)
	}
	if body == nil && r.custom == nil {
		return nil, fmt.Errorf("%s: the specifications have no %s in %s", r.token(), r.resourceType(), r.apiVersion)
	}
	for _, name := range slices.Concat(r.parameters(), r.forceNew) {
		if inputs.Field(name) == nil {
			return nil, fmt.Errorf("%s: the record names %q, which the SDK does not have", r.token(), name)
		}
	}
	o := &ops{record: r, names: newNames(body), inputs: inputs, outputs: outputs, flattened: flattened(outputs), backend: b}
	var calls bridge.Ops = o
	tokens := r.tokens()
	constants := map[string]any{"azureApiVersion": r.apiVersion}
	if r.custom != nil {
		calls, tokens, constants = r.custom(o), tokens[:1], nil // azure-native's own types have no version
	}
	var others []string
	if r.othersWrite != "" {
		others = []string{"properties." + r.othersWrite}
	}
	return &bridge.Resource{
		Tokens: tokens,
		Inputs: inputs, Outputs: outputs,
		Required:      o.requiredInputs(),
		Replace:       o.replacing(),
		AutoName:      r.autoName(),
		Location:      inputs.Field("location") != nil,
		OthersWrite:   others,
		Identifiers:   o.identifiers(),
		Defaults:      r.defaults,
		Restore:       r.restore,
		KeepsInputs:   true,
		Constants:     constants,
		StableOutputs: []string{"name", "location"},
		Limits:        o.limits,
		Ops:           calls,
	}, nil
}

func (r record) isParameter(name string) bool { return slices.Contains(r.parameters(), name) }

// replacing returns the paths of inputs whose change replaces the resource: the parameters of its
// path, what the specification allows at the creation only, and forceNew.
func (o *ops) replacing() []string {
	out := slices.Clone(o.parameters())
	for _, f := range o.inputs.Fields() {
		if o.isParameter(f.Name) {
			continue
		}
		if slices.Contains(o.forceNew, f.Name) || o.createOnly(f.Name) {
			out = append(out, f.Name)
		}
		inner, prefix := f.Type, f.Name+"."
		if inner.Kind == schema.Array {
			inner, prefix = inner.Elem, f.Name+"[]."
		}
		if inner.Kind != schema.Object {
			continue
		}
		for _, member := range inner.Fields() {
			if slices.Contains(o.forceNew, member.Name) {
				out = append(out, prefix+member.Name)
			}
		}
	}
	return out
}

func (o *ops) createOnly(input string) bool {
	if o.body == nil {
		return false
	}
	p, _ := o.body.Property(o.place(input, o.flattened))
	return p.CreateOnly()
}

// identifiers returns the identifiers of the lists of a type (x-ms-identifiers), by the path of the
// list in the SDK without indices.
func (o *ops) identifiers() map[string][]string {
	out := map[string][]string{}
	if o.body == nil {
		return nil
	}
	for _, p := range o.body.Properties() {
		if len(p.Identifiers) > 0 && !p.ReadOnly {
			out[o.sdkPath(p.Path)] = p.Identifiers
		}
	}
	return out
}

// sdkPath returns the path in the SDK of a property of the body, without indices.
func (o *ops) sdkPath(path string) string {
	at, out := "", []string{}
	for i, segment := range strings.Split(path, ".") {
		name := strings.TrimSuffix(segment, "[]")
		if sdk, ok := o.toSDK[at][name]; ok {
			name = sdk
		}
		at = join(at, segment)
		if i > 0 || name != "properties" || !o.flattened {
			out = append(out, name)
		}
	}
	return strings.Join(out, ".")
}
