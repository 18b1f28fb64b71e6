package cluster

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// docsRows are the rows of the page's tables below each heading "### TypeName":
// the names of fields in their order.
func docsRows(page string) map[string][]string {
	rows := map[string][]string{}
	typ := ""
	for line := range strings.Lines(page) {
		if title, ok := strings.CutPrefix(line, "#"); ok {
			typ = strings.TrimSpace(strings.TrimLeft(title, "#"))
			continue
		}
		cell, ok := strings.CutPrefix(line, "| `")
		if !ok || !strings.HasSuffix(typ, "Args") {
			continue
		}
		name, _, _ := strings.Cut(cell, "`")
		rows[typ] = append(rows[typ], name)
	}
	return rows
}

// The page has one table for each argument type, with all its fields in order.
func TestThePageHasEveryArgument(t *testing.T) {
	page, err := os.ReadFile("../../docs/cluster.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, typ := range argTypes() {
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("pulumi"), ",")
			want[typ.Name()] = append(want[typ.Name()], name)
		}
	}
	if diff := cmp.Diff(want, docsRows(string(page))); diff != "" {
		t.Errorf("docs/cluster.md (-code +page):\n%s", diff)
	}
}

// The page says every word that an enumeration has.
func TestThePageHasEveryValue(t *testing.T) {
	page, err := os.ReadFile("../../docs/cluster.md")
	if err != nil {
		t.Fatal(err)
	}
	for field, list := range enums() {
		if strings.HasSuffix(field, ".dayOfWeek") {
			continue // "Monday to Sunday" says it
		}
		for _, value := range list {
			if !strings.Contains(string(page), value) {
				t.Errorf("docs/cluster.md does not mention %q of %s", value, field)
			}
		}
	}
}
