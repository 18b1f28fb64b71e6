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
		"no condition gives all":                               {"", read, true},
		"an action that is not meant passes":                   {"!(ActionMatches{'" + blobRead + "'}) OR " + container + " StringEquals 'x'", Access{Action: "a/write"}, true},
		"the meant one needs the expression":                   {"!(ActionMatches{'" + blobRead + "'}) OR " + container + " StringEquals 'x'", read, false},
		"which holds":                                          {"!(ActionMatches{'" + blobRead + "'}) || " + container + " StringEquals 'Public'", read, true},
		"case counts":                                          {container + " StringEquals 'public'", read, false},
		"unless it is ignored":                                 {container + " StringEqualsIgnoreCase 'public'", read, true},
		"a negation":                                           {container + " StringNotEquals 'x'", read, true},
		"a beginning":                                          {container + " StringStartsWith 'Pub'", read, true},
		"not that beginning":                                   {container + " StringNotStartsWith 'Pub'", read, false},
		"wildcards":                                            {container + " StringLike 'P*l?c'", read, true},
		"an escaped wildcard is a character":                   {container + ` StringLike 'P\*'`, read, false},
		"a set":                                                {container + " ForAnyOfAnyValues:StringEquals {'a', 'Public'}", read, true},
		"none of a set":                                        {container + " ForAllOfAllValues:StringNotEquals {'a', 'b'}", read, true},
		"one of a set after all":                               {container + " ForAllOfAllValues:StringNotEquals {'a', 'Public'}", read, false},
		"both halves of an AND":                                {container + " StringEquals 'Public' AND " + container + " StringEquals 'x'", read, false},
		"an action pattern":                                    {"ActionMatches{'Microsoft.Storage/*'}", read, true},
		"a suboperation":                                       {"SubOperationMatches{'Blob.List'}", list, true},
		"another suboperation":                                 {"SubOperationMatches{'Blob.List'}", read, false},
		"a suboperation in the older spelling":                 {"@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'blob.list'}", list, true},
		"an attribute nobody knows grants nothing":             {"@Request[a:b] StringEquals 'x'", read, false},
		"an attribute of another source is another one":        {strings.Replace(container, "@Resource", "@Request", 1) + " StringEquals 'Public'", read, false},
		"nor does its negation":                                {"!(@Request[a:b] StringEquals 'x')", read, false},
		"nor that it is missing":                               {"NotExists @Request[a:b]", read, false},
		"but it does not hide what holds anyway":               {"@Request[a:b] StringEquals 'x' OR " + container + " StringEquals 'Public'", read, true},
		"a kind of value nobody has here grants nothing":       {"@Request[a:b] NumericLessThan 3", read, false},
		"a known attribute exists":                             {"Exists " + container, read, true},
		"GUIDs without quotes, as delegation conditions write": {"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}", read, false},
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
		"nothing but a value":              {"'a'", "operator expected"},
		"an open parenthesis":              {"(ActionMatches{'a'}", `")" expected`},
		"a closed one too many":            {"ActionMatches{'a'})", `unexpected ")"`},
		"AND and OR without parentheses":   {"ActionMatches{'a'} AND ActionMatches{'b'} OR ActionMatches{'c'}", "needs parentheses"},
		"an operator that does not exist":  {"@Request[a] StringIs 'b'", `"StringIs"`},
		"a source that does not exist":     {"@Tenant[a] StringEquals 'b'", `"@Tenant[a]"`},
		"ActionMatches without braces":     {"ActionMatches('a')", `"{" expected`},
		"ActionMatches of two actions":     {"ActionMatches{'a','b'}", "one value"},
		"a string that does not end":       {"@Request[a] StringEquals 'b", "unexpected text"},
		"an empty set":                     {"@Request[a] ForAnyOfAnyValues:StringEquals {}", "a value expected"},
		"an attribute where a value fits":  {"Exists 'a'", "an attribute of"},
		"nothing at all":                   {" ", "a value expected"},
		"an operator without a right side": {"@Request[a] StringEquals", "a value expected"},
	} {
		t.Run(reason, func(t *testing.T) {
			if err := CheckCondition(c.condition); err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s: %v, want %q", c.condition, err, c.text)
			}
		})
	}
}

// No text panics, and what cannot be read grants nothing.
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

// Turning a condition round never turns an undecided one into a grant.
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
