package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// The classic provider (pulumi-azure, which bridges Terraform's azurerm) has types of its own for
// clusters, identities, credentials and role assignments. Adapt gives their resources the form of
// azure-native, so that the rules read one form. Properties that rules read and that have no like
// in the classic provider become unknown: leaving them out says nothing.
//
// Source: the schema of pulumi-azure v6, which is that of terraform-provider-azurerm v4.

// renaming says where azure-native has a property of the classic provider.
type renaming struct {
	from, to []string
	// convert returns the value in azure-native's form; nil keeps it.
	convert func(resource.PropertyValue) resource.PropertyValue
	// absent is the classic provider's default, where the property is left out.
	absent any
}

// classicType is how a type of the classic provider is read.
type classicType struct {
	native    string
	renamings []renaming
	// unknown are properties of the native type that rules read and the classic type does not have.
	unknown [][]string
	// after changes what the renamings made, for what is no renaming.
	after func(in, out resource.PropertyMap)
}

// keys splits a path at its dots.
func keys(path string) []string { return strings.Split(path, ".") }

// same renames nothing.
func same(properties ...string) []renaming {
	list := make([]renaming, len(properties))
	for i, p := range properties {
		list[i] = renaming{from: keys(p), to: keys(p)}
	}
	return list
}

var classicTypes = map[string]classicType{
	"azure:authorization:UserAssignedIdentity": {
		native: TypeUserAssignedIdentity,
		renamings: append(same("resourceGroupName", "location", "tags", "clientId", "principalId", "tenantId"),
			renaming{from: keys("name"), to: keys("resourceName")}),
	},
	"azure:armmsi:FederatedIdentityCredential": {
		native: TypeIdentityCredential,
		renamings: append(same("issuer", "subject", "resourceGroupName"),
			renaming{from: keys("name"), to: keys("federatedIdentityCredentialResourceName")},
			renaming{from: keys("audience"), to: keys("audiences"), convert: asList},
			renaming{from: keys("parentId"), to: keys("resourceName"), convert: lastSegment},
			renaming{from: keys("userAssignedIdentityId"), to: keys("resourceName"), convert: lastSegment}),
		after: groupOfParent,
	},
	"azure:authorization:Assignment": {
		native: TypeRoleAssignment,
		renamings: append(same("principalId", "principalType", "scope", "roleDefinitionId", "condition"),
			renaming{from: keys("name"), to: keys("roleAssignmentName")}),
		// Without a type azurerm looks the principal up and tries again, and it makes a name.
		unknown: [][]string{keys("principalType"), keys("roleAssignmentName")},
		after:   roleByName,
	},
	"azure:containerservice:KubernetesCluster": {
		native: TypeManagedCluster,
		renamings: append(same("resourceGroupName", "location", "tags", "kubernetesVersion", "supportPlan", "identity.type",
			"networkProfile.networkPlugin", "networkProfile.networkPluginMode", "networkProfile.networkPolicy"),
			renaming{from: keys("name"), to: keys("resourceName")},
			renaming{from: keys("networkProfile.networkDataPlane"), to: keys("networkProfile.networkDataplane")},
			renaming{from: keys("oidcIssuerEnabled"), to: keys("oidcIssuerProfile.enabled")},
			renaming{from: keys("oidcIssuerUrl"), to: keys("oidcIssuerProfile.issuerURL")},
			renaming{from: keys("workloadIdentityEnabled"), to: keys("securityProfile.workloadIdentity.enabled")},
			renaming{from: keys("roleBasedAccessControlEnabled"), to: keys("enableRBAC"), absent: true},
			renaming{from: keys("localAccountDisabled"), to: keys("disableLocalAccounts")},
			renaming{from: keys("azureActiveDirectoryRoleBasedAccessControl.azureRbacEnabled"), to: keys("aadProfile.enableAzureRBAC")},
			renaming{from: keys("azureActiveDirectoryRoleBasedAccessControl.tenantId"), to: keys("aadProfile.managed"), convert: isPresent},
			renaming{from: keys("privateClusterEnabled"), to: keys("apiServerAccessProfile.enablePrivateCluster")},
			renaming{from: keys("apiServerAccessProfile.authorizedIpRanges"), to: keys("apiServerAccessProfile.authorizedIPRanges")},
			renaming{from: keys("runCommandEnabled"), to: keys("apiServerAccessProfile.disableRunCommand"), convert: negated},
			renaming{from: keys("servicePrincipal.clientId"), to: keys("servicePrincipalProfile.clientId")},
			renaming{from: keys("skuTier"), to: keys("sku.tier")},
			renaming{from: keys("automaticUpgradeChannel"), to: keys("autoUpgradeProfile.upgradeChannel")},
			renaming{from: keys("azurePolicyEnabled"), to: keys("addonProfiles.azurepolicy.enabled")},
			renaming{from: keys("keyVaultSecretsProvider"), to: keys("addonProfiles.azureKeyvaultSecretsProvider.enabled"), convert: isPresent},
			renaming{from: keys("keyVaultSecretsProvider.secretRotationEnabled"), to: keys("addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation")},
			renaming{from: keys("omsAgent"), to: keys("addonProfiles.omsagent.enabled"), convert: isPresent},
			renaming{from: keys("microsoftDefender"), to: keys("securityProfile.defender.securityMonitoring.enabled"), convert: isPresent},
			renaming{from: keys("diskEncryptionSetId"), to: keys("diskEncryptionSetID")},
			renaming{from: keys("defaultNodePool"), to: keys("agentPoolProfiles"), convert: nodePool}),
	},
}

