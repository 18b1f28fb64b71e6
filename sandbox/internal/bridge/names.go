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

// createBeforeDelete is the input in which azure-native stores that a name is random, so that a
// replacement can exist beside its predecessor.
const createBeforeDelete resource.PropertyKey = "__createBeforeDelete"

// NameStrategy is the way to make a missing name (azure-native: resources.AutoNamer).
type NameStrategy int

// The strategies of azure-native. A top-level resource gets a random name, a child of another
// resource gets the name of its URN, and a property that must be a GUID gets a random GUID.
const (
	RandomName NameStrategy = iota // the URN's name and eight hexadecimal digits
	CopyName                       // the URN's name
	UUIDName                       // a GUID
)

// AutoName is the property that gets an automatic name, and the strategy for it.
type AutoName struct {
	Property string
	Strategy NameStrategy
}

// setName sets the name of a resource that has none. The order is azure-native's: the name that it
// had, the engine's autonaming configuration, the type's strategy with the engine's seed, so that a
// plan holds. The name of an interrupted creation of the same resource is used before a new random
// name.
func (p *Provider) setName(ctx context.Context, r *Resource, req plugin.CheckRequest, news resource.PropertyMap) error {
	if r.AutoName == nil {
		return nil
	}
	key := resource.PropertyKey(r.AutoName.Property)
	if known, ok := value.String(req.Olds[key]); ok {
		p.setKnownName(req.URN, known)
	}
	if !value.IsAbsent(news[key]) {
		return nil
	}
	if old, ok := req.Olds[key]; ok && !value.IsAbsent(old) {
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
			return "", false, nil // the missing name is reported like any missing property
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

// begunName returns the random name of a creation that an interrupted run has begun and whose
// result the engine does not have, if the resource exists. Otherwise every interrupted run would
// leave an orphan and create another resource.
//
// The engine calls Check without old inputs in two cases: it does not know the resource, or it
// needs another name for a replacement. In the second case it has called Check with the old inputs
// just before, so that the known name is recorded here.
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
