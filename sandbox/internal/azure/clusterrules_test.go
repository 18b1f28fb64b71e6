package azure_test

import (
	"strings"
	"testing"
)

// refusals are clusters whose creation is refused, by the reason.
type refusals map[string]struct {
	change     func(body, p object)
	code, text string
}

func (r refusals) run(t *testing.T, w *world, rg string) {
	t.Helper()
	for reason, c := range r {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", clusterPath(rg, "aks1"), vCluster2025, newCluster(c.change))
			if got.status != 400 || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want 400 %s with %q", got.status, got.text, c.code, c.text)
			}
			must(t, w.arm("GET", clusterPath(rg, "aks1"), vCluster2025, nil), 404)
		})
	}
}

// withNetwork sets the network profile from pairs of key and value.
func withNetwork(pairs ...any) func(_, p object) {
	return func(_, p object) {
		n := object{}
		for i := 0; i < len(pairs); i += 2 {
			n[pairs[i].(string)] = pairs[i+1]
		}
		p["networkProfile"] = n
	}
}

// userPool adds a pool, with pairs of key and value, to a cluster with an overlay network.
func userPool(pairs ...any) func(_, p object) {
	return func(_, p object) {
		p["networkProfile"] = object{"networkPlugin": "azure", "networkPluginMode": "overlay"}
		pool := object{"name": "user", "mode": "User", "vmSize": "Standard_D2s_v5"}
		for i := 0; i < len(pairs); i += 2 {
			pool[pairs[i].(string)] = pairs[i+1]
		}
		p["agentPoolProfiles"] = append(p["agentPoolProfiles"].([]object), pool)
	}
}

// systemPool changes the system pool by pairs of key and value.
func systemPool(pairs ...any) func(_, p object) {
	return func(_, p object) {
		for i := 0; i < len(pairs); i += 2 {
			first(p)[pairs[i].(string)] = pairs[i+1]
		}
	}
}

func TestUnsupportedNetworks(t *testing.T) {
	w := newWorld(t, quiet)
	windows := func(pairs ...any) func(_, p object) {
		return func(b, p object) {
			userPool("name", "win", "osType", "Windows")(b, p)
			withNetwork(pairs...)(b, p)
		}
	}
	refusals{
		"nodes with images of a registry of one's own":      {func(_, p object) { p["bootstrapProfile"] = object{"artifactSource": "Cache"} }, "InvalidParameter", "'Direct'"},
		"cilium without Azure CNI":                          {withNetwork("networkPlugin", "kubenet", "networkDataplane", "cilium"), "InvalidParameter", "needs networkPlugin 'azure', not 'kubenet'"},
		"cilium policies without its data plane":            {withNetwork("networkPlugin", "azure", "networkPolicy", "cilium"), "InvalidParameter", "needs networkDataplane 'cilium'"},
		"the policy engine of another data plane on cilium": {withNetwork("networkPlugin", "azure", "networkDataplane", "cilium", "networkPolicy", "calico"), "InvalidParameter", "not 'calico'"},
		"Windows nodes on cilium":                           {windows("networkPlugin", "azure", "networkPluginMode", "overlay", "networkDataplane", "cilium"), "InvalidParameter", "runs Windows"},
		"Windows nodes on kubenet":                          {windows("networkPlugin", "kubenet"), "AzureCNIOnlyForWindows", "Azure CNI"},
		"Azure policies on kubenet":                         {withNetwork("networkPlugin", "kubenet", "networkPolicy", "azure"), "NetworkPolicyAzureNotSupportedForKubenet", "kubenet"},
		"policies without a network plugin":                 {withNetwork("networkPlugin", "none", "networkPolicy", "calico"), "NetworkPolicyNotSupportedForNone", "none"},
		"a network mode without Azure CNI":                  {withNetwork("networkPlugin", "kubenet", "networkMode", "transparent"), "InvalidParameter", "network mode"},
		"a user-assigned NAT gateway in a managed network":  {withNetwork("outboundType", "userAssignedNATGateway"), "UserAssignedNATGatewayWithManagedVNetNotAllowed", "vnetSubnetID"},
		"user-defined routes in a managed network":          {withNetwork("outboundType", "userDefinedRouting"), "InvalidParameter", "route table"},
		"a NAT gateway behind a basic load balancer":        {withNetwork("outboundType", "managedNATGateway", "loadBalancerSku", "basic"), "UnexpectedLoadBalancerSkuForCurrentOutboundConfiguration", "must be Standard"},
		"a NAT gateway profile without a NAT gateway":       {withNetwork("natGatewayProfile", object{"idleTimeoutInMinutes": 4}), "InvalidParameter", "needs outboundType 'managedNATGateway'"},
		"more addresses than a NAT gateway can have":        {withNetwork("outboundType", "managedNATGateway", "natGatewayProfile", object{"managedOutboundIPProfile": object{"count": 17}}), "InvalidParameter", "17 is out of range; it must be 1 to 16"},
		"two pools behind a basic load balancer":            {func(b, p object) { userPool()(b, p); withNetwork("loadBalancerSku", "basic")(b, p) }, "InvalidParameter", "More than one pool"},
		"zones behind a basic load balancer": {func(b, p object) {
			systemPool("availabilityZones", []string{"1"})(b, p)
			withNetwork("loadBalancerSku", "basic")(b, p)
		}, "InvalidParameter", "availability zones"},
		"an idle timeout that the load balancer does not support": {withNetwork("loadBalancerProfile", object{"idleTimeoutInMinutes": 3}), "InvalidParameter", "3 is out of range; it must be 4 to 120"},
	}.run(t, w, w.group("rg"))
}

