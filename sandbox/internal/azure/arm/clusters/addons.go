package clusters

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// workspaceKey is the key of the workspace in the configuration of the add-on omsagent. Its case is
// ignored.
const workspaceKey = "logAnalyticsWorkspaceResourceID"

// setting is a key of an add-on's configuration with the form of its values.
type setting struct {
	key  string
	form *regexp.Regexp
	what string
}

var (
	yesNo    = regexp.MustCompile(`(?i)^(true|false)$`)
	interval = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(h|m|s))+$`)
)

// addonSettings are the configurations of add-ons
// (https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options,
// …/azure-monitor/containers/kubernetes-monitoring-enable,
// …/governance/policy/concepts/policy-for-kubernetes). The configurations of other add-ons are not
// checked.
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

// checkAddons refuses settings that the add-on does not have, and configurations without a required
// one. The texts are inferred.
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
				return invalid(at, "This add-on has no such setting that the sandbox knows.")
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

// setting returns a value of the add-on's configuration. The case of the key is ignored.
func (a Addon) setting(key string) string {
	for k, v := range a.Config {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return ""
}

// changeAddons returns the add-ons of a request. An add-on that stays enabled keeps its identity.
func changeAddons(have, want map[string]Addon) map[string]Addon {
	changed := make(map[string]Addon, len(want))
	for name, addon := range want {
		addon.Identity = nil
		for old, before := range have {
			if strings.EqualFold(old, name) && addon.Enabled && before.Enabled {
				addon.Identity = before.Identity
			}
		}
		changed[name] = addon
	}
	return changed
}

// addonsWithIdentity are the add-ons for which AKS creates a user-assigned identity, in the node
// resource group and named for the add-on and the cluster
// (https://learn.microsoft.com/azure/aks/managed-identity-overview#summary-of-managed-identities-used-by-aks;
// the form of the names is observed on clusters).
var addonsWithIdentity = []string{"azurekeyvaultsecretsprovider", "azurepolicy", "omsagent"}

// updateAddonIdentities creates the identities of enabled add-ons and removes those of disabled
// ones.
func (p *Provider) updateAddonIdentities(tx *store.Tx, doc *Document) error {
	for _, kind := range addonsWithIdentity {
		id := p.nodeIdentityID(doc, kind+"-"+doc.Name)
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
		addon.Identity = identityObject(have)
		doc.Body.Properties.AddonProfiles[name] = addon
	}
	return nil
}

// findAddon returns the add-on with this name, without regard to case, and the name as the cluster
// has it.
func findAddon(addons map[string]Addon, kind string) (string, Addon) {
	for name, addon := range addons {
		if strings.EqualFold(name, kind) {
			return name, addon
		}
	}
	return "", Addon{}
}
