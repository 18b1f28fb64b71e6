package entra

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// rule checks one known text. It returns the words of terraform-plugin-sdk's validators, or "" if
// the text is right. The name is the one in Terraform, in which the words are.
type rule func(name, text string) string

// rules are the checks of a type's inputs, by the name in Pulumi. For a list they check each
// element.
type rules map[string]rule

func (r rules) check(m resource.PropertyMap) []schema.Problem {
	var out []schema.Problem
	add := func(path, reason string) {
		if reason != "" {
			out = append(out, schema.Problem{Path: path, Reason: reason})
		}
	}
	for name, check := range r {
		v, _, known := value.Unwrap(m[resource.PropertyKey(name)])
		switch {
		case !known:
		case v.IsString():
			add(name, check(snake(name), v.StringValue()))
		case v.IsArray():
			for i, item := range v.ArrayValue() {
				if text, ok := value.String(item); ok {
					add(fmt.Sprintf("%s[%d]", name, i), check(fmt.Sprintf("%s.%d", snake(name), i), text))
				}
			}
		}
	}
	return out
}

func notEmpty(name, text string) string {
	if text != "" {
		return ""
	}
	return fmt.Sprintf("expected %q to not be an empty string, got %v", name, text)
}

func length(least, most int) rule {
	return func(name, text string) string {
		if len(text) >= least && len(text) <= most {
			return ""
		}
		return fmt.Sprintf("expected length of %s to be in the range (%d - %d), got %s", name, least, most, text)
	}
}

func oneOf(values ...string) rule {
	return func(name, text string) string {
		if slices.Contains(values, text) {
			return ""
		}
		return fmt.Sprintf("expected %s to be one of %q, got %s", name, values, text)
	}
}

func isGUID(name, text string) string {
	if azure.IsGUID(text) {
		return ""
	}
	return fmt.Sprintf("expected %q to be a valid UUID, got %v", name, text)
}

// isApplicationID refuses what is not /applications/{objectId}, such as a client id.
func isApplicationID(_, text string) string {
	object, ok := strings.CutPrefix(text, applicationPrefix)
	if !ok || strings.Contains(object, "/") {
		return fmt.Sprintf("parsing %q: it is not the application's resource id, of the form /applications/{objectId}; "+
			"a client id is another one", text)
	}
	return isGUID("ID", object)
}

func isURL(name, text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		return ""
	}
	return fmt.Sprintf("expected %q to have a host and the scheme http or https, got %v", name, text)
}

// exactlyOne returns a check that exactly one of two inputs with the same meaning is set.
func exactlyOne(names ...string) func(resource.PropertyMap) []schema.Problem {
	terraform := make([]string, len(names))
	for i, n := range names {
		terraform[i] = snake(n)
	}
	slices.Sort(terraform)
	all := "`" + strings.Join(terraform, ",") + "`"
	return func(m resource.PropertyMap) []schema.Problem {
		var set []string
		for _, n := range names {
			if v, _, known := value.Unwrap(m[resource.PropertyKey(n)]); !known || !v.IsNull() {
				set = append(set, snake(n))
			}
		}
		if len(set) == 1 {
			return nil
		}
		slices.Sort(set)
		var out []schema.Problem
		for _, n := range names {
			reason := fmt.Sprintf("one of %s must be specified", all)
			if len(set) > 0 {
				reason = fmt.Sprintf("only one of %s can be specified, but `%s` were specified.", all, strings.Join(set, ","))
			}
			out = append(out, schema.Problem{
				Path: n, Reason: fmt.Sprintf("Invalid combination of arguments. %q: %s", snake(n), reason),
			})
		}
		return out
	}
}

// atMost returns a check of the number of a list's elements.
func atMost(name string, most int) func(resource.PropertyMap) []schema.Problem {
	return func(m resource.PropertyMap) []schema.Problem {
		v, _, known := value.Unwrap(m[resource.PropertyKey(name)])
		if !known || !v.IsArray() || len(v.ArrayValue()) <= most {
			return nil
		}
		return []schema.Problem{{Path: name, Reason: fmt.Sprintf(
			"Too many list items. Attribute %s supports %d item maximum, but config has %d declared.",
			snake(name), most, len(v.ArrayValue()))}}
	}
}

// together joins the problems of several checks.
func together(checks ...func(resource.PropertyMap) []schema.Problem) func(resource.PropertyMap) []schema.Problem {
	return func(m resource.PropertyMap) []schema.Problem {
		var out []schema.Problem
		for _, check := range checks {
			out = append(out, check(m)...)
		}
		return out
	}
}

// phrase returns the reason for a problem as Pulumi's bridge of Terraform providers writes it
// (pkg/tfbridge/check_failures.go).
func phrase(name string, p schema.Problem) string {
	reason := p.Reason
	if p.Missing {
		reason = fmt.Sprintf("Missing required argument. The argument %q is required, but no definition was found.", snake(p.Path))
	}
	return fmt.Sprintf("%s. Examine values at '%s.%s'.", reason, name, p.Path)
}

// snake returns the name of an input in Terraform: clientId is client_id.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// meta returns the output in which the bridge keeps the timeouts of a type, in nanoseconds, and the
// version of its schema. An operation that the type does not have has no timeout.
func meta(schemaVersion string, minutes map[string]int) string {
	var parts []string
	for _, operation := range []string{"create", "delete", "read", "update"} {
		if m, ok := minutes[operation]; ok {
			parts = append(parts, fmt.Sprintf("%q:%d", operation, m*60_000_000_000))
		}
	}
	text := fmt.Sprintf(`{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{%s}`, strings.Join(parts, ","))
	if schemaVersion != "" {
		text += fmt.Sprintf(`,"schema_version":%q`, schemaVersion)
	}
	return text + "}"
}
