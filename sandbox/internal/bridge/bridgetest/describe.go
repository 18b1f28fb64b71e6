package bridgetest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// Describe returns a description of a provider's types for a golden file that a reviewer reads:
// every input with its type, whether it is required, whether its change replaces the resource, and
// every output.
func Describe(p bridge.Package, note func(*bridge.Resource) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", p.Name, p.Version)
	for _, r := range p.Resources {
		fmt.Fprintf(&b, "\nresource %s\n", r.Token())
		if note != nil {
			b.WriteString(note(r))
		}
		if r.AutoName != nil {
			fmt.Fprintf(&b, "  named %s: %s\n", r.AutoName.Property, strategies[r.AutoName.Strategy])
		}
		for _, f := range r.Inputs.Fields() {
			fmt.Fprintf(&b, "  in  %-40s %-12s%s\n", f.Name, f.Type, strings.Join(marks(r, f), ", "))
		}
		fields(&b, "out", r.Outputs)
	}
	for _, f := range p.Functions {
		fmt.Fprintf(&b, "\nfunction %s\n", f.Token)
		fields(&b, "in ", f.Args)
		fields(&b, "out", f.Result)
	}
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

var strategies = map[bridge.NameStrategy]string{
	bridge.RandomName: "name and 8 hexadecimal digits", bridge.CopyName: "name", bridge.UUIDName: "random GUID",
}

func marks(r *bridge.Resource, f *schema.Field) []string {
	var out []string
	if f.Required || slices.Contains(r.Required, f.Name) {
		out = append(out, "required")
	}
	if r.Location && f.Name == "location" {
		out = append(out, "required after defaults")
	}
	for _, path := range r.Replace {
		switch {
		case path == f.Name:
			out = append(out, "replaces")
		case strings.HasPrefix(path, f.Name+".") || strings.HasPrefix(path, f.Name+"["):
			out = append(out, path+" replaces")
		}
	}
	if r.Refused[f.Name] != "" {
		out = append(out, "refused")
	}
	return out
}

func fields(b *strings.Builder, what string, t *schema.Type) {
	for _, f := range t.Fields() {
		fmt.Fprintf(b, "  %s %-40s %s\n", what, f.Name, f.Type)
	}
}

// Golden compares a text with a file; UPDATE_GOLDEN=1 writes the file.
func Golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; UPDATE_GOLDEN=1 writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; UPDATE_GOLDEN=1 accepts it)\n%s", file, diff)
	}
}