func TestUnsupportedPools(t *testing.T) {
	w := newWorld(t, quiet)
	spot := func(pairs ...any) func(_, p object) {
		return userPool(append([]any{"scaleSetPriority", "Spot"}, pairs...)...)
	}
	refusals{
		"a Spot pool with a surge":                {spot("upgradeSettings", object{"maxSurge": "33%"}), "InvalidParameter", "Error details: Spot pools can't set max surge."},
		"a Spot pool of mode System":              {systemPool("scaleSetPriority", "Spot"), "SystemPoolMustBeRegular", "Regular"},
		"a Spot price of zero":                    {spot("spotMaxPrice", 0), "InvalidParameter", "neither greater than zero nor -1"},
		"a price without Spot":                    {userPool("spotMaxPrice", 0.5), "InvalidParameter", "needs scaleSetPriority 'Spot'"},
		"an eviction policy without Spot":         {userPool("scaleSetEvictionPolicy", "Deallocate"), "InvalidParameter", "needs scaleSetPriority 'Spot'"},
		"a surge of more than 100%":               {userPool("upgradeSettings", object{"maxSurge": "101%"}), "InvalidParameter", "'101%'"},
		"a surge of zero nodes":                   {userPool("upgradeSettings", object{"maxSurge": "0"}), "InvalidParameter", "'0'"},
		"a drain timeout of more than a day":      {userPool("upgradeSettings", object{"drainTimeoutInMinutes": 1441}), "InvalidParameter", "1441 is out of range; it must be 1 to 1440"},
		"a zone that does not exist":              {userPool("availabilityZones", []string{"4"}), "InvalidParameter", "The zone '4'"},
		"zones without a scale set":               {userPool("availabilityZones", []string{"1"}, "type", "AvailabilitySet"), "InvalidParameter", "VirtualMachineScaleSets"},
		"encryption at host without a scale set":  {userPool("enableEncryptionAtHost", true, "type", "AvailabilitySet"), "EncryptionAtHostNotAllowedOnVMAS", "VirtualMachineScaleSets"},
		"a taint without an effect":               {userPool("nodeTaints", []string{"sku=gpu"}), "InvalidParameter", "key=value:Effect"},
		"a taint that keeps system pods away":     {systemPool("nodeTaints", []string{"sku=gpu:NoSchedule"}), "SystemPoolHasRestrictedTaint", "CriticalAddonsOnly"},
		"a label with the prefix of AKS":          {userPool("nodeLabels", object{"kubernetes.azure.com/mine": "x"}), "NodeLabelKeyNotAllowed", "reserved for AKS"},
		"Windows Server 2019 on a new Kubernetes": {userPool("name", "win", "osType", "Windows", "osSKU", "Windows2019"), "InvalidOSSKU", "last version is 1.32"},
	}.run(t, w, w.group("rg"))
}

