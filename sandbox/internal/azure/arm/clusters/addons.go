package clusters

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// workspaceKey names the workspace in the configuration of the add-on omsagent, in any case.
const workspaceKey = "logAnalyticsWorkspaceResourceID"

// setting is a key of an add-on's configuration and what its values look like.
type setting struct {
	key  string
	form *regexp.Regexp
	what string
}

var (
	yesNo    = regexp.MustCompile(`(?i)^(true|false)$`)
	interval = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(h|m|s))+$`)
)

// addonSettings are the configurations of the add-ons that take one
// (https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options, …/azure-monitor/containers/kubernetes-monitoring-enable,
// …/governance/policy/concepts/policy-for-kubernetes). Add-ons that are not here are taken with any.
var addonSettings = map[string][]setting{
	"azurekeyvaultsecretsprovider": {
		{"enableSecretRotation", yesNo, "'true' or 'false'"},
		{"rotationPollInterval", interval, "a duration such as '2m'"},
	},
	"omsagent": {
		{workspaceKey, regexp.MustCompile(`^/`), "the resource ID of a workspace"},
		{"useAADAuth", yesNo, "'true' or 'false'"},
		{"enableSyslog", yesNo, "'true' or 'false'"},
		{"enableRetinaNetworkFlags", yesNo, "'true' or 'false'"},
		{"dataCollectionSettings", regexp.MustCompile(`^\{`), "a JSON object"},
	},
	"azurepolicy": {{"version", regexp.MustCompile(`^v2$`), "'v2'"}},
}

// checkAddons refuses configurations that the add-on does not read, and those it cannot do without. The texts are
// inferred.
func checkAddons(addons map[string]Addon) error {
	for _, name := range slices.Sorted(maps.Keys(addons)) {
		addon := addons[name]
		known, ok := addonSettings[strings.ToLower(name)]
		if !ok {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(addon.Config)) {
			i := slices.IndexFunc(known, func(s setting) bool { return strings.EqualFold(s.key, key) })
			at := "addonProfiles." + name + ".config." + key
			if i < 0 {
				return invalid(at, "The sandbox knows no such setting of this add-on.")
			}
			if v := addon.Config[key]; !known[i].form.MatchString(v) {
				return invalid(at, "'%s' is not %s.", v, known[i].what)
			}
		}
		if strings.EqualFold(name, "omsagent") && addon.Enabled && addon.setting(workspaceKey) == "" {
			return missing("addonProfiles." + name + ".config." + workspaceKey)
		}
	}
	return nil
}

// setting reads the add-on's configuration; keys have no case.
func (a Addon) setting(key string) string {
	for k, v := range a.Config {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return ""
}

// changeAddons applies the add-ons of a request. One that stays on keeps its identity.
func changeAddons(have, want map[string]Addon) map[string]Addon {
	out := make(map[string]Addon, len(want))
	for name, addon := range want {
		addon.Identity = nil
		for old, before := range have {
			if strings.EqualFold(old, name) && addon.Enabled && before.Enabled {
				addon.Identity = before.Identity
			}
		}
		out[name] = addon
	}
	return out
}

// addonsWithIdentity are the add-ons that act in Azure by an identity of their own, which AKS makes in the node resource
// group under the add-on's name and the cluster's (https://learn.microsoft.com/azure/aks/managed-identity-overview#summary-of-managed-identities-used-by-aks;
// the form of the names is what clusters show).
var addonsWithIdentity = []string{"azurekeyvaultsecretsprovider", "azurepolicy", "omsagent"}

// settleAddons makes the identities of the add-ons that are on. That of an add-on that was switched off goes.
func (p *Provider) settleAddons(tx *store.Tx, doc *Document) error {
	for _, kind := range addonsWithIdentity {
		id := p.nodeGroupID(doc) + "/providers/" + identities.TypeIdentity + "/" + kind + "-" + doc.Name
		have, err := resource.Load[identities.Identity](tx, id)
		if err != nil {
			return err
		}
		name, addon := findAddon(doc.Body.Properties.AddonProfiles, kind)
		if !addon.Enabled {
			if err := removeIdentity(tx, have); err != nil {
				return err
			}
			continue
		}
		if have == nil {
			if have, err = p.createIdentity(tx, doc, id); err != nil {
				return err
			}
		}
		addon.Identity = &KubeletObject{ResourceID: have.ID, ClientID: have.Body.ClientID, ObjectID: have.Body.PrincipalID}
		doc.Body.Properties.AddonProfiles[name] = addon
	}
	return nil
}

// findAddon finds an add-on by its name, which has no case, and answers how the cluster writes it.
func findAddon(addons map[string]Addon, kind string) (string, Addon) {
	for name, addon := range addons {
		if strings.EqualFold(name, kind) {
			return name, addon
		}
	}
	return "", Addon{}
}

func removeIdentity(tx *store.Tx, doc *identities.Document) error {
	if doc == nil {
		return nil
	}
	if err := directory.RemovePrincipal(tx, doc.Body.PrincipalID); err != nil {
		return err
	}
	return resource.RemoveTree(tx, doc.ID)
}

// createIdentity makes an identity of the cluster's in its node resource group.
func (p *Provider) createIdentity(tx *store.Tx, doc *Document, id string) (*identities.Document, error) {
	now := p.core.Now().UTC()
	return identities.Create(tx, resource.Header{
		ID: id, Name: id[strings.LastIndex(id, "/")+1:], Type: identities.TypeIdentity,
		Location: doc.Location, State: resource.Succeeded, Created: now, Changed: now,
	}, "")
}
