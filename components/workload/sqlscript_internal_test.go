package workload

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const sqlClient = "35918bc9-196d-40ea-9779-889d79b753f0"

func TestSqlScript(t *testing.T) {
	for name, tc := range map[string]struct {
		database, user string
		roles          []string
	}{
		"sql-default": {database: "orders", user: "shop"},
		"sql-quoted":  {database: "O'Brien]s 100%", user: "shop's [web]", roles: []string{"db_datareader", "db_datawriter", "app]role"}},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := sqlScript(sqlClient, tc.database, tc.user, tc.roles)
			if err != nil {
				t.Fatal(err)
			}
			pulumitest.Golden(t, name, text)
		})
	}
}

func TestSqlScriptRefusesWhatQuotingDoesNotMend(t *testing.T) {
	for reason, tc := range map[string]struct {
		client, database, user, role, want string
	}{
		"a client id that is none": {client: "shop", want: "a GUID is expected"},
		"no database":              {database: "-", want: "a name is required"},
		"a line of its own":        {user: "a\nGO\nDROP DATABASE x", want: "control character"},
		"a variable of sqlcmd":     {role: "$(x)", want: "sqlcmd"},
		"a Windows account":        {user: `CORP\me`, want: "Windows domain"},
		"129 characters":           {user: strings.Repeat("a", 129), want: "129 characters: SQL allows at most 128"},
		"characters of two units":  {user: strings.Repeat("😀", 65), want: "130 characters"},
		"space around a name":      {database: " orders", want: "white space"},
		"bytes that are no text":   {role: "a\xffb", want: "not valid UTF-8"},
		"a line separator":         {role: "a\u2028b", want: "control character"},
	} {
		client, database, user := or(tc.client, sqlClient), or(tc.database, "orders"), or(tc.user, "shop")
		if database == "-" {
			database = ""
		}
		_, err := sqlScript(client, database, user, []string{or(tc.role, "db_owner")})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error = %v, want %q", reason, err, tc.want)
		}
	}
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// Whatever the names are, they stay inside their quotes: the script without them
// is the same, and unquoted they come back.
func TestSqlQuotingHoldsAnyName(t *testing.T) {
	nasty := rapid.OneOf(
		rapid.StringMatching(`[\]\[' ;a-z/*-]{1,12}`),
		rapid.StringN(1, 20, 100),
		rapid.SampledFrom([]string{"]; DROP TABLE x;--", "'; DROP TABLE x;--", "]]", "''", "/*", "--", "N'"}),
	).Filter(func(s string) bool { return validateSqlUser(s) == nil })
	rapid.Check(t, func(t *rapid.T) {
		database, user := nasty.Draw(t, "database"), nasty.Draw(t, "user")
		roles := rapid.SliceOfN(nasty, 1, 3).Draw(t, "roles")
		text, err := sqlScript(sqlClient, database, user, roles)
		if err != nil {
			t.Fatal(err)
		}
		simple, err := sqlScript(sqlClient, "d", "u", slices.Repeat([]string{"r"}, len(roles)))
		if err != nil {
			t.Fatal(err)
		}
		code, identifiers, literals := scanSql(t, text)
		wantCode, _, _ := scanSql(t, simple)
		if code != wantCode {
			t.Fatalf("names got out of their quotes:\n%s", cmp.Diff(wantCode, code))
		}
		want := []string{user}
		for _, role := range roles {
			want = append(want, role, user)
		}
		if diff := cmp.Diff(want, identifiers); diff != "" {
			t.Fatalf("identifiers (-want +got):\n%s", diff)
		}
		if literals[0] != database || literals[2] != user || literals[4] != user {
			t.Fatalf("literals %q do not name %q and %q", literals, database, user)
		}
	})
}

// scanSql takes a script apart as T-SQL's lexer does: identifiers in brackets,
// text in quotes, and the code around them.
func scanSql(t interface{ Fatalf(string, ...any) }, text string) (code string, identifiers, literals []string) {
	var b strings.Builder
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "--"):
			end := strings.IndexByte(text[i:], '\n')
			i += end
		case text[i] == '[':
			s, n := scanQuoted(t, text[i:], ']')
			identifiers = append(identifiers, s)
			b.WriteString("[]")
			i += n
		case text[i] == '\'':
			s, n := scanQuoted(t, text[i:], '\'')
			literals = append(literals, s)
			b.WriteString("''")
			i += n
		default:
			b.WriteByte(text[i])
			i++
		}
	}
	return b.String(), identifiers, literals
}

// scanQuoted reads a quoted text, in which the closing quote stands twice, and
// returns how long it is with its quotes.
func scanQuoted(t interface{ Fatalf(string, ...any) }, text string, quote byte) (string, int) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != quote {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		return b.String(), i + 1
	}
	t.Fatalf("%s", fmt.Sprintf("%q does not end", text))
	return "", 0
}

func FuzzSqlName(f *testing.F) {
	for _, seed := range []string{"shop", "]", "'", "a]b", "'; DROP TABLE x;--", "$(x)", "\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if validateSqlName(s) != nil {
			return
		}
		if got, n := scanQuoted(t, sqlName(s), ']'); got != s || n != len(sqlName(s)) {
			t.Errorf("%q comes back as %q", s, got)
		}
		if got, n := scanQuoted(t, sqlText(s)[1:], '\''); got != s || n != len(sqlText(s))-1 {
			t.Errorf("%q comes back as %q", s, got)
		}
	})
}
