// Package groups implements Microsoft.Resources: tenants, subscriptions, resource groups and the
// list of resources.
package groups

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

var versions = []string{
	"2016-09-01", "2018-05-01", "2019-05-01", "2019-10-01", "2020-06-01", "2020-10-01", "2021-01-01", "2021-04-01",
	"2022-09-01", "2022-12-01", "2023-07-01", "2024-03-01", "2024-07-01", "2024-11-01", "2025-03-01", "2025-04-01",
}

// listVersions are the api-versions of the list of resources. Key Vault's clients list vaults with
// the oldest (stable/2023-07-01/keyvault.json of azure-rest-api-specs, Vaults_List).
var listVersions = append([]string{"2015-11-01"}, versions...)

// Provider serves resource groups, and the tenants and subscriptions above them.
type Provider struct {
	core *arm.Core
	typ  arm.Type
}

// Group is the body of a stored resource group.
type Group struct {
	ManagedBy string `json:"managedBy,omitempty"` // ID of the cluster of a node resource group
}

// Register adds the provider to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	p.typ = arm.Type{
		Name: resource.TypeGroup, Versions: versions, Taggable: true,
		Render: render, Put: p.put, Delete: p.delete, List: p.list, Remove: p.Remove,
		Missing: func(id resource.ID) *arm.Error { return arm.GroupNotFound(id.Name()) },
	}
	core.Register(p.typ, arm.Type{
		Name: resource.TypeSubscription, Versions: versions, Render: p.subscription, List: p.subscriptions,
	})
	core.Route(http.MethodGet, "/tenants", "", versions, p.tenants)
	core.Route(http.MethodGet, "/subscriptions", "", versions, p.subscriptions)
	core.Route(http.MethodGet, "/subscriptions/{sub}/locations", "Microsoft.Resources/subscriptions/locations/read", versions, p.locations)
	core.Route(http.MethodGet, "/subscriptions/{sub}/operationresults/{op}", "", versions, core.Result)
	core.Route(http.MethodGet, "/subscriptions/{sub}/resources",
		"Microsoft.Resources/subscriptions/resources/read", listVersions, p.resources)
	core.Route(http.MethodGet, "/subscriptions/{sub}/resourceGroups/{rg}/resources",
		"Microsoft.Resources/subscriptions/resourceGroups/resources/read", listVersions, p.resources)
	return p
}

