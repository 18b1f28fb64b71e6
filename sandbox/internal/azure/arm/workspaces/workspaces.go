// Package workspaces implements the management plane of Microsoft.OperationalInsights: Log
// Analytics workspaces. They store no logs.
package workspaces

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// TypeWorkspace is the type token of workspaces.
const TypeWorkspace = "Microsoft.OperationalInsights/workspaces"

var versions = specs.Versions(TypeWorkspace)

// Limits of a workspace's interactive retention, in days
// (https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure).
const (
	defaultRetention = 30
	minRetention     = 30
	maxRetention     = 730
)

// levels are the levels of a capacity reservation, in GB a day (operationalinsights
// Workspaces.json).
var levels = []int{100, 200, 300, 400, 500, 1000, 2000, 5000, 10000, 25000, 50000}

// Workspace is the body of a stored workspace.
type Workspace struct {
	CustomerID    string          `json:"customerId"` // the workspace ID for agents
	SKU           string          `json:"sku"`
	Level         *int            `json:"level,omitempty"`
	RetentionDays int             `json:"retentionDays"`
	Quota         float64         `json:"quota"` // GB a day; -1 means no limit
	Ingestion     string          `json:"ingestion"`
	Query         string          `json:"query"`
	ForceCMK      *bool           `json:"forceCmk,omitempty"`
	Features      map[string]bool `json:"features"`
}

// Provider serves workspaces.
type Provider struct {
	core *arm.Core
	typ  arm.Type
}

// Register adds the provider to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	// Azure keeps a deleted workspace for 14 days unless the deletion is forced. In the sandbox
	// every deletion is permanent.
	p.typ = arm.Type{Name: TypeWorkspace, Versions: versions, Taggable: true, Render: render, Put: p.put}
	core.Register(p.typ)
	return p
}

// Body is a workspace in the form of the API.
type Body struct {
	arm.Envelope
	ETag       string      `json:"etag,omitempty"`
	Properties *Properties `json:"properties,omitempty"`
}

// Properties are the properties of a workspace. Those after workspaceCapping are read-only.
type Properties struct {
	Features                        *Features `json:"features,omitempty"`
	ForceCMKForQuery                *bool     `json:"forceCmkForQuery,omitempty"`
	PublicNetworkAccessForIngestion string    `json:"publicNetworkAccessForIngestion,omitempty"`
	PublicNetworkAccessForQuery     string    `json:"publicNetworkAccessForQuery,omitempty"`
	RetentionInDays                 *int      `json:"retentionInDays,omitempty"`
	SKU                             *SKU      `json:"sku,omitempty"`
	WorkspaceCapping                *Capping  `json:"workspaceCapping,omitempty"`

	CreatedDate       *time.Time `json:"createdDate,omitempty"`
	CustomerID        string     `json:"customerId,omitempty"`
	ModifiedDate      *time.Time `json:"modifiedDate,omitempty"`
	ProvisioningState string     `json:"provisioningState,omitempty"`
}

// Features are the optional features of a workspace.
type Features struct {
	DisableLocalAuth                            *bool `json:"disableLocalAuth,omitempty"`
	EnableDataExport                            *bool `json:"enableDataExport,omitempty"`
	EnableLogAccessUsingOnlyResourcePermissions *bool `json:"enableLogAccessUsingOnlyResourcePermissions,omitempty"`
	ImmediatePurgeDataOn30Days                  *bool `json:"immediatePurgeDataOn30Days,omitempty"`
}

// SKU is the pricing tier of a workspace.
type SKU struct {
	Name                     string     `json:"name"`
	CapacityReservationLevel *int       `json:"capacityReservationLevel,omitempty"`
	LastSKUUpdate            *time.Time `json:"lastSkuUpdate,omitempty"`
}

// Capping limits the data that a workspace accepts in a day. The properties after the quota are
// read-only.
type Capping struct {
	DailyQuotaGB        *float64   `json:"dailyQuotaGb,omitempty"`
	QuotaNextResetTime  *time.Time `json:"quotaNextResetTime,omitempty"`
	DataIngestionStatus string     `json:"dataIngestionStatus,omitempty"`
}

