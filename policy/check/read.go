package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// document is what the command reads of an exported state, or of a preview in JSON. A preview has
// one step for each resource; steps of one resource may follow each other, as in a replacement.
type document struct {
	Deployment *struct {
		Resources []state `json:"resources"`
	} `json:"deployment"`
	Steps []struct {
		Op       string `json:"op"`
		URN      string `json:"urn"`
		NewState *state `json:"newState"`
	} `json:"steps"`
}

// state is a resource in the form of Pulumi's apitype.ResourceV3.
type state struct {
	URN                  string              `json:"urn"`
	Type                 string              `json:"type"`
	Delete               bool                `json:"delete"`
	Inputs               map[string]any      `json:"inputs"`
	Outputs              map[string]any      `json:"outputs"`
	Parent               string              `json:"parent"`
	Provider             string              `json:"provider"`
	Protect              bool                `json:"protect"`
	Dependencies         []string            `json:"dependencies"`
	PropertyDependencies map[string][]string `json:"propertyDependencies"`
}

// removal is a step of a preview that deletes or replaces a resource.
type removal struct{ urn, kind, op string }

// removals are the steps of a preview that delete or replace a resource, and what a message says.
var removals = map[string]string{
	"delete": "the preview deletes it", "replace": "the preview replaces it",
	"create-replacement": "the preview replaces it", "delete-replaced": "the preview replaces it",
}

// removalsOf returns the resources that a preview deletes or replaces, each once.
func removalsOf(doc *document) []removal {
	seen := map[string]bool{}
	var list []removal
	for _, step := range doc.Steps {
		problem, ok := removals[step.Op]
		if !ok || seen[step.URN] || !resource.URN(step.URN).IsValid() {
			continue
		}
		seen[step.URN] = true
		list = append(list, removal{step.URN, string(resource.URN(step.URN).Type()), problem})
	}
	return list
}

// stackResource is a resource with its inputs as properties, and its outputs.
type stackResource struct {
	plugin.AnalyzerStackResource

	outputs resource.PropertyMap
}

// read returns the resources of an exported state or of a preview, and what the preview deletes or
// replaces.
func read(in io.Reader) ([]stackResource, []removal, error) {
	var doc document
	if err := json.NewDecoder(in).Decode(&doc); err != nil {
		return nil, nil, fmt.Errorf("it is no JSON: %w; write it with `pulumi stack export` or `pulumi preview --json`", err)
	}
	var states []state
	switch {
	case doc.Deployment != nil:
		states = doc.Deployment.Resources
	case doc.Steps != nil:
		for _, step := range doc.Steps {
			if step.NewState != nil {
				states = append(states, *step.NewState)
			}
		}
	default:
		return nil, nil, errors.New("it has neither a deployment nor steps; write it with `pulumi stack export` or `pulumi preview --json`")
	}
	// What waits for its deletion in the middle of a replacement is not part of the program.
	states = slices.DeleteFunc(states, func(s state) bool { return s.Delete || s.URN == "" })
	providers := map[string]*plugin.AnalyzerProviderResource{}
	for i := range states {
		if s := &states[i]; strings.HasPrefix(s.Type, "pulumi:providers:") {
			providers[s.URN] = &plugin.AnalyzerProviderResource{
				URN: resource.URN(s.URN), Type: tokens.Type(s.Type), Name: nameOf(s.URN), Properties: properties(s.Inputs),
			}
		}
	}
	list := make([]stackResource, len(states))
	for i := range states {
		list[i] = stackResource{states[i].convert(providers), states[i].outputs()}
	}
	return list, removalsOf(&doc), nil
}

// convert returns the resource as the engine would show it to the pack.
func (s *state) convert(providers map[string]*plugin.AnalyzerProviderResource) plugin.AnalyzerStackResource {
	r := plugin.AnalyzerStackResource{
		AnalyzerResource: plugin.AnalyzerResource{
			URN: resource.URN(s.URN), Type: tokens.Type(s.Type), Name: nameOf(s.URN), Properties: properties(s.Inputs),
			Options: plugin.AnalyzerResourceOptions{Protect: s.Protect},
		},
		Parent: resource.URN(s.Parent),
	}
	if urn, _, ok := cutLast(s.Provider, "::"); ok {
		if r.Provider = providers[urn]; r.Provider == nil {
			r.Provider = &plugin.AnalyzerProviderResource{URN: resource.URN(urn)}
		}
	}
	for _, urn := range s.Dependencies {
		r.Dependencies = append(r.Dependencies, resource.URN(urn))
	}
	r.PropertyDependencies = make(map[resource.PropertyKey][]resource.URN, len(s.PropertyDependencies))
	for property, urns := range s.PropertyDependencies {
		for _, urn := range urns {
			key := resource.PropertyKey(property)
			r.PropertyDependencies[key] = append(r.PropertyDependencies[key], resource.URN(urn))
		}
	}
	return r
}

// outputs returns the outputs of a resource; its inputs where it has none, as in a preview.
func (s *state) outputs() resource.PropertyMap {
	if len(s.Outputs) == 0 {
		return properties(s.Inputs)
	}
	return properties(s.Outputs)
}

// nameOf returns the name at the end of a URN.
func nameOf(urn string) string {
	if resource.URN(urn).IsValid() {
		return resource.URN(urn).Name()
	}
	return urn
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// properties returns values of Pulumi's JSON as property values. Secrets whose text is encrypted,
// assets and references to resources become unknown: no rule reads them.
func properties(object map[string]any) resource.PropertyMap {
	m := make(resource.PropertyMap, len(object))
	for key, v := range object {
		m[resource.PropertyKey(key)] = property(v)
	}
	return m
}

func property(v any) resource.PropertyValue {
	switch v := v.(type) {
	case []any:
		list := make([]resource.PropertyValue, len(v))
		for i, e := range v {
			list[i] = property(e)
		}
		return resource.NewProperty(list)
	case string:
		if isUnknown(v) {
			return resource.MakeComputed(resource.NewProperty(""))
		}
		return resource.NewProperty(v)
	case map[string]any:
		signature, signed := v[resource.SigKey].(string)
		if !signed {
			return resource.NewProperty(properties(v))
		}
		if signature == resource.SecretSig {
			return secret(v)
		}
		return resource.MakeComputed(resource.NewProperty(""))
	}
	return resource.NewPropertyValue(v)
}

// isUnknown reports whether a text stands for a value that a preview does not know.
func isUnknown(text string) bool {
	return slices.Contains([]string{
		plugin.UnknownStringValue, plugin.UnknownBoolValue, plugin.UnknownNumberValue, plugin.UnknownArrayValue,
		plugin.UnknownObjectValue, plugin.UnknownAssetValue, plugin.UnknownArchiveValue,
	}, text)
}

// secret returns a secret: with its value, if `pulumi stack export --show-secrets` wrote it.
func secret(v map[string]any) resource.PropertyValue {
	text, ok := v["plaintext"].(string)
	if !ok {
		return resource.MakeSecret(resource.MakeComputed(resource.NewProperty("")))
	}
	var plain any
	if json.Unmarshal([]byte(text), &plain) != nil {
		return resource.MakeSecret(resource.NewProperty(text))
	}
	return resource.MakeSecret(property(plain))
}
