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

// checkVersion is for what ARM serves itself.
func checkVersion(version string, known []string) error {
	if version == "" {
		return missingVersion()
	}
	if !slices.Contains(known, version) {
		return Errorf(http.StatusBadRequest, "InvalidApiVersionParameter", "The api-version '%s' is invalid. The supported versions are '%s'.", version, strings.Join(known, ","))
	}
	return nil
}

// checkTypeVersion is for what resource providers serve.
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

// findType knows what the sandbox stands in for. Azure knows more types; to pretend to know them would be to echo what
// nothing checks.
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
		return nil, Errorf(http.StatusNotFound, "InvalidResourceNamespace", "The resource namespace '%s' is invalid. The sandbox does not stand in for this provider.", id.Namespace)
	}
	slices.Sort(siblings)
	return nil, Errorf(http.StatusNotFound, "InvalidResourceType",
		"The resource type '%s' could not be found in the namespace '%s' for api version '%s'. The types that the sandbox stands in for are '%s'.",
		strings.Join(id.Types, "/"), id.Namespace, version, strings.Join(siblings, ", "))
}
