// Package tsql writes the T-SQL that lets an Entra identity into a database.
package tsql

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// DefaultRole is the database role of a user that names none: it reads all tables.
const DefaultRole = "db_datareader"

// maxName is the longest name of a database object, in UTF-16 code units. Source:
// learn.microsoft.com, "Database identifiers", sysname.
const maxName = 128

// User is a contained database user that stands for an application or a managed identity.
type User struct {
	// ClientID is the identity's client id, by which Azure SQL knows it.
	ClientID string
	// Database is the database's name.
	Database string
	// Name is the user's name in the database.
	Name string
	// Roles are the database roles that the user gets. Default: DefaultRole.
	Roles []string
}

// Script returns T-SQL that creates the user and adds it to its roles. It may run any number of
// times. It fails in another database, and where a user of that name has another identity.
//
// With WITH SID and TYPE = E (external), Azure SQL creates the user without a look into Entra. FROM
// EXTERNAL PROVIDER would make the server search Entra for a principal of that name, for which the
// server's identity needs the role Directory Readers, and which finds the wrong one where two have
// the same name. Source: learn.microsoft.com, "CREATE USER (Transact-SQL)"; see also azure.SQLSID.
func (u User) Script() (string, error) {
	sid, err := azure.SQLSID(u.ClientID)
	if err != nil {
		return "", err
	}
	roles := u.Roles
	if len(roles) == 0 {
		roles = []string{DefaultRole}
	}
	for _, name := range append([]string{u.Database}, roles...) {
		if err := ValidateName(name); err != nil {
			return "", err
		}
	}
	if err := ValidateUserName(u.Name); err != nil {
		return "", err
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	line("-- Lets client id %s into one database. Run it there, as the server's", strings.ToLower(u.ClientID))
	line("-- Microsoft Entra administrator or another user who may alter any user and role.")
	line("SET XACT_ABORT ON;")
	line("IF DB_NAME() <> %s", text(u.Database))
	line("    THROW 50001, %s, 1;", message("Wrong database: connect to "+u.Database+"."))
	line("IF EXISTS (SELECT 1 FROM sys.database_principals WHERE name = %s AND (sid IS NULL OR sid <> %s))", text(u.Name), sid)
	line("    THROW 50002, %s, 1;", message("User "+u.Name+" exists and belongs to another identity, or to this one before it was replaced: drop that user, or choose another name."))
	line("IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = %s)", text(u.Name))
	line("    CREATE USER %s WITH SID = %s, TYPE = E;", identifier(u.Name), sid)
	for _, role := range roles {
		line("ALTER ROLE %s ADD MEMBER %s;", identifier(role), identifier(u.Name))
	}
	return b.String(), nil
}

// identifier quotes the name of an object.
func identifier(s string) string { return "[" + strings.ReplaceAll(s, "]", "]]") + "]" }

// text quotes a Unicode string.
func text(s string) string { return "N'" + strings.ReplaceAll(s, "'", "''") + "'" }

// message quotes the message of a THROW, in which a percent sign stands twice. Source:
// learn.microsoft.com, "THROW (Transact-SQL)".
func message(s string) string { return text(strings.ReplaceAll(s, "%", "%%")) }

// ValidateName checks the name of a database object: 1 to 128 characters. What quoting does not
// make harmless is refused: control characters, because tools split scripts by lines, and sqlcmd's
// variables, which it replaces within quotes too.
func ValidateName(s string) error {
	switch n := len(utf16.Encode([]rune(s))); {
	case s == "":
		return problem.New("a name is required", "SQL has no default for it")
	case n > maxName:
		return problem.New(fmt.Sprintf("the name has %d characters", n), fmt.Sprintf("SQL allows at most %d", maxName))
	case s != strings.TrimSpace(s):
		return problem.New(fmt.Sprintf("%q starts or ends with white space", s), "remove it")
	case strings.ContainsFunc(s, isControl):
		return problem.New(fmt.Sprintf("%q contains a control character or is not valid UTF-8", s), "remove it")
	case strings.Contains(s, "$("):
		return problem.New(fmt.Sprintf("%q contains $(, which sqlcmd takes for a variable", s), "remove it")
	}
	return nil
}

// isControl reports whether a character is a control character, a line separator, or what stands
// for invalid UTF-8.
func isControl(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfffd
}

// ValidateUserName checks the name of a database user: that of an object, without a backslash.
func ValidateUserName(s string) error {
	if err := ValidateName(s); err != nil {
		return err
	}
	if strings.Contains(s, `\`) {
		return problem.New(fmt.Sprintf("%q contains a backslash, which SQL takes for a Windows domain", s), "remove it")
	}
	return nil
}
