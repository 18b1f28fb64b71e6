package entra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
)

// maxOwnersAtCreation is how many owners a request that creates an object can name.
const maxOwnersAtCreation = 20

// ownership is what terraform-provider-azuread v2.53.1 does with the owners of an application or
// service principal that it creates (application_resource.go, service_principal_resource.go). It
// names the caller as an owner in any case, because Graph does not always make it one, and takes
// that away at the end if the program does not name the caller.
type ownership struct {
	caller string
	wanted []string // what the program names
}

// newOwnership returns the ownership of a new object. It reads the caller's own object, as the
// provider does.
func (b *backend) newOwnership(ctx context.Context, c *graph.Client, inputs map[string]any) (ownership, error) {
	caller, err := b.account.ObjectID(ctx, graph.Scope)
	if err != nil {
		return ownership{}, err
	}
	if _, err := c.Do(ctx, http.MethodGet, "/directoryObjects/"+caller, nil, nil); err != nil {
		return ownership{}, fmt.Errorf("could not retrieve calling principal object %q: %w", caller, err)
	}
	return ownership{caller: caller, wanted: ownersOf(inputs)}, nil
}

// others returns the wanted owners without the caller.
func (o ownership) others() []string {
	return slices.DeleteFunc(slices.Clone(o.wanted), func(id string) bool { return strings.EqualFold(id, o.caller) })
}

// bind returns the references of the request that creates the object.
func (o ownership) bind() []string {
	ids := append([]string{o.caller}, o.others()...)
	refs := make([]string, 0, maxOwnersAtCreation)
	for _, id := range ids[:min(len(ids), maxOwnersAtCreation)] {
		refs = append(refs, reference(id))
	}
	return refs
}

// finish adds the owners that the first request had no room for, and removes the caller if the
// program does not name it.
func (o ownership) finish(ctx context.Context, c *graph.Client, path string) error {
	others := o.others()
	if first := maxOwnersAtCreation - 1; len(others) > first {
		if err := addOwners(ctx, c, path, others[first:]); err != nil {
			return err
		}
	}
	if len(others) != len(o.wanted) {
		return nil
	}
	return removeOwners(ctx, c, path, []string{o.caller})
}

// changeOwners adds and removes owners of an object if the program names others than before.
func changeOwners(ctx context.Context, c *graph.Client, path string, inputs, old map[string]any) error {
	want, had := ownersOf(inputs), ownersOf(old)
	if slices.Equal(sorted(want), sorted(had)) {
		return nil
	}
	have, err := listOwners(ctx, c, path)
	if err != nil {
		return err
	}
	if err := addOwners(ctx, c, path, without(want, have)); err != nil {
		return err
	}
	return removeOwners(ctx, c, path, without(have, want))
}

func addOwners(ctx context.Context, c *graph.Client, path string, ids []string) error {
	for _, id := range ids {
		if _, err := c.Do(ctx, http.MethodPost, path+"/owners/$ref", nil, map[string]any{"@odata.id": reference(id)}); err != nil {
			return fmt.Errorf("could not add owners to %s: %w", path, err)
		}
	}
	return nil
}

func removeOwners(ctx context.Context, c *graph.Client, path string, ids []string) error {
	for _, id := range ids {
		if _, err := c.Do(ctx, http.MethodDelete, path+"/owners/"+id+"/$ref", nil, nil); err != nil {
			return fmt.Errorf("could not remove initial owner from %s: %w", path, err)
		}
	}
	return nil
}

// listOwners returns the object ids of an object's owners, sorted.
func listOwners(ctx context.Context, c *graph.Client, path string) ([]string, error) {
	answer, err := c.Do(ctx, http.MethodGet, path+"/owners", nil, nil)
	if err != nil {
		return nil, err
	}
	list, ok := answer["value"].([]any)
	if !ok {
		return nil, errors.New(path + ": Graph's list of owners is not a list")
	}
	ids := make([]string, 0, len(list))
	for _, item := range list {
		object, _ := item.(map[string]any)
		ids = append(ids, text(object, "id"))
	}
	return sorted(ids), nil
}

// ownersOf returns the owners that inputs name.
func ownersOf(inputs map[string]any) []string {
	list, _ := inputs["owners"].([]any)
	ids := make([]string, 0, len(list))
	for _, item := range list {
		if id, ok := item.(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// without returns the ids of a list that another does not have.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool {
		return slices.ContainsFunc(other, func(o string) bool { return strings.EqualFold(o, id) })
	})
}

func sorted(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strings.ToLower(id)
	}
	slices.Sort(out)
	return out
}

func anyList(ids []string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}

func reference(id string) string { return "https://graph.microsoft.com/v1.0/directoryObjects/" + id }
