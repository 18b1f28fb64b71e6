package workload

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// The permissions of access policies. The lists are those of API version
// 2023-02-01, which this product's SDK describes (keyvault.SecretPermissions,
// KeyPermissions, CertificatePermissions; a test compares).
// Source: Microsoft.KeyVault/vaults, AccessPolicyEntry, Permissions.
var (
	secretPermissions      = words("get list set delete backup restore recover purge all")
	keyPermissions         = words("get list create update import delete backup restore recover purge encrypt decrypt wrapKey unwrapKey sign verify release rotate getrotationpolicy setrotationpolicy all")
	certificatePermissions = words("get list create update import delete backup restore recover purge managecontacts getissuers listissuers setissuers deleteissuers manageissuers all")
)

func words(s string) []string { return strings.Fields(s) }

// SecretPermissions lists what an access policy may allow on secrets.
func SecretPermissions() []string { return slices.Clone(secretPermissions) }

// KeyPermissions lists what an access policy may allow on keys.
func KeyPermissions() []string { return slices.Clone(keyPermissions) }

// CertificatePermissions lists what an access policy may allow on certificates.
func CertificatePermissions() []string { return slices.Clone(certificatePermissions) }

// validatePermission checks one permission of a list, whose noun is what it is
// about.
func validatePermission(noun, permission string, allowed []string) error {
	if slices.Contains(allowed, permission) {
		return nil
	}
	for _, a := range allowed {
		if strings.EqualFold(a, permission) {
			return problem.New(fmt.Sprintf("%q is not how Azure writes it", permission), fmt.Sprintf("write %q", a))
		}
	}
	return problem.New(fmt.Sprintf("%q is not a permission on %ss", permission, noun), fmt.Sprintf("did you mean %q? There are %s", suggest.Closest(permission, allowed, 1)[0], strings.Join(allowed, ", ")))
}

// risky are the permissions among a list that a workload hardly ever needs: all
// of them, and the one that takes data away for good.
func risky(permissions []string) []string {
	return filter(permissions, func(p string) bool { return p == "all" || p == "purge" })
}
