package outputs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
)

// masked is what `pulumi stack output --json` prints for a secret without --show-secrets.
const masked = "[secret]"

// decoder collects every problem instead of stopping at the first.
type decoder struct{ problems []string }

func (d *decoder) problem(path, format string, args ...any) {
	d.problems = append(d.problems, path+": "+fmt.Sprintf(format, args...))
}

// object is a JSON object and where it stands.
type object struct {
	d    *decoder
	path string
	m    map[string]any
}

func (o object) at(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// get returns a value that is present, not null and not masked.
func (o object) get(key string, required bool) (any, bool) {
	v, ok := o.m[key]
	if !ok || v == nil {
		if required {
			o.d.problem(o.at(key), "this output is missing; run `pulumi up` with the current program")
		}
		return nil, false
	}
	if v == masked {
		o.d.problem(o.at(key), "is masked; add --show-secrets to `pulumi stack output --json`")
		return nil, false
	}
	return v, true
}

// text returns a string; a required one may not be empty.
func (o object) text(key string, required bool) string {
	v, ok := o.get(key, required)
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		o.d.problem(o.at(key), "is %s, want text", kindOf(v))
		return ""
	}
	if required && strings.TrimSpace(s) == "" {
		o.d.problem(o.at(key), "is empty")
	}
	return s
}

// flag returns an optional boolean; false when it is absent.
func (o object) flag(key string) bool {
	v, ok := o.get(key, false)
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		o.d.problem(o.at(key), "is %s, want true or false", kindOf(v))
	}
	return b
}

// objects returns the members of a list of objects.
func (o object) objects(key string, required bool) []object {
	v, ok := o.get(key, required)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		o.d.problem(o.at(key), "is %s, want a list", kindOf(v))
		return nil
	}
	var out []object
	for i, item := range list {
		path := fmt.Sprintf("%s[%d]", o.at(key), i)
		m, ok := item.(map[string]any)
		if !ok {
			o.d.problem(path, "is %s, want an object", kindOf(item))
			continue
		}
		out = append(out, object{o.d, path, m})
	}
	return out
}

// labels returns an object whose values are all text; nil when it is absent.
func (o object) labels(key string) map[string]string {
	v, ok := o.get(key, false)
	if !ok {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		o.d.problem(o.at(key), "is %s, want an object", kindOf(v))
		return nil
	}
	out := make(map[string]string, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out[k] = object{o.d, o.at(key), m}.text(k, false)
	}
	return out
}

func (d *decoder) stack(o object) *Stack {
	s := &Stack{}
	if _, several := o.m["clusters"]; several {
		s.Platforms = d.platforms(o)
	} else {
		s = d.cluster(o)
	}
	v, ok := o.get("workloads", true)
	if !ok {
		return s
	}
	byName, ok := v.(map[string]any)
	if !ok {
		d.problem("workloads", "is %s, want an object of workloads by name", kindOf(v))
		return s
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		path := "workloads." + name
		switch m := byName[name].(type) {
		case map[string]any:
			s.Workloads = append(s.Workloads, d.workload(name, object{d, path, m}))
		default:
			if m == masked {
				d.problem(path, "is masked; add --show-secrets to `pulumi stack output --json`")
				continue
			}
			d.problem(path, "is %s, want an object", kindOf(m))
		}
	}
	return s
}

// cluster decodes what the outputs say of a cluster.
func (d *decoder) cluster(o object) *Stack {
	s := &Stack{
		ClusterName: o.text("clusterName", true),
		IssuerURL:   o.text("issuerUrl", true),
		TenantID:    o.text("tenantId", true),
		Kubeconfig:  o.text("kubeconfig", false),
	}
	if name := o.text("cloud", true); name != "" {
		c, err := azcloud.Lookup(name)
		if err != nil {
			d.problem(o.at("cloud"), "%v", err)
		}
		s.Cloud = c
	}
	return s
}

// platforms decodes the clusters of a stack of workloads alone.
func (d *decoder) platforms(o object) []Platform {
	v, ok := o.get("clusters", true)
	if !ok {
		return nil
	}
	byName, ok := v.(map[string]any)
	if !ok {
		d.problem("clusters", "is %s, want an object of clusters by name", kindOf(v))
		return nil
	}
	var list []Platform
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		path := "clusters." + name
		m, ok := byName[name].(map[string]any)
		if !ok {
			d.problem(path, "is %s, want an object; --show-secrets shows a masked one", kindOf(byName[name]))
			continue
		}
		list = append(list, Platform{Name: name, Stack: d.cluster(object{d, path, m})})
	}
	if len(byName) == 0 {
		d.problem("clusters", "has none: the stack runs on no platform")
	}
	return list
}

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
			d.problem(o.at("identityKind"), "is %q, want %q or %q", kind, UserAssigned, Application)
		}
	}
	for _, f := range o.objects("federations", true) {
		w.Federations = append(w.Federations, Federation{
			Namespace:      f.text("namespace", true),
			ServiceAccount: f.text("serviceAccount", true),
			Issuer:         f.text("issuer", true),
			Subject:        f.text("subject", true),
			Audience:       f.text("audience", true),
			CredentialID:   f.text("credentialId", true),
			Cluster:        f.text("cluster", false),
			Elsewhere:      f.flag("elsewhere"),
		})
	}
	for _, s := range o.objects("secrets", false) {
		w.Secrets = append(w.Secrets, Secret{VaultURL: s.text("vaultUrl", true), Name: s.text("name", true)})
	}
	return w
}

// kindOf names a JSON value's type for a person.
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