// Adapt gives a resource of the classic provider the form of azure-native, and leaves all others as
// they are. PathOf still names the program's own properties.
func Adapt(r *Resource) {
	classic, ok := classicTypes[r.Type]
	if !ok {
		return
	}
	r.kind, r.Type = r.Kind(), classic.native
	r.renamed = map[string]string{}
	dependencies := map[string][]string{}
	for property, urns := range r.PropertyDependencies {
		for i := range classic.renamings {
			if re := &classic.renamings[i]; re.from[0] == property {
				dependencies[re.to[0]] = append(dependencies[re.to[0]], urns...)
			}
		}
	}
	if r.PropertyDependencies != nil {
		r.PropertyDependencies = dependencies
	}
	r.Inputs = classic.adapt(r.Inputs, r.renamed, true)
	if classic.native == TypeManagedCluster {
		// The only pool of the resource is no list there.
		r.renamed["agentPoolProfiles[0]"] = "defaultNodePool"
		for from, to := range poolProperties {
			r.renamed["agentPoolProfiles[0]."+string(to)] = "defaultNodePool." + string(from)
		}
	}
	if r.Outputs != nil {
		r.Outputs = classic.adapt(r.Outputs, nil, false)
	}
}

// adapt returns properties in azure-native's form, and notes in renamed where they come from.
func (c *classicType) adapt(in resource.PropertyMap, renamed map[string]string, isInput bool) resource.PropertyMap {
	out := resource.PropertyMap{}
	for i := range c.renamings {
		re := &c.renamings[i]
		v, ok := lookupPath(in, re.from)
		switch {
		case !ok && re.absent == nil:
			continue
		case !ok && isInput:
			v = resource.NewPropertyValue(re.absent)
		case !ok:
			continue
		case re.convert != nil && !v.ContainsUnknowns():
			v = re.convert(v)
		}
		setPath(out, re.to, v)
		if renamed != nil {
			renamed[strings.Join(re.to, ".")] = strings.Join(re.from, ".")
		}
	}
	if c.after != nil {
		c.after(in, out)
	}
	for _, path := range c.unknown {
		if _, ok := lookupPath(out, path); !ok && isInput {
			setPath(out, path, resource.MakeComputed(resource.NewProperty("")))
		}
	}
	return out
}

// lookupPath returns the value at a path of objects.
func lookupPath(m resource.PropertyMap, path []string) (resource.PropertyValue, bool) {
	v, ok := m[resource.PropertyKey(path[0])]
	if !ok || v.IsNull() {
		return v, false
	}
	if len(path) == 1 {
		return v, true
	}
	inner := read(v, nil, false)
	if inner.state == Unknown {
		return resource.MakeComputed(resource.NewProperty("")), true
	}
	object, ok := inner.value.V.(resource.PropertyMap)
	if !ok {
		return resource.PropertyValue{}, false
	}
	return lookupPath(object, path[1:])
}

