package tsql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const client = "35918bc9-196d-40ea-9779-889d79b753f0"

func TestScript(t *testing.T) {
	for name, tc := range map[string]struct {
		database, user string
		roles          []string
	}{
		"default": {database: "orders", user: "shop"},
		"quoted":  {database: "O'Brien]s 100%", user: "shop's [web]", roles: []string{"db_datareader", "db_datawriter", "app]role"}},
	} {
		t.Run(name, func(t *testing.T) {
			script, err := User{ClientID: client, Database: tc.database, Name: tc.user, Roles: tc.roles}.Script()
			if err != nil {
				t.Fatal(err)
			}
			pulumitest.Golden(t, name, script)
		})
	}
}

func TestScriptRefusesWhatQuotingDoesNotMend(t *testing.T) {
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
		u := User{
			ClientID: cmp.Or(tc.client, client), Database: cmp.Or(tc.database, "orders"), Name: cmp.Or(tc.user, "shop"),
			Roles: []string{cmp.Or(tc.role, "db_owner")},
		}
		if u.Database == "-" {
			u.Database = ""
		}
		_, err := u.Script()
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error = %v, want %q", reason, err, tc.want)
		}
	}
}

// Whatever the names are, they stay inside their quotes: the script without them is the same, and
// unquoted they come back.
func TestQuotingHoldsAnyName(t *testing.T) {
	nasty := rapid.OneOf(
		rapid.StringMatching(`[\]\[' ;a-z/*-]{1,12}`),
		rapid.StringN(1, 20, 100),
		rapid.SampledFrom([]string{"]; DROP TABLE x;--", "'; DROP TABLE x;--", "]]", "''", "/*", "--", "N'"}),
	).Filter(func(s string) bool { return ValidateUserName(s) == nil })
	rapid.Check(t, func(t *rapid.T) {
		database, user := nasty.Draw(t, "database"), nasty.Draw(t, "user")
		roles := rapid.SliceOfN(nasty, 1, 3).Draw(t, "roles")
		script, err := User{ClientID: client, Database: database, Name: user, Roles: roles}.Script()
		if err != nil {
			t.Fatal(err)
		}
		simple, err := User{ClientID: client, Database: "d", Name: "u", Roles: slices.Repeat([]string{"r"}, len(roles))}.Script()
		if err != nil {
			t.Fatal(err)
		}
		code, identifiers, literals := scan(t, script)
		wantCode, _, _ := scan(t, simple)
		if code != wantCode {
			t.Fatalf("names got out of their quotes:\n%s", gocmp.Diff(wantCode, code))
		}
		want := []string{user}
		for _, role := range roles {
			want = append(want, role, user)
		}
		if diff := gocmp.Diff(want, identifiers); diff != "" {
			t.Fatalf("identifiers (-want +got):\n%s", diff)
		}
		if literals[0] != database || literals[2] != user || literals[4] != user {
			t.Fatalf("literals %q do not name %q and %q", literals, database, user)
		}
	})
}

// scan takes a script apart as T-SQL's lexer does: identifiers in brackets, text in quotes, and the
// code around them.
func scan(t interface{ Fatalf(string, ...any) }, text string) (code string, identifiers, literals []string) {
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

// scanQuoted reads a quoted text, in which the closing quote stands twice, and returns how long it
// is with its quotes.
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

func FuzzName(f *testing.F) {
	for _, seed := range []string{"shop", "]", "'", "a]b", "'; DROP TABLE x;--", "$(x)", "\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if ValidateName(s) != nil {
			return
		}
		if got, n := scanQuoted(t, identifier(s), ']'); got != s || n != len(identifier(s)) {
			t.Errorf("%q comes back as %q", s, got)
		}
		if got, n := scanQuoted(t, text(s)[1:], '\''); got != s || n != len(text(s))-1 {
			t.Errorf("%q comes back as %q", s, got)
		}
	})
}
