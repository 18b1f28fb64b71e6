package fake

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// kind is a resource type: what of it replaces the resource, what the server adds and what it
// refuses.
type kind struct {
	token    string
	required []string // dotted paths
	// replace lists the inputs whose change replaces the resource, as dotted paths. For
	// azure-native the sources are named in sandbox/internal/bridge/native; for azuread, "ForceNew"
	// in terraform-provider-azuread v2; for kubernetes, forceNewProperties in pulumi-kubernetes'
	// provider/pkg/provider/diff.go and Diff in helm_release.go.
	replace []string
	// named is the input that gets a name if the program gives none: a random one, or the URN's.
	named  string
	random bool
	// createFirst creates a replacement before the old resource is deleted, even if the program
	// gave the name. azure-native does so for random names only, azuread always.
	createFirst bool
	located     bool     // has a location, by default that of its resource group
	computed    []string // outputs that a preview does not know
	planned     bool     // a preview of an update knows them: Terraform's plans keep what a provider does not reset
	inCluster   bool     // is kept in a Kubernetes cluster
	upsert      bool     // creating what exists updates it (server-side apply)
	patch       bool     // sets some fields of an object: deleting the patch leaves the object

	id func(inputs resource.PropertyMap) string
	// numbered gives every new resource a generated id below this path, instead of one made of its
	// inputs.
	numbered string
	// container returns the id of the parent in Azure, which must exist. Optional.
	container func(inputs resource.PropertyMap) string
	// owner returns the id of the identity to which a federated credential belongs. Nil for other
	// kinds.
	owner func(inputs resource.PropertyMap) string
	// rules returns an error for what the server refuses; old is nil for a new resource. Optional.
	rules func(w *World, store map[string]*thing, old *thing, id string, inputs resource.PropertyMap) error
	// outputs returns what the server adds to the inputs. Optional.
	outputs func(t *thing) resource.PropertyMap
	// onCreate completes a new resource. Optional.
	onCreate func(store map[string]*thing, t *thing)
	// guard returns the object of Entra that the deployer must own to write this one, or nil.
	// Optional.
	guard func(store map[string]*thing, t *thing, inputs resource.PropertyMap) *thing
	// deletable returns an error if the server refuses to delete the resource. Optional.
	deletable func(store map[string]*thing, t *thing) error
}

// kinds are all types by token.
var kinds = byToken(azureKinds, credentialKinds, entraKinds, kubernetesKinds, vaultKinds)

func byToken(lists ...[]kind) map[string]*kind {
	out := map[string]*kind{}
	for _, list := range lists {
		for i := range list {
			out[list[i].token] = &list[i]
		}
	}
	return out
}

// createBeforeDelete is the property in which azure-native records that it chose a random name.
const createBeforeDelete resource.PropertyKey = "__createBeforeDelete"

// name fills in a missing name: the one that the resource has, or a new one.
func (k *kind) name(news resource.PropertyMap, req plugin.CheckRequest) error {
	key := resource.PropertyKey(k.named)
	if k.named == "" || !at(news, k.named).IsNull() {
		return nil
	}
	if old, ok := req.Olds[key]; ok {
		news[key] = old
		if flag, ok := req.Olds[createBeforeDelete]; ok {
			news[createBeforeDelete] = flag
		}
		return nil
	}
	if !k.random {
		news[key] = resource.NewProperty(req.URN.Name())
		return nil
	}
	name, err := resource.NewUniqueName(req.RandomSeed, req.URN.Name(), 8, 0, nil)
	news[key], news[createBeforeDelete] = resource.NewProperty(name), resource.NewProperty(true)
	return err
}

// locate fills in a missing location: the one that the resource has, or its resource group's.
func (w *World) locate(k *kind, olds, news resource.PropertyMap) {
	if !k.located || !at(news, "location").IsNull() {
		return
	}
	if old, ok := olds["location"]; ok {
		news["location"] = old
		return
	}
	if at(news, "resourceGroupName").IsComputed() {
		news["location"] = unknown()
		return
	}
	if location := w.Text(groupID(text(news, "resourceGroupName")), "location"); location != "" {
		news["location"] = resource.NewProperty(location)
	}
}

func (k *kind) diff(olds, news resource.PropertyMap) plugin.DiffResponse {
	if a, b := text(olds, "location"), text(news, "location"); a != b && region(a) == region(b) {
		news = news.Copy()
		news["location"] = olds["location"]
	}
	changed := changes(olds, news)
	if len(changed) == 0 {
		return plugin.DiffResponse{Changes: plugin.DiffNone}
	}
	var replace []resource.PropertyKey
	for _, path := range k.replace {
		if !at(olds, path).DeepEquals(at(news, path)) {
			replace = append(replace, resource.PropertyKey(strings.Split(path, ".")[0]))
		}
	}
	_, random := olds[createBeforeDelete]
	createFirst := k.createFirst || random
	if k.upsert { // two objects of one name and namespace cannot exist at the same time
		createFirst = text(olds, "metadata.name") != text(news, "metadata.name") || text(olds, "metadata.namespace") != text(news, "metadata.namespace")
	}
	return plugin.DiffResponse{
		Changes: plugin.DiffSome, ChangedKeys: changed, ReplaceKeys: replace, DetailedDiff: details(olds, news),
		DeleteBeforeReplace: len(replace) > 0 && !createFirst,
	}
}

// preview returns the outputs as far as they are known before the server has answered.
func (k *kind) preview(inputs resource.PropertyMap) resource.PropertyMap {
	out := inputs.Copy()
	for _, key := range k.computed {
		out[resource.PropertyKey(key)] = unknown()
	}
	return out
}

// stable returns the names of the outputs that a preview of an update takes from the old state.
func (k *kind) stable(namesAreUnknown bool) []string {
	switch {
	case k.planned:
		return k.computed
	case namesAreUnknown:
		return nil
	}
	return []string{"name", "location"} // azure-native's
}

// allowed returns an error if the server refuses a new resource, or new inputs for an existing one.
func (k *kind) allowed(w *World, store map[string]*thing, old *thing, id string, inputs resource.PropertyMap) error {
	if k.container != nil {
		if in := k.container(inputs); store[strings.ToLower(in)] == nil {
			return fmt.Errorf("404 ParentResourceNotFound: %s is not there, so that %s cannot be", in, id)
		}
	}
	if k.rules == nil {
		return nil
	}
	return k.rules(w, store, old, id, inputs)
}

// key returns the key of a resource in its store.
func (k *kind) key(id string) string {
	if k.inCluster {
		return strings.TrimSuffix(k.token[strings.LastIndex(k.token, ":")+1:], "Patch") + " " + id
	}
	return strings.ToLower(id)
}
