package azure_test

import (
	"strings"
	"testing"
)

const vNetwork = "2023-02-01"

func networkPath(name string) string {
	return providerPath("rg", "Microsoft.Network/virtualNetworks", name)
}

func subnet(prefix string) object { return object{"properties": object{"addressPrefix": prefix}} }

func network(prefixes []string, subnets ...object) object {
	p := object{"addressSpace": object{"addressPrefixes": prefixes}}
	if subnets != nil {
		p["subnets"] = subnets
	}
	return with(p, nil)
}

func named(name, prefix string) object {
	s := subnet(prefix)
	s["name"] = name
	return s
}

func TestVirtualNetworkIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	ten := []string{"10.0.0.0/16"}
	must(t, w.arm("PUT", networkPath("vnet"), vNetwork, network(ten, named("nodes", "10.0.1.0/24"))), 201)
	w.refuses(t, vNetwork, map[string]refusalCase{
		"name of one character":                      {networkPath("v"), network(ten), 400, "InvalidResourceName", "Resource name v is invalid"},
		"name that ends with a dot":                  {networkPath("vnet."), network(ten), 400, "InvalidResourceName", "end with"},
		"no ranges":                                  {networkPath("new"), network(nil), 400, "InvalidRequestFormat", "addressPrefixes"},
		"a range that is not in CIDR notation":       {networkPath("new"), network([]string{"ten"}), 400, "InvalidAddressPrefixFormat", "CIDR"},
		"a range with too many bits":                 {networkPath("new"), network([]string{"10.0.0.1/16"}), 400, "InvalidCIDRNotation", "should be 10.0.0.0/16"},
		"ranges that overlap":                        {networkPath("new"), network([]string{"10.0.0.0/8", "10.1.0.0/16"}), 400, "NetcfgVirtualNetworkAddressSpaceOverlap", "10.1.0.0/16"},
		"a subnet outside":                           {networkPath("new"), network(ten, named("a", "10.1.0.0/24")), 400, "NetcfgSubnetRangeOutsideVnet", "Subnet 'a' is not valid because its IP address range is outside"},
		"a subnet larger than the network":           {networkPath("new"), network(ten, named("a", "10.0.0.0/15")), 400, "NetcfgSubnetRangeOutsideVnet", "'a'"},
		"subnets that overlap":                       {networkPath("new"), network(ten, named("a", "10.0.0.0/23"), named("b", "10.0.1.0/24")), 400, "NetcfgSubnetRangesOverlap", "Subnet 'b' is not valid because its IP address range overlaps"},
		"a subnet of four addresses":                 {networkPath("new"), network(ten, named("a", "10.0.0.0/30")), 400, "NetcfgInvalidSubnet", "/29"},
		"a duplicate name":                           {networkPath("new"), network(ten, named("a", "10.0.0.0/24"), named("A", "10.0.1.0/24")), 400, "DuplicateResourceName", "'A'"},
		"a subnet without a range":                   {networkPath("new"), network(ten, object{"name": "a", "properties": object{}}), 400, "InvalidRequestFormat", "no address prefix"},
		"a network smaller than its subnet":          {networkPath("vnet"), network([]string{"10.0.0.0/24"}), 400, "NetcfgSubnetRangeOutsideVnet", "'nodes'"},
		"a further subnet that overlaps":             {networkPath("vnet") + "/subnets/more", subnet("10.0.1.128/25"), 400, "NetcfgSubnetRangesOverlap", "Subnet 'more'"},
		"a subnet in a network that does not exist":  {networkPath("none") + "/subnets/more", subnet("10.0.1.0/24"), 404, "ParentResourceNotFound", "virtualNetworks/none"},
		"a security group, which is not implemented": {networkPath("vnet") + "/subnets/more", object{"properties": object{"addressPrefix": "10.0.2.0/24", "networkSecurityGroup": object{"id": "/x"}}}, 400, "InvalidRequestContent", "properties.networkSecurityGroup"},
		"a delegation without a service":             {networkPath("vnet") + "/subnets/more", object{"properties": object{"addressPrefix": "10.0.2.0/24", "delegations": []object{{"name": "d"}}}}, 400, "InvalidRequestFormat", "delegation"},
	})
}

func TestVirtualNetworkLife(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	path := networkPath("vnet")
	ten := []string{"10.0.0.0/16", "fd00::/48"}
	must(t, w.arm("PUT", path, vNetwork, network(ten, named("nodes", "10.0.0.0/24"))), 201)
	more := must(t, w.arm("PUT", path+"/subnets/pods", vNetwork, object{"properties": object{"addressPrefixes": []string{"10.0.2.0/23", "fd00:0:0:1::/64"}}}), 201)
	if more.path("id") != w.sub()+path+"/subnets/pods" || more.path("properties", "privateEndpointNetworkPolicies") != "Disabled" {
		t.Errorf("a subnet: %s", more.text)
	}
	count := func() int {
		t.Helper()
		return len(must(t, w.arm("GET", path, vNetwork, nil), 200).body["properties"].(map[string]any)["subnets"].([]any))
	}
	must(t, w.arm("PUT", path, vNetwork, network(ten)), 200)
	if n := count(); n != 2 {
		t.Errorf("a PUT without subnets leaves %d, want both", n)
	}
	w.restart()
	must(t, w.arm("PUT", path, vNetwork, network(ten, named("nodes", "10.0.0.0/24"))), 200)
	if n := count(); n != 1 {
		t.Errorf("a PUT with one subnet leaves %d", n)
	}
	must(t, w.arm("PUT", path+"/subnets/nodes", vNetwork, subnet("10.0.4.0/24")), 200)
	must(t, w.arm("DELETE", path+"/subnets/nodes", vNetwork, nil), 200)
	must(t, w.arm("DELETE", path, vNetwork, nil), 200)
	must(t, w.arm("GET", path, vNetwork, nil), 404)
}

// TestSubnetInUseIsNotDeleted checks that a subnet cannot be deleted while a cluster uses it.
func TestSubnetInUseIsNotDeleted(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	path := networkPath("vnet")
	ten := []string{"10.0.0.0/16"}
	must(t, w.arm("PUT", path, vNetwork, network(ten, named("nodes", "10.0.0.0/24"), named("spare", "10.0.1.0/24"))), 201)
	cluster := clusterPath("/resourceGroups/rg", "c1")
	must(t, w.poll(must(t, w.arm("PUT", cluster, vCluster, newCluster(func(_, p object) {
		p["agentPoolProfiles"].([]object)[0]["vnetSubnetID"] = w.sub() + path + "/subnets/nodes"
	})), 201)), 200)
	for reason, got := range map[string]reply{
		"the subnet":             w.arm("DELETE", path+"/subnets/nodes", vNetwork, nil),
		"the network":            w.arm("DELETE", path, vNetwork, nil),
		"the subnet, by its PUT": w.arm("PUT", path, vNetwork, network(ten, named("spare", "10.0.1.0/24"))),
	} {
		if got.status != 400 || got.code() != "InUseSubnetCannotBeDeleted" || !strings.Contains(got.message(), "Subnet nodes is in use by "+lowerGroup(w.sub()+cluster)) {
			t.Errorf("deleting %s: %d %s", reason, got.status, got.text)
		}
	}
	must(t, w.arm("DELETE", path+"/subnets/spare", vNetwork, nil), 200)
	w.poll(must(t, w.arm("DELETE", cluster, vCluster, nil), 202))
	must(t, w.arm("DELETE", path, vNetwork, nil), 200)
}
