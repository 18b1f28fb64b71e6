// Package zones implements Microsoft.Network/privateDnsZones as far as private clusters need it:
// the zones in Azure Resource Manager. They resolve no names.
package zones

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// TypeZone is the type token of private DNS zones.
const TypeZone = "Microsoft.Network/privateDnsZones"

var versions = specs.Versions(TypeZone)

// Provider serves zones.
type Provider struct {
	core *arm.Core
	zone arm.Type
}

// Register adds the provider to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	p.zone = arm.Type{Name: TypeZone, Versions: versions, Taggable: true, Render: render, Put: p.put}
	core.Register(p.zone)
	return p
}

// Body is a zone in the form of the API.
type Body struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name,omitempty"`
	Type       string            `json:"type,omitempty"`
	Location   string            `json:"location,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Properties *Properties       `json:"properties,omitempty"`
}

// Properties are the properties of a zone, all read-only. The limits are those of
// https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-dns-limits.
type Properties struct {
	MaxRecordSets     int    `json:"maxNumberOfRecordSets,omitempty"`
	RecordSets        int    `json:"numberOfRecordSets,omitempty"`
	MaxNetworkLinks   int    `json:"maxNumberOfVirtualNetworkLinks,omitempty"`
	ProvisioningState string `json:"provisioningState,omitempty"`
}

func render(tx *store.Tx, id string) (any, error) {
	h, err := resource.LoadHeader(tx, id)
	if err != nil || h == nil {
		return nil, err
	}
	return Body{
		ID: h.ID, Name: h.Name, Type: h.Type, Location: h.Location, Tags: h.Tags,
		Properties: &Properties{MaxRecordSets: 25000, RecordSets: 1, MaxNetworkLinks: 1000, ProvisioningState: h.State},
	}, nil
}

// Limits of the number of labels in a name; each has 1 to 63 characters
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork).
const minLabels, maxLabels = 2, 34

var label = regexp.MustCompile(`(?i)^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$`)

func validName(name string) bool {
	labels := strings.Split(name, ".")
	return len(labels) >= minLabels && len(labels) <= maxLabels &&
		!slices.ContainsFunc(labels, func(l string) bool { return !label.MatchString(l) })
}

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	// The texts of both errors are inferred.
	if !validName(r.ID.Name()) {
		return arm.Response{}, arm.BadRequestf("The domain name '%s' of the zone is invalid. It must have 2 to 34 labels of 1 to 63 letters, digits, underscores and hyphens.", r.ID.Name()).At("privateZoneName")
	}
	if !strings.EqualFold(body.Location, "global") {
		return arm.Response{}, arm.Errorf(http.StatusBadRequest, "LocationNotAvailableForResourceType",
			"The provided location '%s' is not available for resource type '%s'. List of available regions for the resource type is 'global'.", body.Location, TypeZone)
	}
	if err := arm.CheckTags(body.Tags); err != nil {
		return arm.Response{}, err
	}
	status := http.StatusOK
	err := p.core.Store.Update(func(tx *store.Tx) error {
		have, err := resource.LoadHeader(tx, r.ID.String())
		if err != nil {
			return err
		}
		if have == nil {
			status = http.StatusCreated
		}
		return resource.Save(tx, &resource.Document[struct{}]{Header: p.core.NewHeader(have, r, "global", body.Tags)})
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.zone, r.ID.String(), status)
}
