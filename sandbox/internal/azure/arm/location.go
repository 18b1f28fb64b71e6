package arm

import (
	"net/http"
	"slices"
	"strings"
)

// regions are the regions of the Azure public cloud, by name
// (https://learn.microsoft.com/azure/reliability/regions-list).
var regions = strings.Fields(`australiacentral australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth
	canadacentral canadaeast centralindia centralus chilecentral eastasia eastus eastus2 francecentral germanywestcentral
	indonesiacentral israelcentral italynorth japaneast japanwest koreacentral koreasouth malaysiawest mexicocentral
	newzealandnorth northcentralus northeurope norwayeast polandcentral qatarcentral southafricanorth southcentralus
	southeastasia southindia spaincentral swedencentral switzerlandnorth uaenorth uksouth ukwest westcentralus westeurope
	westindia westus westus2 westus3`)

// Regions lists the regions by name.
func Regions() []string { return slices.Clone(regions) }

// CanonicalLocation returns the name of a region, also for its display name: "westeurope" for "West
// Europe".
func CanonicalLocation(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}

// CheckLocation checks a required location property and returns its canonical form.
func CheckLocation(location, resourceType string) (string, error) {
	if strings.TrimSpace(location) == "" {
		return "", gatewayErrorf(http.StatusBadRequest, "LocationRequired", "The location property is required for this definition.")
	}
	name := CanonicalLocation(location)
	if slices.Contains(regions, name) {
		return name, nil
	}
	if strings.HasSuffix(resourceType, "resourceGroups") {
		return "", gatewayErrorf(http.StatusBadRequest, "LocationNotAvailableForResourceGroup",
			"The provided location '%s' is not available for resource group. List of available regions is '%s'.", location, strings.Join(regions, ","))
	}
	return "", gatewayErrorf(http.StatusBadRequest, "LocationNotAvailableForResourceType",
		"The provided location '%s' is not available for resource type '%s'. List of available regions for the resource type is '%s'.",
		location, resourceType, strings.Join(regions, ","))
}

// CheckSameLocation refuses a request that would move an existing resource to another region.
func CheckSameLocation(name, group, have, want string) error {
	if have == want {
		return nil
	}
	return gatewayErrorf(http.StatusConflict, "InvalidResourceLocation",
		"The resource '%s' already exists in location '%s' in resource group '%s'. A resource with the same name cannot be created in location '%s'. Please select a new resource name.",
		name, have, group, want)
}
