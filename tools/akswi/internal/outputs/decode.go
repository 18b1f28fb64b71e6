package outputs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
)

// masked is what `pulumi stack output --json` prints for a secret without --show-secrets.
const masked = "[secret]"

const maskedRemedy = "add --show-secrets to `pulumi stack output --json`"

// decoder turns JSON into the types of this package. It is used instead of the tags of
// encoding/json, which stops at the first problem, accepts missing values, and does not know masked
// ones.
type decoder struct{ problems problem.List }

// wrongType adds the problem that a value has another type than the wanted one.
func (d *decoder) wrongType(path problem.Path, value any, want string) {
	d.problems.Add(path, fmt.Sprintf("is %s, want %s", kindOf(value), want), "")
}

// object is a JSON object and its path in the outputs.
type object struct {
	d      *decoder
	path   problem.Path
	values map[string]any
}

// get returns a value that is present, not null and not masked.
func (o object) get(key string, required bool) (any, bool) {
	v := o.values[key]
	switch {
	case v == masked:
		o.d.problems.Add(o.path.Field(key), "is masked", maskedRemedy)
	case v != nil:
		return v, true
	case required:
		o.d.problems.Add(o.path.Field(key), "this output is missing", "run `pulumi up` with the current program")
	}
	return nil, false
}

// valueOf returns the value of a key, of type T; ok is false when it is absent or of another type.
// The problem of a wrong type says what it should be.
func valueOf[T any](o object, key string, required bool, want string) (value T, ok bool) {
	v, ok := o.get(key, required)
	if !ok {
		return value, false
	}
	if value, ok = v.(T); !ok {
		o.d.wrongType(o.path.Field(key), v, want)
	}
	return value, ok
}

// text returns a string; a required one may not be empty.
func (o object) text(key string, required bool) string {
	s, ok := valueOf[string](o, key, required, "text")
	if ok && required && strings.TrimSpace(s) == "" {
		o.d.problems.Add(o.path.Field(key), "is empty", "")
	}
	return s
}

// flag returns an optional boolean; false when it is absent.
func (o object) flag(key string) bool {
	b, _ := valueOf[bool](o, key, false, "true or false")
	return b
}

// objects returns the members of a list of objects.
func (o object) objects(key string, required bool) []object {
	list, _ := valueOf[[]any](o, key, required, "a list")
	var out []object
	for i, item := range list {
		path := o.path.Field(key).Index(i)
		m, ok := item.(map[string]any)
		if !ok {
			o.d.wrongType(path, item, "an object")
			continue
		}
		out = append(out, object{o.d, path, m})
	}
	return out
}

// labels returns an object whose values are all text; nil when it is absent.
func (o object) labels(key string) map[string]string {
	m, ok := valueOf[map[string]any](o, key, false, "an object")
	if !ok {
		return nil
	}
	values := object{o.d, o.path.Field(key), m}
	out := make(map[string]string, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out[k] = values.text(k, false)
	}
	return out
}

// named returns the members of a required object of objects, in the order of their names.
func (o object) named(key, want string) (names []string, members []object) {
	byName, _ := valueOf[map[string]any](o, key, true, want)
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		path := o.path.Field(key).Field(name)
		switch m := byName[name].(type) {
		case map[string]any:
			names, members = append(names, name), append(members, object{o.d, path, m})
		default:
			if m == masked {
				o.d.problems.Add(path, "is masked", maskedRemedy)
				continue
			}
			o.d.wrongType(path, m, "an object")
		}
	}
	return names, members
}

// stack decodes the outputs of a stack.
func (d *decoder) stack(o object) *Stack {
	s := &Stack{}
	if _, several := o.values["clusters"]; several {
		s.Platforms = d.platforms(o)
	} else {
		s = d.cluster(o)
	}
	names, members := o.named("workloads", "an object of workloads by name")
	for i, m := range members {
		s.Workloads = append(s.Workloads, d.workload(names[i], m))
	}
	return s
}

// cluster decodes the outputs about a cluster.
func (d *decoder) cluster(o object) *Stack {
	s := &Stack{
		ClusterName: o.text("clusterName", true),
		IssuerURL:   o.text("issuerUrl", true),
		TenantID:    o.text("tenantId", true),
		Kubeconfig:  o.text("kubeconfig", false),
	}
	if name := o.text("cloud", true); name != "" {
		c, err := azcloud.Lookup(name)
		d.problems.AddError(o.path.Field("cloud"), err)
		s.Cloud = c
	}
	return s
}

// platforms decodes the clusters of a stack of workloads alone.
func (d *decoder) platforms(o object) []Platform {
	names, members := o.named("clusters", "an object of clusters by name")
	var list []Platform
	for i, m := range members {
		list = append(list, Platform{Name: names[i], Stack: d.cluster(m)})
	}
	if byName, ok := o.values["clusters"].(map[string]any); ok && len(byName) == 0 {
		d.problems.Add(o.path.Field("clusters"), "has none: the stack runs on no platform", "")
	}
	return list
}

// workload decodes the outputs about a workload.
func (d *decoder) workload(name string, o object) Workload {
	w := Workload{
		Name:        name,
		ClientID:    o.text("clientId", true),
		PrincipalID: o.text("principalId", true),
		TenantID:    o.text("tenantId", true),
		IdentityID:  o.text("identityId", true),
		PodLabels:   o.labels("podLabels"),
	}
	if kind := o.text("identityKind", true); kind != "" {
		w.Kind = Kind(kind)
		if w.Kind != UserAssigned && w.Kind != Application {
			d.problems.Add(o.path.Field("identityKind"), fmt.Sprintf("is %q, want %q or %q", kind, UserAssigned, Application), "")
		}
	}
	for _, f := range o.objects("federations", true) {
		elsewhere := f.flag("elsewhere")
		w.Federations = append(w.Federations, Federation{
			Namespace:      f.text("namespace", !elsewhere),
			ServiceAccount: f.text("serviceAccount", !elsewhere),
			Issuer:         f.text("issuer", true),
			Subject:        f.text("subject", true),
			Audience:       f.text("audience", true),
			CredentialID:   f.text("credentialId", true),
			Cluster:        f.text("cluster", false),
			Elsewhere:      elsewhere,
		})
	}
	for _, s := range o.objects("secrets", false) {
		w.Secrets = append(w.Secrets, Secret{VaultURL: s.text("vaultUrl", true), Name: s.text("name", true)})
	}
	return w
}

// kindOf returns the name of a JSON value's type.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case float64:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}
