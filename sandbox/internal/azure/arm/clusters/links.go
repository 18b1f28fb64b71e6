package clusters

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Types of resources that a cluster names and this package does not serve. Whether one exists is the core's to say; a
// type that the sandbox does not stand in for has none.
const (
	typeSubnet    = "Microsoft.Network/virtualNetworks/subnets"
	typeZone      = "Microsoft.Network/privateDnsZones"
	typeWorkspace = "Microsoft.OperationalInsights/workspaces"
)

// link is a resource that a cluster names.
type link struct {
	property, id, kind string
	// join is what the caller must be allowed on it: ARM checks that for linked resources. "": nothing.
	join string
	code string // of the answer if it does not exist
}

// checkLinks refuses a cluster that names resources that do not exist, are of another type, or that the caller may not
// use. Which resources are checked is documented with each; code and text of the refusals are inferred but for
// LinkedAuthorizationFailed.
func (p *Provider) checkLinks(tx *store.Tx, r *arm.Request, doc *Document, pools []AgentPool) error {
	for _, l := range links(&doc.Body.Properties, pools) {
		if err := p.checkLink(tx, r, l); err != nil {
			return err
		}
		if l.kind != typeSubnet {
			continue
		}
		// A cluster's virtual network is in its region: nodes are machines in it.
		vnet, err := resource.LoadHeader(tx, networkOf(l.id))
		if err != nil {
			return err
		}
		if vnet != nil && vnet.Location != "" && arm.CanonicalLocation(vnet.Location) != doc.Location {
			return invalid(l.property, "The virtual network of the subnet '%s' is in %s, and the cluster in %s.", l.id, vnet.Location, doc.Location)
		}
	}
	return p.checkZone(tx, doc)
}

// links lists what the properties name, with the pools given apart: those of the request.
func links(p *Properties, pools []AgentPool) []link {
	var out []link
	add := func(l link) {
		if l.id != "" {
			out = append(out, l)
		}
	}
	const join = typeSubnet + "/join/action"
	for i := range pools {
		add(link{"agentPoolProfile.vnetSubnetID", pools[i].VnetSubnetID, typeSubnet, join, "SubnetNotFound"})
		add(link{"agentPoolProfile.podSubnetID", pools[i].PodSubnetID, typeSubnet, join, "SubnetNotFound"})
	}
	add(link{"apiServerAccessProfile.privateDNSZone", p.customZone(), typeZone, "", "PrivateDNSZoneResourceNotFoundError"})
	if name, addon := findAddon(p.AddonProfiles, "omsagent"); addon.Enabled {
		// What the creator needs for it: https://learn.microsoft.com/azure/aks/concepts-identity#aks-service-permissions
		add(link{"addonProfiles." + name + ".config." + workspaceKey, addon.setting(workspaceKey), typeWorkspace, "Microsoft.OperationalInsights/workspaces/sharedkeys/read", "ResourceNotFound"})
	}
	if s := p.SecurityProfile; s != nil && s.Defender != nil {
		// https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-enable
		add(link{"securityProfile.defender.logAnalyticsWorkspaceResourceId", s.Defender.WorkspaceID, typeWorkspace, "", "ResourceNotFound"})
	}
	return out
}

func (p *Provider) checkLink(tx *store.Tx, r *arm.Request, l link) error {
	id, err := resource.ParseID(l.id)
	if err != nil || !strings.EqualFold(id.Type(), l.kind) || id.Collection() {
		return invalid(l.property, "'%s' is not the resource ID of a %s.", l.id, l.kind)
	}
	exists, err := p.core.Exists(tx, l.id)
	if err != nil {
		return err
	}
	if !exists {
		return arm.Errorf(http.StatusBadRequest, l.code, "The resource '%s' that '%s' names could not be found.", l.id, l.property).At(l.property)
	}
	if l.join == "" {
		return nil
	}
	may, err := p.core.Checker.May(tx, r.Caller.ObjectID, l.id, l.join)
	if err != nil || may {
		return err
	}
	return linkRefused(r, l.join, l.id)
}

// checkZone refuses a private DNS zone that has another region's name, or that the control plane may not write
// (https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/customprivatednszonemissingpermissionerror;
// the text of the other refusal is inferred).
func (p *Provider) checkZone(tx *store.Tx, doc *Document) error {
	zone := doc.Body.Properties.customZone()
	if zone == "" {
		return nil
	}
	const at = "apiServerAccessProfile.privateDNSZone"
	if !zoneName(doc.Location).MatchString(lastName(zone)) {
		return refusal("InvalidPrivateDNSZoneResourceID", at, "The private DNS zone of a cluster in %[1]s is called 'privatelink.%[1]s.azmk8s.io', or a subzone of it, not '%[2]s'.", doc.Location, lastName(zone))
	}
	principal, err := p.principalOf(tx, doc)
	if err != nil {
		return err
	}
	for _, action := range []string{typeZone + "/read", typeZone + "/A/write"} {
		may, err := p.core.Checker.May(tx, principal, zone, action)
		if err != nil {
			return err
		}
		if !may {
			return refusal("CustomPrivateDNSZoneMissingPermissionError", at,
				"Service principal or user-assigned identity must be given permission to read and write to custom private dns zone %s. Check access result not allowed for action %s.", zone, action)
		}
	}
	return nil
}