func TestUnsupportedClusterSettings(t *testing.T) {
	w := newWorld(t, quiet)
	set := func(name string, value any) func(_, p object) { return func(_, p object) { p[name] = value } }
	addon := func(name string, config object) func(_, p object) {
		return set("addonProfiles", object{name: object{"enabled": true, "config": config}})
	}
	access := func(pairs ...any) func(_, p object) {
		return func(b, p object) {
			withNetwork(pairs...)(b, p)
			p["apiServerAccessProfile"] = p["networkProfile"]
			delete(p, "networkProfile")
		}
	}
	refusals{
		"long-term support without the Premium tier":        {set("supportPlan", "AKSLongTermSupport"), "InvalidParameter", "needs sku.tier 'Premium'"},
		"contradictory upgrade channels":                    {set("autoUpgradeProfile", object{"upgradeChannel": "node-image", "nodeOSUpgradeChannel": "SecurityPatch"}), "InvalidParameter", "not 'SecurityPatch'"},
		"an admin group by name":                            {set("aadProfile", object{"managed": true, "adminGroupObjectIDs": []string{"admins"}}), "InvalidAdminGroupObjectID", "'admins'"},
		"Azure RBAC without managed Entra ID":               {set("aadProfile", object{"enableAzureRBAC": true}), "InvalidParameter", "'managed' must be true"},
		"a tenant by name":                                  {set("aadProfile", object{"managed": true, "tenantID": "contoso"}), "InvalidParameter", "'contoso'"},
		"Entra ID without RBAC":                             {func(_, p object) { p["aadProfile"], p["enableRBAC"] = object{"managed": true}, false }, "BadRequest", "requires Kubernetes RBAC"},
		"images cleaned more often than daily":              {set("securityProfile", object{"imageCleaner": object{"enabled": true, "intervalHours": 23}}), "InvalidParameter", "23 is not between 24 and 2160"},
		"a setting that the secrets provider does not have": {addon("azureKeyvaultSecretsProvider", object{"rotate": "true"}), "InvalidParameter", "no such setting"},
		"a rotation that is not a boolean":                  {addon("azureKeyvaultSecretsProvider", object{"enableSecretRotation": "yes"}), "InvalidParameter", "'yes' is not 'true' or 'false'"},
		"a poll interval without a unit":                    {addon("azureKeyvaultSecretsProvider", object{"rotationPollInterval": "120"}), "InvalidParameter", "such as '2m'"},
		"an invalid range":                                  {access("authorizedIPRanges", []string{"1.2.3.4/40"}), "InvalidParameter", "'1.2.3.4/40'"},
		"ranges of a private cluster":                       {access("enablePrivateCluster", true, "authorizedIPRanges", []string{"1.2.3.4/32"}), "InvalidParameter", "this cluster is private"},
		"ranges behind a basic load balancer": {func(b, p object) {
			access("authorizedIPRanges", []string{"1.2.3.4"})(b, p)
			withNetwork("loadBalancerSku", "basic")(b, p)
		}, "InvalidParameter", "'standard'"},
		"a private cluster behind a basic load balancer": {func(b, p object) {
			access("enablePrivateCluster", true)(b, p)
			withNetwork("loadBalancerSku", "basic")(b, p)
		}, "PrivateClusterNotSupportedWithBasicLoadBalancer", "'standard'"},
		"a private zone of a public cluster":    {access("privateDNSZone", "system"), "InvalidParameter", "for private clusters"},
		"an unknown mode of the private zone":   {access("enablePrivateCluster", true, "privateDNSZone", "mine"), "InvalidPrivateDNSZoneMode", "'mine'"},
		"a private cluster without a host name": {access("enablePrivateCluster", true, "privateDNSZone", "none", "enablePrivateClusterPublicFQDN", false), "NonePrivateDNSZonePublicFQDNDisabledError", "public host name"},
		"a subdomain in a managed private zone": {func(b, p object) {
			access("enablePrivateCluster", true)(b, p)
			delete(p, "dnsPrefix")
			p["fqdnSubdomain"] = "mine"
		}, "InvalidParameter", "custom private DNS zone"},
	}.run(t, w, w.group("rg"))
}

