package azure_test

import (
	"maps"
	"strings"
	"testing"
)

const (
	vRegistry  = "2022-12-01"
	vWorkspace = "2022-10-01"
)

func providerPath(group, typ, name string) string {
	return "/resourceGroups/" + group + "/providers/" + typ + "/" + name
}

// with returns a body with a location and the properties, altered by change.
func with(properties object, change func(body, properties object)) object {
	copied := maps.Clone(properties)
	if copied == nil {
		copied = object{}
	}
	body := object{"location": "westeurope", "properties": copied}
	if change != nil {
		change(body, copied)
	}
	return body
}

type refusalCase struct {
	path       string
	body       object
	status     int
	code, text string
}

// refuses fails the test unless each PUT is refused.
func (w *world) refuses(t *testing.T, version string, cases map[string]refusalCase) {
	t.Helper()
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", c.path, version, c.body)
			if got.status != c.status || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, c.status, c.code, c.text)
			}
		})
	}
}

func TestRegistry(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	w.group("rg2")
	typ := "Microsoft.ContainerRegistry/registries"
	path := func(name string) string { return providerPath("rg", typ, name) }
	basic := func(change func(body, p object)) object {
		return with(object{}, func(b, p object) {
			b["sku"] = object{"name": "Basic"}
			if change != nil {
				change(b, p)
			}
		})
	}
	made := must(t, w.arm("PUT", path("Images01"), vRegistry, basic(nil)), 201)
	p := made.body["properties"].(map[string]any)
	if p["loginServer"] != "images01.azurecr.io" || p["adminUserEnabled"] != false || p["publicNetworkAccess"] != "Enabled" || made.path("sku", "tier") != "Basic" ||
		made.path("properties", "policies", "exportPolicy", "status") != "enabled" || made.path("properties", "encryption", "status") != "disabled" {
		t.Errorf("defaults: %s", made.text)
	}
	w.refuses(t, vRegistry, map[string]refusalCase{
		"name of four characters":             {path("abcd"), basic(nil), 400, "InvalidRegistryName", "between 5 and 50"},
		"name of 51 characters":               {path(strings.Repeat("a", 51)), basic(nil), 400, "InvalidRegistryName", "between 5 and 50"},
		"name with a hyphen":                  {path("my-images"), basic(nil), 400, "InvalidRegistryName", "alpha numeric"},
		"name of a registry in another group": {providerPath("rg2", typ, "images01"), basic(nil), 409, "AlreadyInUse", "The registry DNS name images01.azurecr.io is already in use."},
		"no sku":                              {path("images02"), basic(func(b, _ object) { delete(b, "sku") }), 400, "BadRequest", "sku.name"},
		"unknown sku":                         {path("images02"), basic(func(b, _ object) { b["sku"] = object{"name": "Gold"} }), 400, "BadRequest", "'Gold'"},
		"zones without Premium":               {path("images02"), basic(func(_, p object) { p["zoneRedundancy"] = "Enabled" }), 400, "SkuNotSupported", "zoneRedundancy"},
		"a private registry without Premium":  {path("images02"), basic(func(_, p object) { p["publicNetworkAccess"] = "Disabled" }), 400, "SkuNotSupported", "publicNetworkAccess"},
		"retention without Premium":           {path("images02"), basic(func(_, p object) { p["policies"] = object{"retentionPolicy": object{"status": "enabled"}} }), 400, "SkuNotSupported", "retentionPolicy"},
		"retention of 366 days":               {path("images02"), basic(func(_, p object) { p["policies"] = object{"retentionPolicy": object{"days": 366}} }), 400, "BadRequest", "365"},
		"a policy with an unknown status":     {path("images02"), basic(func(_, p object) { p["policies"] = object{"trustPolicy": object{"status": "maybe"}} }), 400, "BadRequest", "maybe"},
		"zones after creation":                {path("images01"), basic(func(b, p object) { b["sku"], p["zoneRedundancy"] = object{"name": "Premium"}, "Enabled" }), 400, "BadRequest", "cannot be changed"},
		"unknown property":                    {path("images02"), basic(func(_, p object) { p["anonymousPull"] = true }), 400, "InvalidRequestContent", "properties.anonymousPull"},
	})
	grown := must(t, w.arm("PUT", path("images01"), vRegistry, basic(func(b, p object) {
		b["sku"], p["networkRuleSet"] = object{"name": "premium"}, object{"defaultAction": "Deny", "ipRules": []object{{"action": "Allow", "value": "10.0.0.0/8"}}}
	})), 200)
	if grown.path("sku", "name") != "Premium" || grown.path("properties", "networkRuleSet", "defaultAction") != "Deny" || grown.path("name") != "Images01" {
		t.Errorf("upgraded to Premium: %s", grown.text)
	}
	w.restart()
	must(t, w.arm("GET", path("IMAGES01"), vRegistry, nil), 200)
	must(t, w.arm("PATCH", path("images01"), vRegistry, object{"tags": object{"a": "b"}}), 200)
	must(t, w.arm("DELETE", path("images01"), vRegistry, nil), 200)
	must(t, w.arm("GET", path("images01"), vRegistry, nil), 404)
}

