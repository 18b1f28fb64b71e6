package clusters

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// link is a resource to which a property of a cluster refers.
type link struct {
	property, id, kind string
	// join is the action that the caller must be allowed on the resource, as ARM checks for linked
	// resources; "" for none.
	join string
	code string // error code if it does not exist
}

// checkLinks refuses links to resources that do not exist, are of another type, or that the caller
// is not allowed to use. The source for each check is given with it; codes and texts are inferred,
// except for LinkedAuthorizationFailed.
func (p *Provider) checkLinks(tx *store.Tx, r *arm.Request, doc *Document, pools []AgentPool) error {
	for _, l := range links(&doc.Body.Properties, pools) {
		if err := p.checkLink(tx, r, l); err != nil {
			return err
		}
		if l.kind != azure.TypeSubnet {
			continue
		}
		// The nodes are machines in the virtual network, so it must be in the region of the
		// cluster.
		vnet, err := resource.LoadHeader(tx, azure.ParentID(l.id))
		if err != nil {
			return err
		}
		if vnet != nil && vnet.Location != "" && arm.CanonicalLocation(vnet.Location) != doc.Location {
			return invalid(l.property, "The virtual network of the subnet '%s' is in %s, and the cluster in %s.", l.id, vnet.Location, doc.Location)
		}
	}
	return p.checkZone(tx, doc)
}

// links returns the links of the properties and of the given pools, which are those of the request.
func links(p *Properties, pools []AgentPool) []link {
	var found []link
	add := func(l link) {
		if l.id != "" {
			found = append(found, l)
		}
	}
	const join = azure.TypeSubnet + "/join/action"
	for i := range pools {
		add(link{"agentPoolProfile.vnetSubnetID", pools[i].VnetSubnetID, azure.TypeSubnet, join, "SubnetNotFound"})
		add(link{"agentPoolProfile.podSubnetID", pools[i].PodSubnetID, azure.TypeSubnet, join, "SubnetNotFound"})
	}
	add(link{"apiServerAccessProfile.privateDNSZone", p.customZone(), azure.TypePrivateDNSZone, "", "PrivateDNSZoneResourceNotFoundError"})
	if name, addon := findAddon(p.AddonProfiles, "omsagent"); addon.Enabled {
		// The action that a caller who enables the add-on needs:
		// https://learn.microsoft.com/azure/aks/concepts-identity#aks-service-permissions
		add(link{
			"addonProfiles." + name + ".config." + workspaceKey, addon.setting(workspaceKey), azure.TypeWorkspace,
			azure.TypeWorkspace + "/sharedkeys/read", "ResourceNotFound",
		})
	}
	if s := p.SecurityProfile; s != nil && s.Defender != nil {
		// https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-enable
		add(link{
			"securityProfile.defender.logAnalyticsWorkspaceResourceId", s.Defender.WorkspaceID, azure.TypeWorkspace,
			"", "ResourceNotFound",
		})
	}
	return found
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
	allowed, err := p.core.Checker.May(tx, r.Caller.ObjectID, l.id, l.join)
	if err != nil || allowed {
		return err
	}
	return linkRefused(r, l.join, l.id)
}

// checkZone refuses a custom private DNS zone that has the name of another region's zone, or to
// which the control plane is not allowed to write
// (https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/customprivatednszonemissingpermissionerror;
// the text of the other refusal is inferred).
func (p *Provider) checkZone(tx *store.Tx, doc *Document) error {
	zone := doc.Body.Properties.customZone()
	if zone == "" {
		return nil
	}
	const at = "apiServerAccessProfile.privateDNSZone"
	if !zoneName(doc.Location).MatchString(lastName(zone)) {
		return refusal("InvalidPrivateDNSZoneResourceID", at, "The private DNS zone of a cluster in %[1]s must be 'privatelink.%[1]s.azmk8s.io' or a subzone of it, not '%[2]s'.", doc.Location, lastName(zone))
	}
	principal, err := p.principalOf(tx, doc)
	if err != nil {
		return err
	}
	for _, action := range []string{azure.TypePrivateDNSZone + "/read", azure.TypePrivateDNSZone + "/A/write"} {
		allowed, err := p.core.Checker.May(tx, principal, zone, action)
		if err != nil {
			return err
		}
		if !allowed {
			return refusal("CustomPrivateDNSZoneMissingPermissionError", at,
				"Service principal or user-assigned identity must be given permission to read and write to custom private dns zone %s. Check access result not allowed for action %s.", zone, action)
		}
	}
	return nil
}

// linkRefused returns ARM's error for a caller who may write a resource but not use a linked one.
func linkRefused(r *arm.Request, action, linked string) error {
	return arm.Errorf(http.StatusForbidden, "LinkedAuthorizationFailed",
		"The client '%s' with object id '%s' has permission to perform action '%s/write' on scope '%s'; however, it does not have permission to perform action(s) '%s' on the linked scope(s) '%s' (respectively) or the linked scope(s) are invalid.",
		r.Caller.AppID, r.Caller.ObjectID, TypeCluster, r.ID.String(), action, linked).ByGateway()
}
