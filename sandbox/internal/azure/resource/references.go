package resource

import (
	"encoding/json"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// References lists the resources of a namespace that name the resource, or something inside it, anywhere in their
// body. It is how a provider learns that what it is asked to delete is in use, without knowing who uses it.
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
		if names(body, Key(id)) {
			users = append(users, h)
		}
	}
	return users, nil
}

func names(value any, key string) bool {
	switch v := value.(type) {
	case string:
		return strings.HasPrefix(v, "/") && (Key(v) == key || strings.HasPrefix(Key(v), key+"/"))
	case []any:
		for _, item := range v {
			if names(item, key) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if names(item, key) {
				return true
			}
		}
	}
	return false
}
