package resource

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// References lists the resources of a namespace whose body contains the ID of the resource, or of a
// resource inside it. A provider uses it to find out whether a resource that is to be deleted is in
// use, without depending on the providers that use it.
func References(tx *store.Tx, namespace, id string) ([]Header, error) {
	headers, err := Headers(tx, "")
	if err != nil {
		return nil, err
	}
	var users []Header
	for _, h := range headers {
		if !strings.HasPrefix(strings.ToLower(h.Type), strings.ToLower(namespace)+"/") {
			continue
		}
		doc, err := Load[json.RawMessage](tx, h.ID)
		if err != nil || doc == nil {
			return nil, err
		}
		var body any
		if err := json.Unmarshal(doc.Body, &body); err != nil {
			return nil, err
		}
		if contains(body, Key(id)) {
			users = append(users, h)
		}
	}
	return users, nil
}

// contains reports whether a decoded JSON value contains, at any depth, the ID with this key or one
// below it.
func contains(value any, key string) bool {
	switch v := value.(type) {
	case string:
		return strings.HasPrefix(v, "/") && (Key(v) == key || strings.HasPrefix(Key(v), key+"/"))
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return contains(item, key) })
	case map[string]any:
		for _, item := range v {
			if contains(item, key) {
				return true
			}
		}
	}
	return false
}
