package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInterruptedReleases(t *testing.T) {
	operation := func(kind, typ, inputs string) string {
		return `{"type":"` + kind + `","resource":{"urn":"u","type":"` + typ + `","inputs":` + inputs + `}}`
	}
	named := `{"name":"hook","namespace":"system","values":{"replicaCount":2}}`
	state := func(operations ...string) string {
		return `{"version":3,"deployment":{"resources":[],"pending_operations":[` + strings.Join(operations, ",") + `]}}`
	}
	cases := map[string]struct {
		state string
		want  []release
		fails bool
	}{
		"nothing is pending": {state: `{"version":3,"deployment":{}}`},
		"a release was being created": {
			state: state(operation("creating", releaseType, named)), want: []release{{"system", "hook"}}},
		"an interrupted update has a record, and Helm rolls it back": {
			state: state(operation("updating", releaseType, named))},
		"other types of resources are left to their providers": {
			state: state(operation("creating", "azure-native:resources:ResourceGroup", `{"resourceGroupName":"rg"}`))},
		"a name that is a secret cannot be read": {
			state: state(operation("creating", releaseType, `{"name":{"4dabf18193072939515e22adb298388d":"x"},"namespace":"system"}`))},
		"the input is not a state": {state: "error: no stack", fails: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := interruptedReleases(strings.NewReader(tc.state))
			if (err != nil) != tc.fails {
				t.Fatalf("error = %v, want one: %t", err, tc.fails)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