// TestClusterSettingsAreReturned checks that omitted settings get the defaults of AKS, and that
// given ones are returned unchanged.
func TestClusterSettingsAreReturned(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	path := clusterPath(rg, "aks1")
	body := newCluster(func(b, p object) {
		b["sku"] = object{"name": "Base", "tier": "Premium"}
		p["supportPlan"] = "AKSLongTermSupport"
		p["networkProfile"] = object{"networkPlugin": "azure", "networkPluginMode": "overlay", "networkDataplane": "cilium"}
		p["autoUpgradeProfile"] = object{"upgradeChannel": "patch"}
		p["aadProfile"], p["disableLocalAccounts"] = object{"managed": true}, true
		p["securityProfile"] = object{"imageCleaner": object{"enabled": true}}
		p["addonProfiles"] = object{"azurepolicy": object{"enabled": true}, "azureKeyvaultSecretsProvider": object{"enabled": true, "config": object{"enableSecretRotation": "true", "rotationPollInterval": "2m"}}}
		p["apiServerAccessProfile"] = object{"authorizedIPRanges": []string{"1.2.3.4/32"}, "disableRunCommand": true}
	})
	w.poll(must(t, w.arm("PUT", path, vCluster2025, body), 201))
	got := must(t, w.arm("GET", path, vCluster2025, nil), 200)
	for reason, c := range map[string]struct {
		want string
		path []string
	}{
		"cilium is the default policy engine of its data plane": {"cilium", []string{"networkProfile", "networkPolicy"}},
		"node images are upgraded by default":                   {"NodeImage", []string{"autoUpgradeProfile", "nodeOSUpgradeChannel"}},
		"the upgrade channel is kept":                           {"patch", []string{"autoUpgradeProfile", "upgradeChannel"}},
		"the default tenant of users is the subscription's":     {w.azure.Account().TenantID, []string{"aadProfile", "tenantID"}},
		"the secrets provider keeps its settings":               {"2m", []string{"addonProfiles", "azureKeyvaultSecretsProvider", "config", "rotationPollInterval"}},
	} {
		if value := got.path(append([]string{"properties"}, c.path...)...); value != c.want {
			t.Errorf("%s: %v is %q, want %q", reason, c.path, value, c.want)
		}
	}
	if !strings.Contains(got.text, `"intervalHours":168`) {
		t.Errorf("images are cleaned once a week by default: %s", got.text)
	}
	addon := "/resourceGroups/MC_rg_aks1_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/azurekeyvaultsecretsprovider-aks1"
	if id := got.path("properties", "addonProfiles", "azureKeyvaultSecretsProvider", "identity", "resourceId"); id != lowerGroup(w.sub()+addon) {
		t.Errorf("the add-on's identity is %q", id)
	}
	must(t, w.arm("GET", addon, vIdentity, nil), 200)
	t.Run("the body of a GET can be sent back, of an older version too", func(t *testing.T) {
		for _, version := range []string{vCluster2025, vCluster} {
			shown := must(t, w.arm("GET", path, version, nil), 200)
			w.poll(must(t, w.arm("PUT", path, version, shown.body), 200))
			again := must(t, w.arm("GET", path, vCluster2025, nil), 200)
			if before, now := got.path("properties", "addonProfiles", "azurepolicy", "identity", "clientId"), again.path("properties", "addonProfiles", "azurepolicy", "identity", "clientId"); now != before || now == "" {
				t.Errorf("%s: the add-on's identity was %s and is %s", version, before, now)
			}
		}
	})
	t.Run("a disabled add-on loses its identity", func(t *testing.T) {
		body["properties"].(object)["addonProfiles"] = object{"azureKeyvaultSecretsProvider": object{"enabled": false}}
		w.poll(must(t, w.arm("PUT", path, vCluster2025, body), 200))
		must(t, w.arm("GET", addon, vIdentity, nil), 404)
	})
	t.Run("Entra ID cannot be disabled", func(t *testing.T) {
		body["properties"].(object)["aadProfile"], body["properties"].(object)["disableLocalAccounts"] = object{"managed": false}, false
		if got := w.arm("PUT", path, vCluster2025, body); got.status != 400 || !strings.Contains(got.message(), "cannot be disabled") {
			t.Errorf("got %d %s", got.status, got.text)
		}
	})
	t.Run("the cilium data plane cannot be changed", func(t *testing.T) {
		body["properties"].(object)["aadProfile"] = object{"managed": true}
		body["properties"].(object)["networkProfile"] = object{"networkDataplane": "azure"}
		if got := w.arm("PUT", path, vCluster2025, body); got.status != 400 || got.code() != "PropertyChangeNotAllowed" {
			t.Errorf("got %d %s", got.status, got.text)
		}
	})
}

