package arm

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

var versionFormat = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(-preview|-privatepreview|-alpha|-beta|-rc)?$`)

func missingVersion() *Error {
	return Errorf(http.StatusBadRequest, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
}

// checkVersion checks the api-version of a request that ARM itself serves.
func checkVersion(version string, known []string) error {
	if version == "" {
		return missingVersion()
	}
	if !slices.Contains(known, version) {
		return Errorf(http.StatusBadRequest, "InvalidApiVersionParameter", "The api-version '%s' is invalid. The supported versions are '%s'.", version, strings.Join(known, ","))
	}
	return nil
}

// checkTypeVersion checks the api-version of a request that a resource provider serves.
func checkTypeVersion(version string, t *Type) error {
	namespace, types, _ := strings.Cut(t.Name, "/")
	if namespace == "Microsoft.Resources" || !versionFormat.MatchString(version) {
		return checkVersion(version, t.Versions)
	}
	if slices.Contains(t.Versions, version) {
		return nil
	}
	return Errorf(http.StatusBadRequest, "NoRegisteredProviderFound",
		"No registered resource provider found for location '' and API version '%s' for type '%s'. The supported api-versions are '%s'. The supported locations are '%s'.",
		version, types, strings.Join(t.Versions, ", "), strings.Join(regions, ", "))
}

// findType returns the type of a resource. It refuses types of Azure that the sandbox does not
// implement, because it could only return requests unchecked.
func (c *Core) findType(id resource.ID, version string) (*Type, error) {
	if t, ok := c.typeOf(id.Type()); ok {
		return t, nil
	}
	var siblings []string
	for name := range c.types {
		if strings.HasPrefix(name, strings.ToLower(id.Namespace)+"/") {
			siblings = append(siblings, c.types[name].Name)
		}
	}
	if len(siblings) == 0 {
		return nil, Errorf(http.StatusNotFound, "InvalidResourceNamespace", "The resource namespace '%s' is invalid. The sandbox does not implement this resource provider.", id.Namespace)
	}
	slices.Sort(siblings)
	return nil, Errorf(http.StatusNotFound, "InvalidResourceType",
		"The resource type '%s' could not be found in the namespace '%s' for api version '%s'. The types that the sandbox implements are '%s'.",
		strings.Join(id.Types, "/"), id.Namespace, version, strings.Join(siblings, ", "))
}
