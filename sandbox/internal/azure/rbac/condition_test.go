package rbac

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const blobRead = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"

const container = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"

func TestConditionDecides(t *testing.T) {
	read := Access{Action: blobRead, Attributes: map[string]string{strings.ToLower(container): "Public"}}
	list := read
	list.Suboperation = "Blob.List"
	for reason, c := range map[string]struct {
		condition string
		access    Access
		want      bool
	}{
		"no condition grants all":                                          {"", read, true},
		"an action that the condition exempts is granted":                  {"!(ActionMatches{'" + blobRead + "'}) OR " + container + " StringEquals 'x'", Access{Action: "a/write"}, true},
		"an action of the condition is refused when the attribute differs": {"!(ActionMatches{'" + blobRead + "'}) OR " + container + " StringEquals 'x'", read, false},
		"an action of the condition is granted when the attribute matches": {"!(ActionMatches{'" + blobRead + "'}) || " + container + " StringEquals 'Public'", read, true},
		"StringEquals is case-sensitive":                                   {container + " StringEquals 'public'", read, false},
		"StringEqualsIgnoreCase is not":                                    {container + " StringEqualsIgnoreCase 'public'", read, true},
		"StringNotEquals":                                                  {container + " StringNotEquals 'x'", read, true},
		"StringStartsWith":                                                 {container + " StringStartsWith 'Pub'", read, true},
		"StringNotStartsWith":                                              {container + " StringNotStartsWith 'Pub'", read, false},
		"StringLike with wildcards":                                        {container + " StringLike 'P*l?c'", read, true},
		"an escaped wildcard is a character":                               {container + ` StringLike 'P\*'`, read, false},
		"any value of a set is equal":                                      {container + " ForAnyOfAnyValues:StringEquals {'a', 'Public'}", read, true},
		"no value of a set is equal":                                       {container + " ForAllOfAllValues:StringNotEquals {'a', 'b'}", read, true},
		"one value of a set is equal where none may be":                    {container + " ForAllOfAllValues:StringNotEquals {'a', 'Public'}", read, false},
		"AND needs both sides":                                             {container + " StringEquals 'Public' AND " + container + " StringEquals 'x'", read, false},
		"an action pattern":                                                {"ActionMatches{'Microsoft.Storage/*'}", read, true},
		"a suboperation":                                                   {"SubOperationMatches{'Blob.List'}", list, true},
		"another suboperation":                                             {"SubOperationMatches{'Blob.List'}", read, false},
		"a suboperation in the older notation":                             {"@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'blob.list'}", list, true},
		"an unknown attribute grants nothing":                              {"@Request[a:b] StringEquals 'x'", read, false},
		"the source is part of an attribute's name":                        {strings.Replace(container, "@Resource", "@Request", 1) + " StringEquals 'Public'", read, false},
		"the negation of an unknown attribute grants nothing":              {"!(@Request[a:b] StringEquals 'x')", read, false},
		"NotExists on an unknown attribute grants nothing":                 {"NotExists @Request[a:b]", read, false},
		"an unknown attribute does not hide the other side of an OR":       {"@Request[a:b] StringEquals 'x' OR " + container + " StringEquals 'Public'", read, true},
		"a type of value without attributes grants nothing":                {"@Request[a:b] NumericLessThan 3", read, false},
		"a known attribute exists":                                         {"Exists " + container, read, true},
		"GUIDs without quotes, as in delegation conditions":                {"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}", read, false},
	} {
		t.Run(reason, func(t *testing.T) {
			if c.condition != "" {
				if err := CheckCondition(c.condition); err != nil {
					t.Fatalf("CheckCondition: %v", err)
				}
			}
			if got := fulfilled(c.condition, c.access); got != c.want {
				t.Errorf("%s: %v", c.condition, got)
			}
		})
	}
}

func TestConditionIsRefused(t *testing.T) {
	for reason, c := range map[string]struct{ condition, text string }{
		"only a value":                      {"'a'", "operator expected"},
		"an open parenthesis":               {"(ActionMatches{'a'}", `")" expected`},
		"a superfluous closing parenthesis": {"ActionMatches{'a'})", `unexpected ")"`},
		"AND and OR without parentheses":    {"ActionMatches{'a'} AND ActionMatches{'b'} OR ActionMatches{'c'}", "needs parentheses"},
		"an operator that does not exist":   {"@Request[a] StringIs 'b'", `"StringIs"`},
		"a source that does not exist":      {"@Tenant[a] StringEquals 'b'", `"@Tenant[a]"`},
		"ActionMatches without braces":      {"ActionMatches('a')", `"{" expected`},
		"ActionMatches of two actions":      {"ActionMatches{'a','b'}", "one value"},
		"a string that does not end":        {"@Request[a] StringEquals 'b", "unexpected text"},
		"an empty set":                      {"@Request[a] ForAnyOfAnyValues:StringEquals {}", "a value expected"},
		"a value instead of an attribute":   {"Exists 'a'", "an attribute of"},
		"an empty condition":                {" ", "a value expected"},
		"an operator without a right side":  {"@Request[a] StringEquals", "a value expected"},
	} {
		t.Run(reason, func(t *testing.T) {
			if err := CheckCondition(c.condition); err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s: %v, want %q", c.condition, err, c.text)
			}
		})
	}
}

// TestConditionOfAnyText checks that no text makes the parser panic, and that a text with a syntax
// error grants nothing.
func TestConditionOfAnyText(t *testing.T) {
	word := rapid.SampledFrom([]string{"(", ")", "{", "}", "!", "AND", "OR", "NOT", "'a'", "@Request[a]", "StringEquals", "ActionMatches", "Exists", ",", "1", "é"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 1, 12).Draw(t, "words"), " ")
		granted := fulfilled(text, Access{Action: "a"})
		if CheckCondition(text) != nil && granted {
			t.Fatalf("%q grants", text)
		}
	})
}

// TestUndecidedStaysUndecided checks that the negation of an undecided condition is undecided, too.
func TestUndecidedStaysUndecided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "@Request[unknown] StringEquals 'x'"
		for range rapid.IntRange(0, 5).Draw(t, "negations") {
			text = "!(" + text + ")"
		}
		if fulfilled(text, Access{}) {
			t.Fatalf("%s grants", text)
		}
	})
}
