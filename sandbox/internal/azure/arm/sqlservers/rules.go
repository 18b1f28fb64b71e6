package sqlservers

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// refuse returns a 400 about a property.
func refuse(code, target, format string, args ...any) *arm.Error {
	return arm.Errorf(http.StatusBadRequest, code, format, args...).At("properties." + target)
}

// violation leaves GUIDs to check, which has SQL's own errors for them.
func violation(r *arm.Request, v specs.Violation) *arm.Error {
	if v.Rule == specs.Format {
		return nil
	}
	return arm.Violation(r, v)
}

// check refuses properties that are invalid for new and existing servers.
func (p *Properties) check(tenant string) error {
	if p.Version != "" && p.Version != "12.0" {
		return refuse("RegionDoesNotSupportVersion", "version", "The version '%s' is not supported. It is '12.0'.", p.Version)
	}
	if p.MinimalTLSVersion != "" && !slices.Contains([]string{"None", "1.0", "1.1", "1.2", "1.3"}, p.MinimalTLSVersion) {
		return refuse("InvalidMinimalTlsVersion", "minimalTlsVersion", "Invalid minimal TLS version '%s'. It is '1.0', '1.1', '1.2' or '1.3'.", p.MinimalTLSVersion)
	}
	if err := cmp.Or(
		arm.Choice("properties.createMode", p.CreateMode, "Normal"),
		arm.Choice("properties.publicNetworkAccess", p.PublicNetworkAccess, "Enabled", "Disabled"),
		arm.Choice("properties.restrictOutboundNetworkAccess", p.RestrictOutboundNetworkAccess, "Enabled", "Disabled"),
	); err != nil {
		return err
	}
	if err := checkLogin(p.AdministratorLogin); err != nil {
		return err
	}
	if err := checkPassword(p.AdministratorLoginPassword, p.AdministratorLogin); err != nil {
		return err
	}
	if p.Administrators == nil {
		return nil
	}
	if p.AdministratorLogin != "" && strings.EqualFold(p.Administrators.Login, p.AdministratorLogin) {
		return refuse("ExternalAdministratorLoginSameAsSqlAdmin", "administrators.login", "The names of the Azure Active Directory administrator and of the server admin account must be different. Please provide different values.")
	}
	return p.Administrators.check(tenant)
}

// reserved are the names that a login cannot have
// (https://learn.microsoft.com/azure/azure-sql/database/logins-create-manage).
var reserved = []string{"admin", "administrator", "sa", "root", "dbmanager", "loginmanager", "dbo", "guest", "public"}

var loginName = regexp.MustCompile(`^[A-Za-z][^\s"'<>|:*?\\/#&;,%=@]{0,127}$`)

func checkLogin(login string) error {
	if login == "" || loginName.MatchString(login) && !slices.Contains(reserved, strings.ToLower(login)) {
		return nil
	}
	return refuse("InvalidLoginName", "administratorLogin", "'%s' is not a valid login name: it begins with a letter, has up to 128 characters, no blanks or special characters, and is no reserved word.", login)
}

// checkPassword refuses passwords that Azure's policy does not allow: they need 8 to 128 characters
// of three of four kinds, and must not contain the login
// (https://learn.microsoft.com/sql/relational-databases/security/password-policy). No message
// contains the password.
func checkPassword(password, login string) error {
	const target = "administratorLoginPassword"
	switch {
	case password == "":
		return nil
	case len(password) < 8:
		return refuse("PasswordTooShort", target, "The provided password is too short: it needs 8 characters.")
	case len(password) > 128:
		return refuse("PasswordTooLong", target, "The provided password is too long: it can have 128 characters.")
	}
	kinds := 0
	for _, is := range []func(rune) bool{
		unicode.IsUpper, unicode.IsLower, unicode.IsDigit,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) },
	} {
		if strings.ContainsFunc(password, is) {
			kinds++
		}
	}
	if kinds < 3 || len(login) >= 3 && strings.Contains(strings.ToLower(password), strings.ToLower(login)) {
		return refuse("PasswordNotComplex", target, "Password validation failed. The password does not meet policy requirements because it is not complex enough.")
	}
	return nil
}

// check refuses an incomplete administrator.
func (e *External) check(tenant string) error {
	only := e.AzureADOnlyAuthentication != nil && *e.AzureADOnlyAuthentication
	switch {
	case e.Login == "" && e.SID == "" && only:
		return refuse("MissingExternalAdministratorWithAadOnlyAuth", "administrators", "In order to use Azure AD Only Authentication, please provide details of an external administrator.")
	case e.AdministratorType != "" && e.AdministratorType != activeDirectory:
		return refuse("InvalidServerAdministratorTypePropertyName", "administrators.administratorType", "Server active directory administrator type should be ActiveDirectory, not '%s'.", e.AdministratorType)
	case e.Login == "":
		return refuse("InvalidExternalAdministratorLogin", "administrators.login", "Invalid or missing external administrator login name.")
	case !azure.IsGUID(e.SID):
		return refuse("InvalidExternalAdministratorSid", "administrators.sid", "Invalid or missing external administrator object id: '%s'.", e.SID)
	case e.TenantID != "" && !strings.EqualFold(e.TenantID, tenant):
		return refuse("InvalidExternalAdministratorTenantId", "administrators.tenantId", "Invalid or missing external administrator tenant id: '%s' is not the tenant '%s' of the subscription.", e.TenantID, tenant)
	case e.PrincipalType != "" && !slices.Contains([]string{"User", "Group", "Application"}, e.PrincipalType):
		return refuse("ExternalAdministratorPrincipalType", "administrators.principalType", "Invalid or missing external administrator principal type. Please select from User, Application or Group.")
	}
	return nil
}
