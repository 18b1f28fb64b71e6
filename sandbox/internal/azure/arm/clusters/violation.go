package clusters

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// unknownRefusedSince is the first api-version in which AKS refuses unknown properties
// (Azure/AKS#4060). Older ones ignore them; the sandbox refuses them there too, because a property
// that has no effect is a mistake.
const unknownRefusedSince = "2024-01-01"

// violation returns AKS's error for a body that the specification does not allow. Code and text for
// unknown properties are those of Azure/azure-rest-api-specs#40740, for wrong types those of
// Azure/azure-cli#13050.
func violation(r *arm.Request, v specs.Violation) *arm.Error {
	switch {
	case v.Rule == specs.Unknown && r.Version() >= unknownRefusedSince:
		name := v.Path[strings.LastIndex(v.Path, ".")+1:]
		return arm.Errorf(http.StatusBadRequest, "UnmarshalError",
			"UnmarshalEntity encountered error: json: unknown field \"%s\" Check that the field is in the right location, is spelled correctly, and is supported in the API version. Visit aka.ms/aks/apiversions for more API version information..", name).At(v.Path)
	case v.Rule == specs.Unknown:
		return arm.Violation(r, v)
	case v.Rule == specs.WrongType:
		return arm.Errorf(http.StatusBadRequest, "UnmarshalError",
			"UnmarshalEntity encountered error: json: cannot unmarshal value into field %s: %s.", v.Path, v.Detail).At(v.Path)
	}
	return invalid(parameter(r.Type.Name, v.Path), "%s.", v.Detail)
}

var poolIndex = regexp.MustCompile(`^agentPoolProfiles\[\d+\]`)

// parameter returns the name that AKS's errors give to a property.
func parameter(typ, path string) string {
	name := strings.TrimPrefix(path, "properties.")
	if typ == TypePool {
		return "agentPoolProfile." + name
	}
	return poolIndex.ReplaceAllString(name, "agentPoolProfile")
}
