package azure_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
)

const (
	vSQL     = "2021-11-01"
	password = "S3cret!enough-for-Azure"
)

func serverPath(name string) string { return providerPath("rg", "Microsoft.Sql/servers", name) }

func adminPath(server string) string { return serverPath(server) + "/administrators/ActiveDirectory" }

func admin(login, sid string) object {
	return object{"properties": object{"administratorType": "ActiveDirectory", "login": login, "sid": sid}}
}

func TestDeletedSQLServerIsNotRestored(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	w.refuses(t, "2025-01-01", map[string]refusalCase{"a server of which the sandbox keeps nothing": {
		serverPath("data"), object{"location": "westeurope", "properties": object{"createMode": "Restore"}}, 400, "BadRequest", "Restore",
	}})
}

func TestSQLServerIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	w.group("rg2")
	objectID := uuid.NewString()
	login := object{"administratorLogin": "boss", "administratorLoginPassword": password}
	entra := func(change func(a object)) object {
		a := object{"login": "dba", "sid": objectID, "azureADOnlyAuthentication": true}
		change(a)
		return with(object{"administrators": a}, nil)
	}
	must(t, w.arm("PUT", serverPath("taken"), vSQL, with(login, nil)), 201)
	must(t, w.arm("PUT", serverPath("entra"), vSQL, entra(func(object) {})), 201)
	also := func(name string, value any) object {
		return with(login, func(_, p object) { p[name] = value })
	}
	w.refuses(t, vSQL, map[string]refusalCase{
		"name with an upper-case letter":                    {serverPath("Data"), with(login, nil), 400, "InvalidServerName", "'Data'"},
		"name that begins with a hyphen":                    {serverPath("-data"), with(login, nil), 400, "InvalidServerName", "lead or trail"},
		"name of 64 characters":                             {serverPath(strings.Repeat("a", 64)), with(login, nil), 400, "InvalidServerName", "63"},
		"name of a server in another group":                 {providerPath("rg2", "Microsoft.Sql/servers", "taken"), with(login, nil), 409, "NameAlreadyExists", "'taken' already exists"},
		"neither login nor Entra":                           {serverPath("data"), with(nil, nil), 400, "InvalidLoginName", "azureADOnlyAuthentication"},
		"a login that is reserved":                          {serverPath("data"), also("administratorLogin", "sa"), 400, "InvalidLoginName", "'sa'"},
		"a login with a blank":                              {serverPath("data"), also("administratorLogin", "the boss"), 400, "InvalidLoginName", "'the boss'"},
		"a login without a password":                        {serverPath("data"), with(object{"administratorLogin": "boss"}, nil), 400, "PasswordTooShort", "too short"},
		"a short password":                                  {serverPath("data"), also("administratorLoginPassword", "Ab1!"), 400, "PasswordTooShort", "too short"},
		"a long password":                                   {serverPath("data"), also("administratorLoginPassword", strings.Repeat("Ab1!", 33)), 400, "PasswordTooLong", "128"},
		"a simple password":                                 {serverPath("data"), also("administratorLoginPassword", "abcdefgh1"), 400, "PasswordNotComplex", "not complex enough"},
		"a password with the login in it":                   {serverPath("data"), also("administratorLoginPassword", "TheBoss-is-1"), 400, "PasswordNotComplex", "not complex enough"},
		"a version that is not 12.0":                        {serverPath("data"), also("version", "11.0"), 400, "RegionDoesNotSupportVersion", "12.0"},
		"a TLS version that does not exist":                 {serverPath("data"), also("minimalTlsVersion", "2.0"), 400, "InvalidMinimalTlsVersion", "2.0"},
		"an access that does not exist":                     {serverPath("data"), also("publicNetworkAccess", "Maybe"), 400, "BadRequest", "Maybe"},
		"an Entra administrator without name":               {serverPath("data"), entra(func(a object) { delete(a, "login") }), 400, "InvalidExternalAdministratorLogin", "login name"},
		"an Entra administrator without an object ID":       {serverPath("data"), entra(func(a object) { a["sid"] = "me" }), 400, "InvalidExternalAdministratorSid", "'me'"},
		"an Entra administrator of another tenant":          {serverPath("data"), entra(func(a object) { a["tenantId"] = uuid.NewString() }), 400, "InvalidExternalAdministratorTenantId", w.azure.Account().TenantID},
		"an Entra administrator of an unknown type":         {serverPath("data"), entra(func(a object) { a["principalType"] = "Robot" }), 400, "ExternalAdministratorPrincipalType", "User, Application or Group"},
		"Entra only, without an administrator":              {serverPath("data"), with(object{"administrators": object{"azureADOnlyAuthentication": true}}, nil), 400, "MissingExternalAdministratorWithAadOnlyAuth", "external administrator"},
		"an Entra administrator with the name of the login": {serverPath("data"), also("administrators", object{"login": "Boss", "sid": objectID}), 400, "ExternalAdministratorLoginSameAsSqlAdmin", "must be different"},
		"another login after creation":                      {serverPath("taken"), also("administratorLogin", "other"), 400, "InvalidParameterValue", "Invalid value given for parameter Login"},
		"a password with Entra only":                        {serverPath("entra"), with(object{"administratorLoginPassword": password}, nil), 400, "AadOnlyAuthenticationIsEnabled", "is enabled"},
		"unknown property":                                  {serverPath("data"), also("collation", "x"), 400, "InvalidRequestContent", "properties.collation"},
		"an administrator under another name":               {serverPath("taken") + "/administrators/dba", admin("dba", objectID), 400, "InvalidServerAdministratorTypePropertyName", "'dba'"},
		"an empty administrator":                            {adminPath("taken"), object{"properties": object{}}, 400, "InvalidResourceRequestBody", "required"},
		"an administrator of another type":                  {adminPath("taken"), object{"properties": object{"administratorType": "Local", "login": "dba", "sid": objectID}}, 400, "InvalidServerAdministratorTypePropertyName", "Local"},
		"an administrator named as the login":               {adminPath("taken"), admin("boss", objectID), 400, "ServerAdministratorNameAlreadyExists", "'boss'"},
		"an administrator of no server":                     {adminPath("none"), admin("dba", objectID), 404, "ParentResourceNotFound", "servers/none"},
		"an administrator that disables Entra only":         {adminPath("entra"), object{"properties": object{"administratorType": "ActiveDirectory", "login": "dba", "sid": objectID, "azureADOnlyAuthentication": false}}, 400, "InvalidServerAzureADOnlyAuthenticationParameter", "azureADOnlyAuthentications API"},
	})
	for reason, c := range map[string]object{"short": also("administratorLoginPassword", "pA1!"), "simple": also("administratorLoginPassword", "abcdefgh1")} {
		if got := w.arm("PUT", serverPath("data"), vSQL, c); strings.Contains(got.text, "abcdefgh1") || strings.Contains(got.text, "pA1!") {
			t.Errorf("the refusal of a %s password repeats it: %s", reason, got.text)
		}
	}
	if got := w.arm("DELETE", adminPath("entra"), vSQL, nil); got.status != 400 || got.code() != "InvalidServerAzureADAdminDeleteOperation" {
		t.Errorf("deletion of the only administrator: %d %s", got.status, got.text)
	}
}