// workspaceName matches 4 to 63 letters, digits and hyphens
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftoperationalinsights).
var workspaceName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$`)

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if !workspaceName.MatchString(r.ID.Name()) {
		return arm.Response{}, arm.Errorf(http.StatusBadRequest, "InvalidParameter",
			"The workspace name '%s' is invalid. It must have 4 to 63 letters, digits and hyphens, and begin and end with a letter or digit.", r.ID.Name())
	}
	if body.Properties == nil {
		body.Properties = &Properties{}
	}
	return arm.PutTracked(p.core, &p.typ, r, body.Envelope, func(_ *store.Tx, have *Workspace) (Workspace, error) {
		made := Workspace{
			CustomerID: uuid.NewString(), SKU: "PerGB2018", RetentionDays: defaultRetention, Quota: -1,
			Ingestion: "Enabled", Query: "Enabled",
			Features: map[string]bool{"enableLogAccessUsingOnlyResourcePermissions": true},
		}
		if have != nil {
			made = *have
		}
		return made, apply(&made, body.Properties)
	})
}

// apply applies the properties of a request to a workspace. It refuses the legacy tiers with
// Azure's text for subscriptions that never had them (https://aka.ms/PricingTierWarning).
func apply(w *Workspace, p *Properties) error {
	if err := cmp.Or(
		arm.Choice("properties.publicNetworkAccessForIngestion", p.PublicNetworkAccessForIngestion, "Enabled", "Disabled"),
		arm.Choice("properties.publicNetworkAccessForQuery", p.PublicNetworkAccessForQuery, "Enabled", "Disabled"),
	); err != nil {
		return err
	}
	if s := p.SKU; s != nil {
		switch {
		case strings.EqualFold(s.Name, "PerGB2018") && s.CapacityReservationLevel == nil:
			w.SKU, w.Level = "PerGB2018", nil
		case strings.EqualFold(s.Name, "CapacityReservation") && slices.Contains(levels, ptr.Deref(s.CapacityReservationLevel, 0)):
			w.SKU, w.Level = "CapacityReservation", s.CapacityReservationLevel
		case strings.EqualFold(s.Name, "PerGB2018"), strings.EqualFold(s.Name, "CapacityReservation"):
			return arm.BadRequestf("The capacity reservation level does not fit the sku '%s': CapacityReservation needs one of 100 to 50000 GB a day, PerGB2018 has none.", s.Name).At("properties.sku.capacityReservationLevel")
		default:
			return arm.BadRequestf("Pricing tier doesn't match the subscription's billing model: '%s'. Read http://aka.ms/PricingTierWarning for more details.", s.Name).At("properties.sku.name")
		}
	}
	if d := p.RetentionInDays; d != nil {
		if *d < minRetention || *d > maxRetention {
			return arm.BadRequestf("The value '%d' of 'retentionInDays' is invalid. It must be %d to %d for the sku %s.", *d, minRetention, maxRetention, w.SKU).At("properties.retentionInDays")
		}
		w.RetentionDays = *d
	}
	if c := p.WorkspaceCapping; c != nil && c.DailyQuotaGB != nil {
		if *c.DailyQuotaGB != -1 && *c.DailyQuotaGB < 0.023 {
			return arm.BadRequestf("The value '%v' of 'dailyQuotaGb' is invalid. It must be -1 for no limit, or at least 0.023.", *c.DailyQuotaGB).At("properties.workspaceCapping.dailyQuotaGb")
		}
		w.Quota = *c.DailyQuotaGB
	}
	w.Ingestion = cmp.Or(p.PublicNetworkAccessForIngestion, w.Ingestion)
	w.Query = cmp.Or(p.PublicNetworkAccessForQuery, w.Query)
	w.ForceCMK = cmp.Or(p.ForceCMKForQuery, w.ForceCMK)
	if p.Features != nil {
		for name, on := range p.Features.byName() {
			if *on != nil {
				w.Features[name] = **on
			}
		}
	}
	return nil
}

// byName returns the features by the names under which they are stored.
func (f *Features) byName() map[string]**bool {
	return map[string]**bool{
		"disableLocalAuth": &f.DisableLocalAuth, "enableDataExport": &f.EnableDataExport,
		"immediatePurgeDataOn30Days":                  &f.ImmediatePurgeDataOn30Days,
		"enableLogAccessUsingOnlyResourcePermissions": &f.EnableLogAccessUsingOnlyResourcePermissions,
	}
}

func render(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Workspace](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	w, features := doc.Body, &Features{}
	for name, to := range features.byName() {
		if on, ok := w.Features[name]; ok {
			*to = &on
		}
	}
	reset := doc.Created.Truncate(24 * time.Hour).Add(24 * time.Hour)
	return Body{
		Envelope: arm.Show(doc.Header),
		Properties: &Properties{
			Features: features, ForceCMKForQuery: w.ForceCMK,
			PublicNetworkAccessForIngestion: w.Ingestion, PublicNetworkAccessForQuery: w.Query,
			RetentionInDays:  &w.RetentionDays,
			SKU:              &SKU{Name: w.SKU, CapacityReservationLevel: w.Level, LastSKUUpdate: &doc.Created},
			WorkspaceCapping: &Capping{DailyQuotaGB: &w.Quota, QuotaNextResetTime: &reset, DataIngestionStatus: "RespectQuota"},
			CreatedDate:      &doc.Created, CustomerID: w.CustomerID, ModifiedDate: &doc.Changed, ProvisioningState: doc.State,
		},
	}, nil
}