func TestWorkspace(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	path := func(name string) string { return providerPath("rg", "Microsoft.OperationalInsights/workspaces", name) }
	made := must(t, w.arm("PUT", path("logs"), vWorkspace, with(nil, nil)), 201)
	p := made.body["properties"].(map[string]any)
	if p["retentionInDays"] != 30.0 || made.path("properties", "sku", "name") != "PerGB2018" || made.path("properties", "customerId") == "" ||
		p["workspaceCapping"].(map[string]any)["dailyQuotaGb"] != -1.0 || made.path("properties", "publicNetworkAccessForQuery") != "Enabled" {
		t.Errorf("defaults: %s", made.text)
	}
	w.refuses(t, vWorkspace, map[string]refusalCase{
		"name of three characters":                       {path("abc"), with(nil, nil), 400, "InvalidParameter", "4 to 63"},
		"name that ends with a hyphen":                   {path("logs-"), with(nil, nil), 400, "InvalidParameter", "end with"},
		"retention of 29 days":                           {path("logs"), with(object{"retentionInDays": 29}, nil), 400, "BadRequest", "30 to 730"},
		"retention of 731 days":                          {path("logs"), with(object{"retentionInDays": 731}, nil), 400, "BadRequest", "30 to 730"},
		"a legacy tier":                                  {path("logs"), with(object{"sku": object{"name": "Standalone"}}, nil), 400, "BadRequest", "Pricing tier doesn't match the subscription's billing model"},
		"a reservation without a level":                  {path("logs"), with(object{"sku": object{"name": "CapacityReservation"}}, nil), 400, "BadRequest", "capacity reservation level"},
		"a reservation with a level that does not exist": {path("logs"), with(object{"sku": object{"name": "CapacityReservation", "capacityReservationLevel": 150}}, nil), 400, "BadRequest", "level"},
		"a quota below the smallest":                     {path("logs"), with(object{"workspaceCapping": object{"dailyQuotaGb": 0.001}}, nil), 400, "BadRequest", "0.023"},
		"an access that does not exist":                  {path("logs"), with(object{"publicNetworkAccessForQuery": "Private"}, nil), 400, "BadRequest", "Private"},
		"unknown property":                               {path("logs"), with(object{"retention": 30}, nil), 400, "InvalidRequestContent", "properties.retention"},
		"another location":                               {path("logs"), with(nil, func(b, _ object) { b["location"] = "eastus" }), 409, "InvalidResourceLocation", "westeurope"},
	})
	changed := must(t, w.arm("PUT", path("logs"), vWorkspace, with(object{
		"retentionInDays": 90, "sku": object{"name": "capacityreservation", "capacityReservationLevel": 100}, "features": object{"disableLocalAuth": true},
	}, nil)), 200)
	features := changed.body["properties"].(map[string]any)["features"].(map[string]any)
	if changed.path("properties", "customerId") != made.path("properties", "customerId") || features["disableLocalAuth"] != true || features["enableLogAccessUsingOnlyResourcePermissions"] != true {
		t.Errorf("changed: %s", changed.text)
	}
	w.restart()
	if got := must(t, w.arm("GET", path("logs"), vWorkspace, nil), 200); got.text != changed.text {
		t.Errorf("after a restart: %s, before %s", got.text, changed.text)
	}
	must(t, w.arm("DELETE", path("logs")+"?force=true", vWorkspace, nil), 200)
	must(t, w.arm("GET", path("logs"), vWorkspace, nil), 404)
}
