package azure_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
)

// set replaces the settings of the world by JSON.
func (w *world) set(settings string) {
	w.t.Helper()
	s, err := region.Parse([]byte(settings))
	if err == nil {
		err = w.azure.SetSettings(s)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// items returns the value of a list.
func (r reply) items() []any {
	list, _ := r.body["value"].([]any)
	return list
}

// oneOf returns the item of a list whose property has a value.
func (r reply) oneOf(t *testing.T, property, value string) object {
	t.Helper()
	for _, item := range r.items() {
		if m, ok := item.(object); ok && m[property] == value {
			return m
		}
	}
	t.Fatalf("no item with %s=%s in %s", property, value, r.text)
	return nil
}

func TestClusterThatTheRegionDoesNotOffer(t *testing.T) {
	for reason, tc := range map[string]struct {
		settings   string
		change     func(body, p object)
		code, text string
	}{
		"a version with long-term support only": {
			`{"kubernetesVersions": {"1.34": ["AKSLongTermSupport"]}}`, func(_, p object) { p["kubernetesVersion"] = "1.34" },
			"K8sVersionNotSupported", "Managed cluster aks1 is on version 1.34, which is only available for Long-Term Support (LTS). If you intend",
		},
		"a withdrawn version": {
			`{"kubernetesVersions": {"1.33": []}}`, func(_, p object) { p["kubernetesVersion"] = "1.33.4" },
			"K8sVersionNotSupported", "is on version 1.33.4 which is not supported in this region. Please use [az aks get-versions]",
		},
		"a version without the plan of the cluster": {
			`{"kubernetesVersions": {"1.34": ["KubernetesOfficial"]}}`, func(b, p object) {
				p["kubernetesVersion"], p["supportPlan"], b["sku"] = "1.34", "AKSLongTermSupport", object{"name": "Base", "tier": "Premium"}
			},
			"K8sVersionNotSupported", "is not supported in this region",
		},
		"a pool's version": {
			`{"kubernetesVersions": {"1.33": []}}`, func(_, p object) { first(p)["orchestratorVersion"] = "1.33" },
			"AgentPoolK8sVersionNotSupported", "Version 1.33 is not supported in this region.",
		},
		"a size that Azure does not have": {
			`{}`, func(_, p object) { first(p)["vmSize"] = "Standard_D3s_v5" },
			"VMSizeNotSupported", "Virtual Machine size: 'Standard_D3s_v5' is not supported for subscription",
		},
		"a size that the subscription cannot have": {
			`{"vmSizes": {"standard_d2s_v5": {"restricted": true}}}`, nil,
			"VMSizeNotSupported", "The available VM sizes are 'standard_b16as_v2,",
		},
		"a zone that the size does not have": {
			`{"vmSizes": {"Standard_D2s_v5": {"zones": ["1", "3"]}}}`, func(_, p object) {
				p["networkProfile"] = object{"networkPlugin": "azure", "networkPluginMode": "overlay"}
				first(p)["availabilityZones"] = []string{"1", "2"}
			},
			"AvailabilityZoneNotSupported", "The zone(s) '2' for resource 'system' is not supported. The supported zones for location 'westeurope' are '1,3'",
		},
		"more vCPUs than the region's quota": {
			`{"quotas": {"cores": 3}}`, func(_, p object) { first(p)["count"] = 2 },
			"ErrCode_InsufficientVCPUQuota", "Insufficient regional vcpu quota left for location westeurope. left regional vcpu quota 3, requested quota 4.",
		},
		"more vCPUs than the family's quota": {
			`{"quotas": {"standardDSv5Family": 0}}`, func(_, p object) { first(p)["count"] = 1 },
			"ErrCode_InsufficientVCPUQuota", "Insufficient vcpu quota requested 2, remaining 0 for family standardDSv5Family for region westeurope.",
		},
	} {
		t.Run(reason, func(t *testing.T) {
			w := newWorld(t, quiet)
			rg := w.group("rg")
			w.set(tc.settings)
			change := tc.change
			if change == nil {
				change = func(object, object) {}
			}
			got := w.arm("PUT", clusterPath(rg, "aks1"), vCluster2025, newCluster(change))
			if got.status != 400 || got.code() != tc.code || !strings.Contains(got.message(), tc.text) {
				t.Errorf("got %d %s, want 400 %s with %q", got.status, got.text, tc.code, tc.text)
			}
			must(t, w.arm("GET", "/resourceGroups/MC_rg_aks1_westeurope", vGroup, nil), 404)
		})
	}
}

func TestClusterWithLongTermSupport(t *testing.T) {
	w := newWorld(t, quiet)
	got := must(t, w.arm("PUT", clusterPath(w.group("rg"), "aks1"), vCluster2025, newCluster(func(b, p object) {
		p["kubernetesVersion"], p["supportPlan"], b["sku"] = "1.31", "AKSLongTermSupport", object{"name": "Base", "tier": "Premium"}
	})), 201)
	if v := got.path("properties", "kubernetesVersion"); v != "1.31" {
		t.Errorf("version %q", v)
	}
}

func TestDefaultVersionIsOneWithCommunitySupport(t *testing.T) {
	w := newWorld(t, quiet)
	w.set(`{"kubernetesVersions": {"1.34": ["AKSLongTermSupport"]}}`)
	got := must(t, w.arm("PUT", clusterPath(w.group("rg"), "aks1"), vCluster2025, newCluster(func(object, object) {})), 201)
	if v := got.path("properties", "kubernetesVersion"); v != "1.33" {
		t.Errorf("a cluster without a version has %q, want AKS's default", v)
	}
}

func TestChosenSizeHasQuota(t *testing.T) {
	for settings, want := range map[string]string{
		`{}`: "Standard_D4ds_v5",
		`{"vmSizes": {"Standard_D4ds_v5": {"restricted": true}}}`:         "Standard_D4s_v5",
		`{"quotas": {"standardDDSv5Family": 0, "standardDSv5Family": 4}}`: "Standard_D4as_v5",
		`{"quotas": {"cores": 4}}`:                                        "Standard_D2ds_v5",
	} {
		w := newWorld(t, quiet)
		w.set(settings)
		got := must(t, w.arm("PUT", clusterPath(w.group("rg"), "aks1"), vCluster2025, newCluster(func(_, p object) {
			delete(first(p), "vmSize")
			first(p)["count"] = 2
		})), 201)
		pools := got.body["properties"].(object)["agentPoolProfiles"].([]any)
		if size := pools[0].(object)["vmSize"]; size != want {
			t.Errorf("%s: AKS chooses %v, want %s", settings, size, want)
		}
	}
}

func TestSurgeNodesCount(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	body := func(version string) object {
		return newCluster(func(_, p object) {
			p["kubernetesVersion"] = version
			first(p)["orchestratorVersion"], first(p)["count"] = version, 2
		})
	}
	w.poll(must(t, w.arm("PUT", path, vCluster2025, body("1.33")), 201))
	w.set(`{"quotas": {"cores": 5}}`)
	got := w.arm("PUT", path, vCluster2025, body("1.34"))
	if want := "left regional vcpu quota 1, requested quota 2."; got.status != 400 || !strings.Contains(got.message(), want) {
		t.Errorf("got %d %s, want a 400 with %q", got.status, got.text, want)
	}
	w.set(`{"quotas": {"cores": 6}}`)
	w.poll(must(t, w.arm("PUT", path, vCluster2025, body("1.34")), 200))
}

func TestWritesThatTheSubscriptionRefuses(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	identity := rg + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
	body := object{"location": "westeurope", "tags": object{"team": "a"}}
	for reason, tc := range map[string]struct {
		settings   string
		status     int
		code, text string
	}{
		"disabled":       {`{"subscriptionState": "Disabled"}`, 409, "ReadOnlyDisabledSubscription", "is disabled and therefore marked as read only"},
		"not registered": {`{"providers": {"Microsoft.ManagedIdentity": "NotRegistered"}}`, 409, "MissingSubscriptionRegistration", "namespace 'Microsoft.ManagedIdentity'"},
		"location":       {`{"policies": [{"assignment": "locations", "field": "location", "allowed": ["northeurope"]}]}`, 403, "RequestDisallowedByPolicy", `policyAssignments/locations"`},
		"tag":            {`{"policies": [{"assignment": "tags", "displayName": "Require a tag", "field": "tags[costCenter]"}]}`, 403, "RequestDisallowedByPolicy", "Resource 'orders' was disallowed by policy. Policy identifiers: '[{\"policyAssignment\":{"},
		"type":           {`{"policies": [{"assignment": "types", "types": ["microsoft.managedidentity/userassignedidentities"]}]}`, 403, "RequestDisallowedByPolicy", "types"},
		"no right":       {`{"deployerRoles": ["Reader"]}`, 403, "AuthorizationFailed", "Microsoft.ManagedIdentity/userAssignedIdentities/write"},
	} {
		t.Run(reason, func(t *testing.T) {
			w.set(tc.settings)
			got := w.arm("PUT", identity, vIdentity, body)
			if got.status != tc.status || got.code() != tc.code || !strings.Contains(got.message(), tc.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, tc.status, tc.code, tc.text)
			}
		})
	}
	w.set(`{}`)
	must(t, w.arm("PUT", identity, vIdentity, body), 201)
	w.set(`{"subscriptionState": "Disabled"}`)
	must(t, w.arm("GET", identity, vIdentity, nil), 200)
	must(t, w.arm("DELETE", identity, vIdentity, nil), 200)
}

func TestReadsAgreeWithTheSettings(t *testing.T) {
	w := newWorld(t, quiet)
	w.poll(must(t, w.arm("PUT", clusterPath(w.group("rg"), "aks1"), vCluster, newCluster(func(_, p object) { first(p)["count"] = 3 })), 201))
	w.set(`{
		"subscriptionState": "Warned", "kubernetesVersions": {"1.34": ["AKSLongTermSupport"], "1.32": []},
		"vmSizes": {"Standard_D2s_v5": {"restricted": true}, "Standard_D4s_v5": {"zones": []}}, "quotas": {"standardDSv5Family": 8},
		"providers": {"Microsoft.KeyVault": "NotRegistered"}, "takenNames": ["letters"], "deployerRoles": ["Contributor"],
		"policies": [{"assignment": "locations", "field": "location", "allowed": ["northeurope"]}]
	}`)
	if got := must(t, w.arm("GET", "", vGroup, nil), 200).path("state"); got != "Warned" {
		t.Errorf("state of the subscription %q", got)
	}
	versions := must(t, w.arm("GET", "/providers/Microsoft.ContainerService/locations/westeurope/kubernetesVersions", vCluster2025, nil), 200)
	var offered []string
	for _, item := range versions.body["values"].([]any) {
		m := item.(object)
		line := m["version"].(string)
		if m["isDefault"] == true {
			line += " default"
		}
		offered = append(offered, line)
	}
	if diff := cmp.Diff([]string{"1.30", "1.31", "1.33 default", "1.34"}, offered); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	if all := must(t, w.arm("GET", "/providers/Microsoft.Compute/skus?includeExtendedLocations=false", "2021-07-01", nil), 200); len(all.body["value"].([]any)) < 100 {
		t.Errorf("the SKUs of all regions are %d", len(all.body["value"].([]any)))
	}
	must(t, w.arm("GET", "/providers/Microsoft.Compute/skus?$filter=name%20eq%20'x'", "2021-07-01", nil), 400)
	skus := must(t, w.arm("GET", "/providers/Microsoft.Compute/skus?$filter=location%20eq%20'westeurope'", "2021-07-01", nil), 200)
	if got := skus.oneOf(t, "name", "Standard_D2s_v5")["restrictions"].([]any); len(got) != 1 || got[0].(object)["reasonCode"] != "NotAvailableForSubscription" {
		t.Errorf("restrictions: %v", got)
	}
	if got := skus.oneOf(t, "name", "Standard_D4s_v5")["locationInfo"].([]any)[0].(object)["zones"]; len(got.([]any)) != 0 {
		t.Errorf("zones: %v", got)
	}
	usages := must(t, w.arm("GET", "/providers/Microsoft.Compute/locations/westeurope/usages", "2023-07-01", nil), 200)
	i := slices.IndexFunc(usages.items(), func(item any) bool { return item.(object)["name"].(object)["value"] == "standardDSv5Family" })
	if got := usages.items()[i].(object); got["limit"] != 8.0 || got["currentValue"] != 6.0 {
		t.Errorf("usage of the family: %v", got)
	}
	if got := must(t, w.arm("GET", "/providers/Microsoft.KeyVault", vGroup, nil), 200).path("registrationState"); got != "NotRegistered" {
		t.Errorf("registration %q", got)
	}
	permissions := must(t, w.arm("GET", "/providers/Microsoft.Authorization/permissions", vAssignment, nil), 200)
	if got := permissions.items(); len(got) != 1 || !strings.Contains(permissions.text, "Microsoft.Authorization/*/Write") {
		t.Errorf("permissions of a Contributor: %s", permissions.text)
	}
	name := w.arm("POST", "/providers/Microsoft.KeyVault/checkNameAvailability", vVault, object{"name": "letters", "type": "Microsoft.KeyVault/vaults"})
	if got := must(t, name, 200).path("reason"); got != "AlreadyExists" {
		t.Errorf("reason %q", got)
	}
	check := func(resourceType, location string) int {
		got := must(t, w.arm("POST", "/providers/Microsoft.PolicyInsights/checkPolicyRestrictions", "2022-03-01", object{
			"resourceDetails": object{"resourceContent": object{"type": resourceType, "location": location}},
		}), 200)
		return len(got.body["contentEvaluationResult"].(object)["policyEvaluations"].([]any))
	}
	if denied, allowed, other := check("Microsoft.KeyVault/vaults", "westeurope"), check("Microsoft.KeyVault/vaults", "northeurope"),
		check("Microsoft.Authorization/roleAssignments", "westeurope"); denied != 1 || allowed != 0 || other != 0 {
		t.Errorf("evaluations: %d, %d and %d, want 1, 0 and 0", denied, allowed, other)
	}
}

func TestRegisterProvider(t *testing.T) {
	w := newWorld(t, quiet)
	w.set(`{"providers": {"microsoft.keyvault": "NotRegistered"}, "deployerRoles": ["Reader"]}`)
	path := "/providers/Microsoft.KeyVault"
	if got := w.arm("POST", path+"/register", vGroup, nil); got.status != http.StatusForbidden || !strings.Contains(got.message(), "Microsoft.KeyVault/register/action") {
		t.Errorf("a reader registers: %d %s", got.status, got.text)
	}
	w.set(`{"providers": {"microsoft.keyvault": "NotRegistered"}, "deployerRoles": ["Contributor"]}`)
	must(t, w.arm("POST", path+"/register", vGroup, nil), 200)
	if got := must(t, w.arm("GET", path, vGroup, nil), 200).path("registrationState"); got != "Registered" {
		t.Errorf("registration %q", got)
	}
	must(t, w.arm("POST", "/providers/Microsoft.Nothing/register", vGroup, nil), 404)
}

func TestSettingsSurviveARestart(t *testing.T) {
	w := newWorld(t, quiet)
	w.set(`{"subscriptionState": "Disabled", "deployerRoles": []}`)
	w.restart()
	got, err := w.azure.Settings()
	if err != nil || got.State() != "Disabled" {
		t.Errorf("settings %+v, %v", got, err)
	}
	must(t, w.arm("GET", "/resourceGroups", vGroup, nil), 403)
}

func TestSettingsAreStrict(t *testing.T) {
	for settings, says := range map[string]string{
		`{"quota": {}}`:                                         `unknown field "quota"`,
		`{"subscriptionState": "Off"}`:                          `"Off" is none of Enabled`,
		`{"kubernetesVersions": {"1.99": []}}`:                  `no version "1.99"`,
		`{"kubernetesVersions": {"1.34": ["LTS"]}}`:             `"LTS" is neither`,
		`{"vmSizes": {"Standard_D2": {}}}`:                      `no size "Standard_D2"`,
		`{"vmSizes": {"Standard_D2s_v5": {"zones": ["4"]}}}`:    `"4" is none of 1, 2, 3`,
		`{"quotas": {"standardXFamily": 1}}`:                    `"standardXFamily"`,
		`{"quotas": {"cores": -1}}`:                             `limit -1`,
		`{"providers": {"Microsoft.Nothing": "Registered"}}`:    `no resource provider "Microsoft.Nothing"`,
		`{"providers": {"Microsoft.KeyVault": "off"}}`:          `"off" is none of Registered`,
		`{"policies": [{"field": "location"}]}`:                 `policies[0]: assignment is required`,
		`{"policies": [{"assignment": "a", "field": "sku"}]}`:   `"sku" is none of location`,
		`{"policies": [{"assignment": "a", "allowed": ["x"]}]}`: `types are required`,
	} {
		if _, err := region.Parse([]byte(settings)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: want %q, got %v", settings, says, err)
		}
	}
	w := newWorld(t, quiet)
	s, err := region.Parse([]byte(`{"deployerRoles": ["Boss"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.azure.SetSettings(s); err == nil || !strings.Contains(err.Error(), `no role "Boss"`) {
		t.Errorf("an unknown role: %v", err)
	}
}
