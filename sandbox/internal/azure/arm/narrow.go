package arm

import (
	"encoding/json"
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// narrow returns the body of an answer without the properties that the request's api-version does
// not have: a resource provider answers each api-version in its own form, whatever another one has
// set.
func narrow(body any, r *Request) (any, error) {
	spec, known := specs.Find(r.Type.Name, r.Version())
	if body == nil || !known {
		return body, nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode the answer for %s: %w", r.ID, err)
	}
	var tree map[string]any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, fmt.Errorf("encode the answer for %s: %w", r.ID, err)
	}
	if !r.ID.Collection() {
		spec.Narrow(tree)
		return tree, nil
	}
	items, _ := tree["value"].([]any)
	for _, item := range items {
		spec.Narrow(item)
	}
	return tree, nil
}
