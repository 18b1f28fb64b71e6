// Package native is the sandbox's stand-in for the azure-native provider: a table of resource types, each a
// declaration of its path, api-version and rules, over Azure Resource Manager.
//
// Where the rules come from. Properties, types and requirements: the Go SDK, by reflection. Api-versions: the SDK's
// doc comments. What replaces a resource: pulumi-azure-native's provider/pkg/gen/replacement.go as of v2 (forceNewMap)
// and x-ms-mutability in azure-rest-api-specs, which that generator reads for top-level properties; every parameter of
// the path replaces. Names: provider/pkg/resources (AutoNamer). Patterns of names: azure-rest-api-specs.
package native

import (
	"fmt"
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

// record declares one resource type.
type record struct {
	module, name string       // the token is azure-native:<module>:<name>; a module may have an api-version after a slash
	args         pulumi.Input // the SDK's XArgs{}
	outputs      any          // the SDK's X{}
	path         string       // the ARM path; a name in braces is an input, or subscriptionId
	apiVersion   string
	// envelope lists the members of the body that stand beside "properties"; everything else goes into it.
	envelope []string
	// rename maps a property of the SDK to its name in the body's properties, where they differ.
	rename map[string]string
	// nested maps properties inside others, by their path in the SDK without indices, to their name in the body.
	nested map[string]string
	// dashed lists objects whose members have dashes in the body (balance-similar-node-groups).
	dashed []string
	// replace lists what replaces the resource beside the parameters of the path.
	replace []string
	// required lists what the SDK's constructor requires and its struct does not show.
	required []string
	// patterns restrict inputs, as the specification does.
	patterns map[string]string
	secrets  []string // inputs that are always secret
	// emptyList is a list under the body that Azure wants on creation even if there is nothing in it, and that other
	// resources write to: an update that does not name it leaves it as it is (azure-native: maintainSubResourceIfUnset),
	// and a refresh does not see it (removeUnsetSubResourceProperties).
	emptyList string
	// remove replaces the DELETE of ARM where there is none.
	remove func(b *Backend) deleter
	// unnamed is true if the last parameter of the path is somebody else's name, which is not made up.
	unnamed bool
	// custom replaces the operations of a type that azure-native does not leave to ARM.
	custom func(o *ops) bridge.Ops
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// parameters returns the inputs that are part of the path, in order.
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

// tokens are the type's token and, for a module of the SDK's default versions, that of the same type under its own
// api-version, such as azure-native:keyvault/v20230201:Vault.
func (r record) tokens() []string {
	if strings.Contains(r.module, "/") {
		return []string{r.token()}
	}
	return []string{r.token(), "azure-native:" + r.module + "/v" + strings.ReplaceAll(r.apiVersion, "-", "") + ":" + r.name}
}

// autoName follows azure-native's AutoNamer: the last parameter of the path is named; a GUID where Azure wants one, a
// random name for a resource that is not inside another, a copy of the URN's name otherwise.
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

// resource turns the declaration into what the engine's protocol needs.
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
		calls, tokens = r.custom(o), tokens[:1] // what azure-native made itself has no api-version in its token
	}
	var others []string
	if r.emptyList != "" {
		others = []string{"properties." + r.emptyList}
	}
	return &bridge.Resource{
		Tokens: tokens,
		Inputs: inputs, Outputs: outputs,
		Required:      r.required,
		Replace:       slices.Concat(r.parameters(), r.replace),
		AutoName:      r.autoName(),
		Location:      inputs.Field("location") != nil,
		SecretInputs:  r.secrets,
		Others:        others,
		StableOutputs: []string{"name", "location"},
		Conflicts:     func(m resource.PropertyMap) []schema.Problem { return mismatches(patterns, m) },
		Ops:           calls,
	}, nil
}

func mismatches(patterns map[string]*regexp.Regexp, m resource.PropertyMap) []schema.Problem {
	var out []schema.Problem
	for _, name := range value.Keys(patterns) {
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
