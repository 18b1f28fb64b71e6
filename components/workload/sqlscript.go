package workload

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// defaultSqlRole is the role of a database user that names none: it may read all
// tables.
const defaultSqlRole = "db_datareader"

// maxSqlName is the longest name of a database object, in UTF-16 code units.
// Source: learn.microsoft.com, "Database identifiers", sysname.
const maxSqlName = 128

// sqlScript is T-SQL that lets an application into a database as a contained user
// with roles. It may run any number of times, and refuses to run in another
// database, or to take over a user of that name who is somebody else.
//
// WITH SID and TYPE = E (external) make Azure SQL take the user as it is: FROM
// EXTERNAL PROVIDER would make the server ask Entra for a principal of that name,
// for which the server's own identity needs the role Directory Readers, and
// which finds the wrong one where two have the same name. Source:
// learn.microsoft.com, "CREATE USER (Transact-SQL)"; see also azure.SQLSID.
func sqlScript(clientID, database, user string, roles []string) (string, error) {
	sid, err := azure.SQLSID(clientID)
	if err != nil {
		return "", err
	}
	if len(roles) == 0 {
		roles = []string{defaultSqlRole}
	}
	for _, name := range append([]string{database}, roles...) {
		if err := validateSqlName(name); err != nil {
			return "", err
		}
	}
	if err := validateSqlUser(user); err != nil {
		return "", err
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	line("-- Lets client id %s into one database. Run it there, as the server's", strings.ToLower(clientID))
	line("-- Microsoft Entra administrator or another user who may alter any user and role.")
	line("SET XACT_ABORT ON;")
	line("IF DB_NAME() <> %s", sqlText(database))
	line("    THROW 50001, %s, 1;", sqlMessage("Wrong database: connect to "+database+"."))
	line("IF EXISTS (SELECT 1 FROM sys.database_principals WHERE name = %s AND (sid IS NULL OR sid <> %s))", sqlText(user), sid)
	line("    THROW 50002, %s, 1;", sqlMessage("User "+user+" exists and is somebody else, or the identity before it was replaced: drop that user, or choose another name."))
	line("IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = %s)", sqlText(user))
	line("    CREATE USER %s WITH SID = %s, TYPE = E;", sqlName(user), sid)
	for _, role := range roles {
		line("ALTER ROLE %s ADD MEMBER %s;", sqlName(role), sqlName(user))
	}
	return b.String(), nil
}

// sqlName quotes an identifier.
func sqlName(s string) string { return "[" + strings.ReplaceAll(s, "]", "]]") + "]" }

// sqlText quotes a Unicode string.
func sqlText(s string) string { return "N'" + strings.ReplaceAll(s, "'", "''") + "'" }

// sqlMessage quotes the message of a THROW, in which a percent sign stands twice.
// Source: learn.microsoft.com, "THROW (Transact-SQL)".
func sqlMessage(s string) string { return sqlText(strings.ReplaceAll(s, "%", "%%")) }

// validateSqlName checks a name that goes into a script. What quoting does not make
// harmless is refused: control characters, because tools split scripts by lines,
// and sqlcmd's variables, which it replaces within quotes too.
func validateSqlName(s string) error {
	switch n := len(utf16.Encode([]rune(s))); {
	case s == "":
		return problem.New("a name is required", "SQL has no default for it")
	case n > maxSqlName:
		return problem.New(fmt.Sprintf("the name has %d characters", n), fmt.Sprintf("SQL allows at most %d", maxSqlName))
	case s != strings.TrimSpace(s):
		return problem.New(fmt.Sprintf("%q starts or ends with white space", s), "remove it")
	case strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfffd
	}):
		return problem.New(fmt.Sprintf("%q contains a control character or is not valid UTF-8", s), "remove it")
	case strings.Contains(s, "$("):
		return problem.New(fmt.Sprintf("%q contains $(, which sqlcmd takes for a variable", s), "remove it")
	}
	return nil
}

// validateSqlUser checks the name of a database user.
func validateSqlUser(s string) error {
	if err := validateSqlName(s); err != nil {
		return err
	}
	if strings.Contains(s, `\`) {
		return problem.New(fmt.Sprintf("%q contains a backslash, which SQL takes for a Windows domain", s), "remove it")
	}
	return nil
}