// setPath sets the value at a path of objects, which it makes where they are missing.
func setPath(m resource.PropertyMap, path []string, v resource.PropertyValue) {
	key := resource.PropertyKey(path[0])
	if len(path) == 1 {
		m[key] = v
		return
	}
	object, ok := m[key]
	if !ok || !object.IsObject() {
		object = resource.NewProperty(resource.PropertyMap{})
		m[key] = object
	}
	setPath(object.ObjectValue(), path[1:], v)
}

// asList returns a text as list of one, as the classic provider had a list before v6.
func asList(v resource.PropertyValue) resource.PropertyValue {
	if v.IsArray() {
		return v
	}
	return resource.NewProperty([]resource.PropertyValue{v})
}

// lastSegment returns the name at the end of a resource's id.
func lastSegment(v resource.PropertyValue) resource.PropertyValue {
	text, ok := read(v, nil, false).KnownText()
	if !ok {
		return v
	}
	return resource.NewProperty(text[strings.LastIndex(text, "/")+1:])
}

// isPresent returns true for anything that is there.
func isPresent(resource.PropertyValue) resource.PropertyValue { return resource.NewProperty(true) }

func negated(v resource.PropertyValue) resource.PropertyValue {
	b, state := read(v, nil, false).Bool()
	if state != Known {
		return resource.MakeComputed(resource.NewProperty(false))
	}
	return resource.NewProperty(!b)
}

// groupOfParent takes the resource group of a credential from the id of its identity: newer
// versions do not have resourceGroupName.
func groupOfParent(in, out resource.PropertyMap) {
	for _, property := range []resource.PropertyKey{"parentId", "userAssignedIdentityId"} {
		id, ok := read(in[property], nil, false).KnownText()
		parts := strings.Split(id, "/")
		i := slices.IndexFunc(parts, func(p string) bool { return strings.EqualFold(p, "resourceGroups") })
		if ok && i >= 0 && i+1 < len(parts) {
			out["resourceGroupName"] = resource.NewProperty(parts[i+1])
		}
	}
}

// roleByName adds the id of the built-in role that an assignment names.
func roleByName(in, out resource.PropertyMap) {
	name, ok := read(in["roleDefinitionName"], nil, false).KnownText()
	role, err := azure.LookupRole(name)
	if _, has := out["roleDefinitionId"]; has || !ok || err != nil {
		return
	}
	out["roleDefinitionId"] = resource.NewProperty("/providers/Microsoft.Authorization/roleDefinitions/" + role.GUID)
}

// poolProperties are the properties of the classic provider's node pool, and azure-native's.
var poolProperties = map[resource.PropertyKey]resource.PropertyKey{
	"name": "name", "type": "type", "maxPods": "maxPods", "orchestratorVersion": "orchestratorVersion", "podSubnetId": "podSubnetID",
	"nodePublicIpEnabled": "enableNodePublicIP", "hostEncryptionEnabled": "enableEncryptionAtHost",
}

// nodePool returns the default node pool as list of one system pool.
func nodePool(v resource.PropertyValue) resource.PropertyValue {
	object, ok := read(v, nil, false).value.V.(resource.PropertyMap)
	if !ok {
		return resource.MakeComputed(resource.NewProperty(""))
	}
	pool := resource.PropertyMap{"mode": resource.NewProperty("System")}
	for _, from := range slices.Sorted(maps.Keys(poolProperties)) {
		if value, has := object[from]; has {
			pool[poolProperties[from]] = value
		}
	}
	if read(object["onlyCriticalAddonsEnabled"], nil, false).IsTrue() {
		pool["nodeTaints"] = resource.NewProperty([]resource.PropertyValue{resource.NewProperty("CriticalAddonsOnly=true:NoSchedule")})
	}
	return resource.NewProperty([]resource.PropertyValue{resource.NewProperty(pool)})
}

// PathOf returns the place of a value as the program writes it.
func (r *Resource) PathOf(v Value) string {
	path := v.Path()
	for rest := path; r.renamed != nil && rest != ""; rest = rest[:max(0, strings.LastIndexAny(rest, ".["))] {
		if from, ok := r.renamed[rest]; ok {
			return from + path[len(rest):]
		}
	}
	return path
}
