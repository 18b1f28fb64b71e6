package bridge

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// differ collects the changes between two sets of inputs.
type differ struct {
	replace     map[string]bool
	identifiers map[string][]string // of lists, by path without indices
	out         map[string]plugin.PropertyDiff
}

// place is where a value is: its path for the user, its path for the rules about replacement, where
// [] stands for an index, and its path for identifiers, without any index.
type place struct{ path, rule, bare string }

func (p place) member(key resource.PropertyKey) place {
	name := string(key)
	return place{joinKey(p.path, name), join(p.rule, name), join(p.bare, name)}
}

func (p place) element(i int) place {
	return place{fmt.Sprintf("%s[%d]", p.path, i), p.rule + "[]", p.bare}
}

// joinKey appends a member's name to a path. A name with a dot is quoted, after another dot:
// azure-native writes tags.["a.b"], where the engine itself would write tags["a.b"].
func joinKey(path, name string) string {
	if !strings.Contains(name, ".") {
		return value.Join(path, name)
	}
	return join(path, fmt.Sprintf("[%q]", name))
}

// object collects the changes of an object. If the property
// replaces the resource, an update inside it does too, and a member that is added or removed makes
// the object itself a replacing update.
func (d *differ) object(olds, news resource.PropertyMap, at place) {
	replaces := d.replace[at.rule] && at.rule != ""
	inner := differ{replace: d.replace, identifiers: d.identifiers, out: map[string]plugin.PropertyDiff{}}
	for key, old := range olds {
		if ignored(key) {
			continue
		}
		now, has := news[key]
		switch in := at.member(key); {
		case !has || !now.HasValue():
			if old.HasValue() {
				inner.put(in.path, plugin.DiffDelete, d.replace[in.rule])
			}
		case !old.HasValue():
			inner.put(in.path, plugin.DiffAdd, d.replace[in.rule])
		default:
			inner.value(old, now, in)
		}
	}
	for key, added := range news {
		if _, had := olds[key]; !had && added.HasValue() && !ignored(key) {
			in := at.member(key)
			inner.put(in.path, plugin.DiffAdd, d.replace[in.rule])
		}
	}
	for path, change := range inner.out {
		if replaces {
			switch change.Kind {
			case plugin.DiffUpdate:
				change.Kind = plugin.DiffUpdateReplace
			case plugin.DiffAdd, plugin.DiffDelete:
				d.put(at.path, plugin.DiffUpdate, true)
			}
		}
		d.out[path] = change
	}
}

// ignored reports whether a property belongs to the provider.
func ignored(key resource.PropertyKey) bool { return strings.HasPrefix(string(key), "__") }

func (d *differ) value(old, now resource.PropertyValue, at place) {
	switch {
	case old.IsArray() && now.IsArray():
		d.array(old.ArrayValue(), now.ArrayValue(), at)
	case old.IsObject() && now.IsObject():
		d.object(old.ObjectValue(), now.ObjectValue(), at)
	case old.IsString() && now.IsString() && sameID(old.StringValue(), now.StringValue()):
	case !old.DeepEquals(now):
		d.put(at.path, plugin.DiffUpdate, d.replace[at.rule])
	}
}

// array compares two lists: as sets if the specification names the properties that identify an
// element (x-ms-identifiers) and they do, otherwise by index.
func (d *differ) array(olds, news []resource.PropertyValue, at place) {
	byKey := keysOf(olds, d.identifiers[at.bare])
	newKeys := keysOf(news, d.identifiers[at.bare])
	if byKey == nil || newKeys == nil {
		for i := range max(len(olds), len(news)) {
			switch {
			case i >= len(olds):
				d.put(at.element(i).path, plugin.DiffAdd, false)
			case i >= len(news):
				d.put(at.element(i).path, plugin.DiffDelete, false)
			default:
				d.value(olds[i], news[i], at.element(i))
			}
		}
		return
	}
	for key, i := range newKeys {
		if j, had := byKey[key]; had {
			d.value(olds[j], news[i], at.element(i))
		} else {
			d.put(at.element(i).path, plugin.DiffAdd, false)
		}
	}
	for key, j := range byKey {
		if _, has := newKeys[key]; !has {
			d.put(at.element(j).path, plugin.DiffDelete, false)
		}
	}
}

// keysOf returns the index of each element by its identity. It returns nil if the elements have
// none: the specification names no identifiers, an element is no object or lacks one of them, or
// two elements have the same.
func keysOf(items []resource.PropertyValue, identifiers []string) map[string]int {
	if len(identifiers) == 0 {
		return nil
	}
	out := make(map[string]int, len(items))
	for i, item := range items {
		if !item.IsObject() {
			return nil
		}
		var key strings.Builder
		for _, name := range identifiers {
			v, ok := item.ObjectValue()[resource.PropertyKey(name)]
			if !ok {
				return nil
			}
			text := fmt.Sprint(v.Mappable())
			if v.IsString() {
				text = normalID(v.StringValue())
			}
			fmt.Fprintf(&key, "%q,", text)
		}
		if _, twice := out[key.String()]; twice {
			return nil
		}
		out[key.String()] = i
	}
	return out
}

// azureID is the part of a resource's ID of which azure-native knows that its case has no meaning.
var azureID = regexp.MustCompile(`(?i)^/subscriptions/[^/]+/resourcegroups/[^/]+/providers/[^/]+/`)

// normalID returns an ID with the part in lower case that is compared without case.
func normalID(id string) string {
	prefix := azureID.FindString(id)
	return strings.ToLower(prefix) + id[len(prefix):]
}

func sameID(a, b string) bool { return normalID(a) == normalID(b) }

func (d *differ) put(path string, kind plugin.DiffKind, replace bool) {
	if replace {
		kind = kind.AsReplace()
	}
	d.out[path] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
