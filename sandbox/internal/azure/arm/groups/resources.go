package groups

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// resources serves the list of top-level resources, which contains no child resources, groups or
// role assignments, as in Azure.
func (p *Provider) resources(r *arm.Request) (arm.Response, error) {
	keep, err := parseFilter(r.URL.Query().Get("$filter"))
	if err != nil {
		return arm.Response{}, err
	}
	scope := "/subscriptions/" + p.core.SubscriptionID
	if rg, ok := r.Vars["rg"]; ok {
		scope += "/resourceGroups/" + rg
	}
	var items []any
	err = p.core.Store.View(func(tx *store.Tx) error {
		if rg, ok := r.Vars["rg"]; ok {
			if exists, err := resource.Exists(tx, scope); err != nil {
				return err
			} else if !exists {
				return arm.GroupNotFound(rg)
			}
		}
		headers, err := resource.Headers(tx, scope)
		if err != nil {
			return err
		}
		for _, h := range headers {
			id, err := resource.ParseID(h.ID)
			if err != nil {
				return err
			}
			if len(id.Types) != 1 || h.Type == resource.TypeGroup || h.Type == resource.TypeRoleAssignment || !keep(h, id) {
				continue
			}
			items = append(items, map[string]any{"id": h.ID, "name": h.Name, "type": h.Type, "location": h.Location, "tags": h.Tags})
		}
		return nil
	})
	return arm.List(items), err
}

// The terms of $filter on the list of resources
// (https://learn.microsoft.com/rest/api/resources/resources/list#uri-parameters).
var (
	comparison = regexp.MustCompile(`(?i)^(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'`)
	substring  = regexp.MustCompile(`(?i)^substringof\(\s*'((?:[^']|'')*)'\s*,\s*(\w+)\s*\)`)
	joint      = regexp.MustCompile(`(?i)^\s+and\s+`)
)

// filterable are the properties that $filter can name here. Azure also knows the identity, the plan
// and the times of a resource.
var filterable = []string{"name", "resourcetype", "resourcegroup", "location"}

// term is a term of a filter.
type term struct {
	property, value  string // both in lower case
	differs, partial bool
}

func (t term) matches(value string) bool {
	value = strings.ToLower(value)
	switch {
	case t.partial:
		return strings.Contains(value, t.value)
	case t.differs:
		return value != t.value
	}
	return value == t.value
}

// parseFilter returns the predicate of $filter. It refuses what it cannot evaluate, because an
// ignored filter would return too much.
func parseFilter(filter string) (func(resource.Header, resource.ID) bool, error) {
	var terms []term
	var tagName, tagValue *string
	for rest := strings.TrimSpace(filter); rest != ""; {
		one, length := nextTerm(rest)
		switch {
		case length == 0:
			return nil, invalidFilter(filter)
		case one.property == "tagname":
			tagName = &one.value
		case one.property == "tagvalue":
			tagValue = &one.value
		case !slices.Contains(filterable, one.property):
			return nil, invalidFilter(filter)
		default:
			terms = append(terms, one)
		}
		rest = rest[length:]
		if rest == "" {
			break
		}
		and := joint.FindString(rest)
		if and == "" {
			return nil, invalidFilter(filter)
		}
		rest = rest[len(and):]
	}
	if tagName != nil && len(terms) > 0 || tagName == nil && tagValue != nil {
		return nil, invalidFilter(filter) // Azure: a filter by tag cannot be combined with another
	}
	return func(h resource.Header, id resource.ID) bool {
		values := map[string]string{"name": h.Name, "resourcetype": h.Type, "resourcegroup": id.ResourceGroup, "location": h.Location}
		for _, t := range terms {
			if !t.matches(values[t.property]) {
				return false
			}
		}
		return tagName == nil || hasTag(h.Tags, *tagName, tagValue)
	}, nil
}

func hasTag(tags map[string]string, name string, value *string) bool {
	for n, v := range tags {
		if strings.EqualFold(n, name) && (value == nil || strings.EqualFold(v, *value)) {
			return true
		}
	}
	return false
}

// nextTerm reads the first term of a filter and returns its length; 0 if it is none.
func nextTerm(text string) (term, int) {
	plain := func(quoted string) string { return strings.ToLower(strings.ReplaceAll(quoted, "''", "'")) }
	if m := comparison.FindStringSubmatch(text); m != nil {
		return term{property: strings.ToLower(m[1]), value: plain(m[3]), differs: strings.EqualFold(m[2], "ne")}, len(m[0])
	}
	if m := substring.FindStringSubmatch(text); m != nil {
		return term{property: strings.ToLower(m[2]), value: plain(m[1]), partial: true}, len(m[0])
	}
	return term{}, 0
}

func invalidFilter(filter string) error {
	return arm.BadRequestf("The filter '%s' is not supported on this list: the sandbox evaluates 'eq', 'ne' and 'substringof' on name, resourceType, resourceGroup and location, joined by 'and', and tagName with tagValue.", filter)
}
