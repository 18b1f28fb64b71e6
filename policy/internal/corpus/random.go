package corpus

import (
	"math"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
)

// Source makes values from a fuzzer's bytes. After the last byte it returns zeros.
type Source struct{ data []byte }

// NewSource returns a source that starts with the first byte.
func NewSource(data []byte) *Source { return &Source{data} }

// Byte returns the next byte.
func (s *Source) Byte() byte {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b
}

// Text returns a short text of the next bytes.
func (s *Source) Text() string {
	n := min(int(s.Byte()%24), len(s.data))
	text := string(s.data[:n])
	s.data = s.data[n:]
	return text
}

// maxDepth is how many levels a random value has at most.
const maxDepth = 5

// Value returns any value that a resource can have, also one that only a defective engine would
// send.
func (s *Source) Value(depth int) resource.PropertyValue {
	kind := s.Byte() % 16
	if depth >= maxDepth && kind >= 8 {
		kind -= 8
	}
	switch kind {
	case 0:
		return resource.NewNullProperty()
	case 1:
		return resource.NewProperty(s.Byte()%2 == 0)
	case 2:
		return resource.NewProperty([]float64{0, -1, 3600, 1e300, math.NaN(), math.Inf(1), 0.5, 21}[s.Byte()%8])
	case 3, 4:
		return resource.NewProperty(s.Text())
	case 5:
		return resource.MakeComputed(resource.NewProperty(""))
	case 6:
		return resource.NewProperty(resource.Output{Element: resource.NewProperty(s.Text()), Known: s.Byte()%2 == 0, Secret: s.Byte()%2 == 0})
	case 7:
		return resource.PropertyValue{V: []any{(*resource.Secret)(nil), (*asset.Asset)(nil), resource.ResourceReference{}, 7}[s.Byte()%4]}
	case 8, 9:
		return resource.MakeSecret(s.Value(depth + 1))
	case 10, 11:
		list := make([]resource.PropertyValue, s.Byte()%4)
		for i := range list {
			list[i] = s.Value(depth + 1)
		}
		return resource.NewProperty(list)
	default:
		m := resource.PropertyMap{}
		for range s.Byte() % 5 {
			m[resource.PropertyKey(s.Text())] = s.Value(depth + 1)
		}
		return resource.NewProperty(m)
	}
}

// Mutate replaces some values of a graph, and some of its dependencies, as the bytes determine.
func (s *Source) Mutate(resources []*graph.Resource) []*graph.Resource {
	list := make([]*graph.Resource, len(resources))
	for i, r := range resources {
		c := *r
		c.Inputs = s.mutate(resource.NewProperty(r.Inputs), 0).ObjectValue()
		if r.Outputs != nil {
			c.Outputs = s.mutate(resource.NewProperty(r.Outputs), 0).ObjectValue()
		}
		other := resources[int(s.Byte())%len(resources)]
		switch s.Byte() % 8 {
		case 0:
			c.Dependencies = append([]string{other.URN, c.URN}, c.Dependencies...)
		case 1:
			c.PropertyDependencies = map[string][]string{"resourceName": {other.URN, ""}}
		case 2:
			c.Provider, c.Parent = other.URN, c.URN
		}
		list[i] = &c
	}
	return list
}

// mutate copies a value and replaces some parts; the root stays an object.
func (s *Source) mutate(v resource.PropertyValue, depth int) resource.PropertyValue {
	if depth > 0 && s.Byte()%11 == 1 {
		return s.Value(depth)
	}
	switch {
	case v.IsArray():
		list := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, element := range v.ArrayValue() {
			list[i] = s.mutate(element, depth+1)
		}
		return resource.NewProperty(list)
	case v.IsObject():
		m := resource.PropertyMap{}
		for _, key := range v.ObjectValue().StableKeys() {
			m[key] = s.mutate(v.ObjectValue()[key], depth+1)
		}
		return resource.NewProperty(m)
	}
	return v
}