// Body is a resource group in the form of the API.
type Body struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name,omitempty"`
	Type       string            `json:"type,omitempty"`
	Location   string            `json:"location,omitempty"`
	ManagedBy  string            `json:"managedBy,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Properties *Properties       `json:"properties,omitempty"`
}

// Properties are the properties of a resource group, all read-only.
type Properties struct {
	ProvisioningState string `json:"provisioningState,omitempty"`
}

func render(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Group](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	return Body{
		ID: doc.ID, Name: doc.Name, Type: doc.Type, Location: doc.Location, ManagedBy: doc.Body.ManagedBy, Tags: doc.Tags,
		Properties: &Properties{ProvisioningState: doc.State},
	}, nil
}

// invalidCharacters matches what a name cannot contain: it has 1 to 90 letters, digits, '-', '.',
// '_' and parentheses, and does not end with a period
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources).
var invalidCharacters = regexp.MustCompile(`[^\p{L}\p{N}\-._()]`)

func checkName(name string) error {
	bad := invalidCharacters.FindAllString(name, -1)
	if strings.HasSuffix(name, ".") {
		bad = append(bad, ".")
	}
	if len(bad) > 0 {
		return arm.Errorf(http.StatusBadRequest, "InvalidResourceGroup",
			"The provided resource group name '%s' has these invalid characters: '%s'. The name can only be a letter, digit, '-', '.', '(', ')' or '_' and must not end with a period.",
			name, strings.Join(bad, ""))
	}
	if len([]rune(name)) > 90 {
		return arm.Errorf(http.StatusBadRequest, "ResourceGroupNameTooLong", "The provided resource group name '%s' has %d characters. The maximum is 90.", name, len([]rune(name)))
	}
	return nil
}

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if err := checkName(r.ID.Name()); err != nil {
		return arm.Response{}, err
	}
	if body.ManagedBy != "" {
		return arm.Response{}, arm.BadRequestf("The property 'managedBy' of a resource group is set by Azure services only.").At("managedBy")
	}
	location, err := arm.CheckLocation(body.Location, resource.TypeGroup)
	if err != nil {
		return arm.Response{}, err
	}
	if err := arm.CheckTags(body.Tags); err != nil {
		return arm.Response{}, err
	}
	status := http.StatusCreated
	err = p.core.Store.Update(func(tx *store.Tx) error {
		have, err := resource.Load[Group](tx, r.ID.String())
		if err != nil {
			return err
		}
		doc := &resource.Document[Group]{}
		if have == nil {
			doc.Header = p.core.NewHeader(nil, r, location, body.Tags)
			return resource.Save(tx, doc)
		}
		status = http.StatusOK
		if have.Location != location {
			return arm.Errorf(http.StatusConflict, "InvalidResourceGroupLocation",
				"Invalid resource group location '%s'. The Resource group already exists in location '%s'.", location, have.Location)
		}
		if have.State == resource.Deleting {
			return arm.Errorf(http.StatusConflict, "ResourceGroupBeingDeleted",
				"The resource group '%s' is in deprovisioning state and cannot perform this operation.", have.Name)
		}
		doc.Header, doc.Body = p.core.NewHeader(&have.Header, r, location, body.Tags), have.Body
		return resource.Save(tx, doc)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.typ, r.ID.String(), status)
}

func (p *Provider) list(*arm.Request) (arm.Response, error) {
	var items []any
	err := p.core.Store.View(func(tx *store.Tx) error {
		groups, err := resource.All[Group](tx, "/subscriptions/"+p.core.SubscriptionID, resource.TypeGroup)
		if err != nil {
			return err
		}
		for _, g := range groups {
			item, err := render(tx, g.ID)
			if err != nil {
				return err
			}
			items = append(items, item)
		}
		return nil
	})
	return arm.List(items), err
}

// delete marks the group as being deleted and removes its contents in the background, as Azure
// does.
func (p *Provider) delete(r *arm.Request) (arm.Response, error) {
	var op arm.Operation
	err := p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[Group](tx, r.ID.String())
		if err != nil {
			return err
		}
		if doc == nil {
			return arm.GroupNotFound(r.ID.Name())
		}
		doc.State = resource.Deleting
		if err := resource.Save(tx, doc); err != nil {
			return err
		}
		op, err = p.core.Begin(tx, doc.ID, http.MethodDelete)
		return err
	})
	if err != nil {
		return arm.Response{}, err
	}
	p.finishDelete(op.Resource)
	return arm.Response{Status: http.StatusAccepted, Header: p.core.Accepted(op, r.Version(), "", "")}, nil
}

// finishDelete removes a group in the background and ends its operation.
func (p *Provider) finishDelete(id string) {
	p.core.Go(func(ctx context.Context) {
		cause := p.core.Await(ctx, http.MethodDelete, id)
		if cause == nil {
			cause = p.Remove(ctx, id)
		}
		if ctx.Err() != nil {
			return // the daemon stops; Resume will continue
		}
		err := p.core.Store.Update(func(tx *store.Tx) error {
			if cause == nil {
				return p.core.EndRemoved(tx, id)
			}
			if err := markFailed(tx, id); err != nil {
				return err
			}
			return p.core.End(tx, id, cause)
		})
		if err = errors.Join(cause, err); err != nil {
			p.core.Log.Error("resource group deletion failed", "id", id, "error", err)
		}
	})
}

// markFailed sets the state of a group whose deletion failed, so that it can be deleted again.
func markFailed(tx *store.Tx, id string) error {
	doc, err := resource.Load[Group](tx, id)
	if err != nil || doc == nil {
		return err
	}
	doc.State = resource.Failed
	return resource.Save(tx, doc)
}

// Remove removes a group and everything in it.
func (p *Provider) Remove(ctx context.Context, id string) error {
	var inside []resource.Header
	err := p.core.Store.View(func(tx *store.Tx) (err error) {
		inside, err = resource.Headers(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range inside {
		parsed, err := resource.ParseID(h.ID)
		if err != nil {
			return err
		}
		if _, child := parsed.Parent(); child || h.Type == resource.TypeRoleAssignment {
			continue // removed with the resource that it belongs to
		}
		if err := p.core.Remove(ctx, h.ID); err != nil {
			return fmt.Errorf("remove %s: %w", h.ID, err)
		}
	}
	return p.core.Store.Update(func(tx *store.Tx) error { return resource.RemoveTree(tx, id) })
}

// Resume continues deletions that were interrupted by the end of the daemon.
func (p *Provider) Resume() error {
	var open []string
	err := p.core.Store.View(func(tx *store.Tx) error {
		groups, err := resource.All[Group](tx, "/subscriptions/"+p.core.SubscriptionID, resource.TypeGroup)
		for _, g := range groups {
			if g.State == resource.Deleting {
				open = append(open, g.ID)
			}
		}
		return err
	})
	for _, id := range open {
		p.finishDelete(id)
	}
	return err
}