func TestSpotPoolDefaults(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.poll(must(t, w.arm("PUT", path, vCluster2025, newCluster(userPool("scaleSetPriority", "Spot", "nodeTaints", []string{"team=a:NoSchedule"}))), 201))
	pool := must(t, w.arm("GET", path+"/agentPools/user", vCluster2025, nil), 200)
	for _, want := range []string{
		`"nodeTaints":["team=a:NoSchedule","kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]`, `"kubernetes.azure.com/scalesetpriority":"spot"`,
		`"scaleSetEvictionPolicy":"Delete"`, `"spotMaxPrice":-1`,
	} {
		if !strings.Contains(pool.text, want) {
			t.Errorf("the pool lacks %s: %s", want, pool.text)
		}
	}
	if strings.Contains(pool.text, "maxSurge") {
		t.Errorf("a Spot pool has no surge: %s", pool.text)
	}
	for reason, change := range map[string]object{
		"the priority of a Spot pool is immutable":        {"scaleSetPriority": "Regular"},
		"the eviction policy of a Spot pool is immutable": {"scaleSetEvictionPolicy": "Deallocate"},
		"the price of a Spot pool is immutable":           {"spotMaxPrice": 0.5},
		"the encryption of a pool is immutable":           {"enableEncryptionAtHost": true},
	} {
		change["vmSize"] = "Standard_D2s_v5"
		if got := w.arm("PUT", path+"/agentPools/user", vCluster2025, object{"properties": change}); got.status != 400 || got.code() != "PropertyChangeNotAllowed" {
			t.Errorf("%s: %d %s", reason, got.status, got.text)
		}
	}
	w.poll(must(t, w.arm("PUT", path+"/agentPools/user", vCluster2025, object{"properties": object{"vmSize": "Standard_D2s_v5", "nodeTaints": []string{}}}), 200))
	if pool = w.arm("GET", path+"/agentPools/user", vCluster2025, nil); !strings.Contains(pool.text, `"nodeTaints":["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]`) {
		t.Errorf("a request without the taint of AKS must keep it: %s", pool.text)
	}
}

// TestPropertiesHaveAFirstVersion checks that a property is refused under an api-version that is
// older than it.
func TestPropertiesHaveAFirstVersion(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	cases := map[string]struct {
		change        func(body, p object)
		before, since string
		code          string
	}{
		"the node OS channel":          {func(_, p object) { p["autoUpgradeProfile"] = object{"nodeOSUpgradeChannel": "NodeImage"} }, "2023-05-01", "2023-06-01", "InvalidRequestContent"},
		"the drain timeout":            {systemPool("upgradeSettings", object{"drainTimeoutInMinutes": 30}), "2023-05-01", "2023-06-01", "InvalidRequestContent"},
		"the soak time":                {systemPool("upgradeSettings", object{"nodeSoakDurationInMinutes": 5}), "2023-10-01", "2023-11-01", "InvalidRequestContent"},
		"the type of the backend pool": {withNetwork("loadBalancerProfile", object{"backendPoolType": "NodeIP"}), "2023-09-01", "2023-10-01", "InvalidRequestContent"},
		"the outbound type none":       {withNetwork("outboundType", "none"), "2024-10-01", "2025-01-01", "InvalidParameter"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			name := "aks-" + strings.ReplaceAll(reason, " ", "-")
			got := w.arm("PUT", clusterPath(rg, name), c.before, newCluster(c.change))
			if got.status != 400 || got.code() != c.code || !strings.Contains(got.message(), "api-version "+c.before) {
				t.Errorf("%s: %d %s", c.before, got.status, got.text)
			}
			w.poll(must(t, w.arm("PUT", clusterPath(rg, name), c.since, newCluster(c.change)), 201))
		})
	}
}
