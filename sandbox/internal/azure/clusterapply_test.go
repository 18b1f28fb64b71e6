package azure_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestClusterChangeIsApplied checks that a GET shows what a PUT changed: a change is applied or
// refused, never ignored.
func TestClusterChangeIsApplied(t *testing.T) {
	keys := func(key string) object {
		return object{"adminUsername": "azureuser", "ssh": object{"publicKeys": []object{{"keyData": key}}}}
	}
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(func(_, p object) {
		p["linuxProfile"], p["windowsProfile"] = keys("ssh-ed25519 old"), object{"adminUsername": "winadmin"}
	})), 201))
	cases := map[string]struct {
		property string
		value    any
		want     string
	}{
		"the nodes get other SSH keys":            {"linuxProfile", keys("ssh-ed25519 new"), `"linuxProfile":{"adminUsername":"azureuser","ssh":{"publicKeys":[{"keyData":"ssh-ed25519 new"}]}}`},
		"Windows nodes get another licence":       {"windowsProfile", object{"licenseType": "Windows_Server"}, `"licenseType":"Windows_Server"`},
		"the case of an add-on's name is ignored": {"addonProfiles", object{"azurePolicy": object{"enabled": true}}, `"addonProfiles":{"azurePolicy":{"enabled":true,"identity":{"clientId":`},
		"the autoscaler's settings are applied":   {"autoScalerProfile", object{"expander": "priority"}, `"autoScalerProfile":{"expander":"priority"}`},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(func(_, p object) { p[c.property] = c.value })), 200))
			got, err := json.Marshal(w.arm("GET", path, vCluster, nil).body["properties"])
			if err != nil || !strings.Contains(string(got), c.want) {
				t.Errorf("%s %v lacks %s", got, err, c.want)
			}
		})
	}
}

func TestPoolVersionFollowsControlPlane(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(func(_, p object) { p["kubernetesVersion"] = "1.33" })), 201))
	pool := func(version string) object {
		return object{"properties": object{"vmSize": "Standard_D2s_v5", "mode": "User", "orchestratorVersion": version}}
	}
	for _, step := range []struct {
		reason, version string
		status          int
	}{
		{"a pool cannot be newer", "1.34", 400},
		{"a pool can be older", "1.32", 201},
		{"a pool can be upgraded to the control plane's version", "1.33", 200},
		{"a pool cannot be upgraded beyond the control plane's version", "1.34", 400},
	} {
		got := w.arm("PUT", path+"/agentPools/user1", vCluster, pool(step.version))
		if got.status != step.status || step.status == 400 && got.code() != "NodePoolMcVersionIncompatible" {
			t.Fatalf("%s: %d %s", step.reason, got.status, got.text)
		}
		if step.status != 400 {
			w.poll(got)
		}
	}
}
