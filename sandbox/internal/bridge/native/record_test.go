package native

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
)

func TestTypesAreAsReviewed(t *testing.T) {
	p, err := New(bridge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := bridgetest.Describe(p.Package(), func(r *bridge.Resource) string {
		o, ok := r.Ops.(*ops)
		if !ok {
			o = r.Ops.(policyOps).ops
		}
		return fmt.Sprintf("  PUT %s?api-version=%s\n", o.path, o.apiVersion)
	})
	bridgetest.Golden(t, filepath.Join("testdata", "types.golden"), got)
}

var packageVersion = regexp.MustCompile(`/v\d{8}$`)

// TestAPIVersionsAreTheSDKs compares the api-version of every record with the SDK: with the name of
// the package if that has a version, or else with the type's doc comment. Access policies have no
// version.
func TestAPIVersionsAreTheSDKs(t *testing.T) {
	version := regexp.MustCompile(`Azure REST API version:? (\d{4}-\d\d-\d\d(?:-preview)?)`)
	for _, list := range [][]record{groups, clusters, identities, roles, vaults, accounts, registries, workspaces, sqlServers} {
		for _, r := range list {
			pkg, err := build.Import(reflect.TypeOf(r.outputs).PkgPath(), ".", build.FindOnly)
			if err != nil {
				t.Fatal(err)
			}
			if dated := packageVersion.FindString(pkg.Dir); dated != "" {
				if dated != "/v"+strings.ReplaceAll(r.apiVersion, "-", "") {
					t.Errorf("%s sends %s; the SDK's package is %s", r.token(), r.apiVersion, dated)
				}
				continue
			}
			file := strings.ToLower(r.name[:1]) + r.name[1:] + ".go"
			text, err := os.ReadFile(filepath.Join(pkg.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			found := version.FindSubmatch(text)
			if found == nil || string(found[1]) != r.apiVersion {
				t.Errorf("%s sends %s; the SDK has %s", r.token(), r.apiVersion, found)
			}
		}
	}
}
