package clusters

import (
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// missing returns the error for a required property that was not given.
func missing(property string) error {
	return arm.Errorf(http.StatusBadRequest, "InvalidParameter", "Required parameter %s is missing (null).", property).At(property)
}

// invalid returns the error for a value that is not allowed.
func invalid(property, format string, args ...any) *arm.Error {
	e := arm.Errorf(http.StatusBadRequest, "InvalidParameter", format, args...)
	e.Message = "The value of parameter " + property + " is invalid. Error details: " + e.Message +
		" Please see https://aka.ms/aks-naming-rules for more details."
	return e.At(property)
}

// workloadIdentityNeedsIssuer returns the error for workload identity without an issuer. The text
// of AKS is not published; the condition is that of `az aks create --enable-workload-identity`.
func workloadIdentityNeedsIssuer() error {
	return arm.BadRequestf("Enabling workload identity requires enabling OIDC issuer (oidcIssuerProfile.enabled).").At("properties.securityProfile.workloadIdentity")
}

// refusal returns a 400 with an error code of AKS. The codes are those of Microsoft's Go package
// apierror, which the components of AKS share. Texts without a source are the sandbox's.
func refusal(code, property, format string, args ...any) error {
	return arm.Errorf(http.StatusBadRequest, code, format, args...).At(property)
}

func changeNotAllowed(property string) error {
	return arm.Errorf(http.StatusBadRequest, "PropertyChangeNotAllowed", "Changing property '%s' is not allowed.", property).At(property)
}