func TestSQLServerHasOneAdministrator(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	first, second := uuid.NewString(), uuid.NewString()
	made := must(t, w.arm("PUT", serverPath("data"), vSQL, with(object{
		"administratorLogin": "boss", "administratorLoginPassword": password, "administrators": object{"login": "dba", "sid": first, "principalType": "Group"},
	}, nil)), 201)
	if made.path("properties", "fullyQualifiedDomainName") != "data.database.windows.net" || made.path("properties", "version") != "12.0" || made.path("properties", "state") != "Ready" {
		t.Errorf("created: %s", made.text)
	}
	if got := must(t, w.arm("GET", adminPath("data"), vSQL, nil), 200); got.path("properties", "login") != "dba" || got.path("properties", "sid") != first {
		t.Errorf("the administrator of the creation: %s", got.text)
	}
	must(t, w.arm("PUT", adminPath("data"), vSQL, admin("app", second)), 200)
	if got := must(t, w.arm("GET", serverPath("data")+"/administrators", vSQL, nil), 200); len(got.body["value"].([]any)) != 1 || !strings.Contains(got.text, second) || strings.Contains(got.text, first) {
		t.Errorf("a second administrator must replace the first: %s", got.text)
	}
	if got := must(t, w.arm("GET", serverPath("data"), vSQL, nil), 200); strings.Contains(got.text, "administrators") {
		t.Errorf("administrators without $expand: %s", got.text)
	}
	expanded := must(t, w.arm("GET", serverPath("data")+"?$expand=administrators/activedirectory", vSQL, nil), 200)
	if expanded.path("properties", "administrators", "login") != "app" || expanded.path("properties", "administrators", "tenantId") != w.azure.Account().TenantID {
		t.Errorf("expanded: %s", expanded.text)
	}
	must(t, w.arm("GET", serverPath("data")+"?$expand=databases", vSQL, nil), 400)
	w.restart()
	must(t, w.arm("DELETE", adminPath("data"), vSQL, nil), 200)
	must(t, w.arm("DELETE", adminPath("data"), vSQL, nil), 204)
	must(t, w.arm("PUT", adminPath("data"), vSQL, admin("app", second)), 201)
	must(t, w.arm("DELETE", serverPath("data"), vSQL, nil), 200)
	must(t, w.arm("GET", adminPath("data"), vSQL, nil), 404)
}

// TestSQLPasswordIsNotStored checks that a password is neither shown nor stored: it is in no
// response, not in the state file and not in the log.
func TestSQLPasswordIsNotStored(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	body := with(object{"administratorLogin": "boss", "administratorLoginPassword": password}, nil)
	for _, got := range []reply{
		must(t, w.arm("PUT", serverPath("data"), vSQL, body), 201), must(t, w.arm("PUT", serverPath("data"), vSQL, body), 200),
		must(t, w.arm("GET", serverPath("data"), vSQL, nil), 200),
	} {
		if strings.Contains(got.text, password) || strings.Contains(got.text, "administratorLoginPassword") {
			t.Errorf("a response shows the password: %s", got.text)
		}
	}
	w.restart()
	state, err := os.ReadFile(filepath.Join(w.dir, "azure.db"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(state), password) || strings.Contains(w.log.String(), password) {
		t.Error("the password is in the state file or in the log")
	}
}
