package bridge

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// createBeforeDelete is the input under which azure-native keeps that a name was chosen at random, so that a
// replacement can exist beside its predecessor.
const createBeforeDelete resource.PropertyKey = "__createBeforeDelete"

// NameStrategy says how a missing name is made (azure-native: resources.AutoNamer).
type NameStrategy int

// The strategies of azure-native. A top-level resource gets a random name, a child of another resource the name of
// its URN, a property that must be a GUID a random GUID.
const (
	RandomName NameStrategy = iota // the URN's name and eight hexadecimal digits
	CopyName                       // the URN's name
	UUIDName                       // a GUID
)

// AutoName is the property that is named automatically, and how.
type AutoName struct {
	Property string
	Strategy NameStrategy
}

// name fills in the name of a resource that has none. The order is azure-native's: the name it had, then what the
// engine's autonaming configuration says, then the type's strategy, seeded by the engine so that a plan holds. What
// an interrupted creation of the same resource was called comes before a new random name.
func (p *Provider) name(ctx context.Context, r *Resource, req plugin.CheckRequest, news resource.PropertyMap) error {
	if r.AutoName == nil {
		return nil
	}
	key := resource.PropertyKey(r.AutoName.Property)
	if known, ok := value.String(req.Olds[key]); ok {
		p.learn(req.URN, known)
	}
	if !absent(news, key) {
		return nil
	}
	if old, ok := req.Olds[key]; ok && !absent(req.Olds, key) {
		news[key] = old
		if flag, _, _ := value.Unwrap(req.Olds[createBeforeDelete]); flag.IsBool() && flag.BoolValue() {
			news[createBeforeDelete] = resource.NewBoolProperty(true)
		}
		return nil
	}
	name, random, err := p.newName(ctx, r, req)
	if err != nil || name == "" {
		return err
	}
	news[key] = resource.NewStringProperty(name)
	if random {
		news[createBeforeDelete] = resource.NewBoolProperty(true)
	}
	return nil
}

func (p *Provider) newName(
	ctx context.Context, r *Resource, req plugin.CheckRequest,
) (name string, random bool, err error) {
	s := r.AutoName.Strategy
	if options := req.Autonaming; options != nil {
		switch options.Mode {
		case plugin.AutonamingModeDisabled:
			return "", false, nil // the missing name is then reported like any missing property
		case plugin.AutonamingModeEnforce:
			return options.ProposedName, true, nil
		case plugin.AutonamingModePropose:
			if s != UUIDName {
				return options.ProposedName, true, nil
			}
		}
	}
	if s == CopyName {
		return req.URN.Name(), false, nil
	}
	if begun := p.begunName(ctx, r, req.URN); begun != "" {
		return begun, true, nil
	}
	prefix, digits := req.URN.Name(), 8
	if s == UUIDName {
		prefix, digits = "", 32
	}
	name, err = resource.NewUniqueName(req.RandomSeed, prefix, digits, 0, nil)
	if err != nil || s != UUIDName {
		return name, true, err
	}
	id, err := uuid.Parse(name)
	if err != nil {
		return "", false, fmt.Errorf("naming %s: %w", req.URN, err)
	}
	return id.String(), true, nil
}

// begunName returns the random name of a creation that an interrupted run began and whose result the engine does not
// have, if the resource exists. Without it every interrupted run would leave an orphan and make another resource.
//
// The engine asks without old inputs in two cases: it does not know the resource, or it wants another name for a
// replacement. In the second one it has asked with the old inputs just before, so that the name it knows is known here.
func (p *Provider) begunName(ctx context.Context, r *Resource, urn resource.URN) string {
	e, ok := p.journal.Find(urn)
	known := p.knownName(urn)
	if !ok || e.Name == "" || e.Name == known || e.Done && known != "" {
		return ""
	}
	if _, err := r.Ops.Read(ctx, e.ID); errors.Is(err, ErrNotFound) {
		return ""
	}
	return e.Name
}

func absent(m resource.PropertyMap, key resource.PropertyKey) bool {
	v, _, known := value.Unwrap(m[key])
	return known && v.IsNull()
}
