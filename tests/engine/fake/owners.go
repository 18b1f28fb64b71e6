package fake

import (
	"errors"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// DeployerID is the object id of who deploys, unless World.Deployer names another.
const DeployerID = "99999999-0000-4000-8000-00000000dddd"

// guarded returns an error if the deployer may not write an object of Entra. A deployer with the
// permission Application.ReadWrite.OwnedBy may create applications, and change what it owns. The
// provider takes away the ownership of a creator that the program does not name
// (terraform-provider-azuread v2.53.1, application_resource.go, removeCallerOwner), so that the
// owners are those of the inputs. The caller holds the lock.
func (w *World) guarded(k *kind, store map[string]*thing, t *thing, inputs resource.PropertyMap) error {
	if !w.OwnedOnly || k.guard == nil {
		return nil
	}
	object := k.guard(store, t, inputs)
	if object == nil {
		return nil
	}
	for _, owner := range list(object.state, "owners") {
		if owner.IsString() && strings.EqualFold(owner.StringValue(), w.Deployer) {
			return nil
		}
	}
	return errors.New("403 Authorization_RequestDenied: Insufficient privileges to complete the operation")
}

// itself guards an object by its own owners; a new one by nobody's.
func itself(_ map[string]*thing, t *thing, _ resource.PropertyMap) *thing { return t }

// applicationOf guards a new service principal by the owners of its application.
func applicationOf(store map[string]*thing, t *thing, inputs resource.PropertyMap) *thing {
	if t != nil {
		return t
	}
	for _, a := range store {
		if strings.HasSuffix(a.kind.token, ":Application") && text(a.state, "clientId") == text(inputs, "clientId") {
			return a
		}
	}
	return nil
}

// parentApplication guards a credential by the owners of its application.
func parentApplication(store map[string]*thing, _ *thing, inputs resource.PropertyMap) *thing {
	return store[strings.ToLower(text(inputs, "applicationId"))]
}

func list(m resource.PropertyMap, key string) []resource.PropertyValue {
	if v := at(m, key); v.IsArray() {
		return v.ArrayValue()
	}
	return nil
}

// AddOwner makes somebody else an owner too, without the engine.
func (w *World) AddOwner(id, owner string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.azure[strings.ToLower(id)]
	t.state = t.state.Copy()
	t.state["owners"] = resource.NewProperty(append(list(t.state, "owners"), resource.NewProperty(owner)))
}

// Owners returns the object ids of an object's owners.
func (w *World) Owners(id string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []string{}
	for _, o := range list(w.azure[strings.ToLower(id)].state, "owners") {
		out = append(out, o.StringValue())
	}
	return out
}
