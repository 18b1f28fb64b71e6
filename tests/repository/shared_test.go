package repository

import (
	"path/filepath"
	"strings"
	"testing"
)

// alone lists the folders of modules that share no build with the others: tools that are built from
// versions of their own, and stand-ins that require next to nothing.
var alone = []string{"tools/lint", "tools/pulumi-language-go", "third_party", "sandbox/third_party"}

// TestModulesShareTheirDependencies checks that what several modules require is required at one
// version. A second version of one dependency is compiled beside the first, and so is all that
// imports it: Kubernetes, Pulumi and the Azure SDKs twice are minutes of each build.
func TestModulesShareTheirDependencies(t *testing.T) {
	type use struct{ version, file string }
	first := map[string]use{}
	shared := 0
	for _, path := range filesNamed(t, "go.mod") {
		if standsAlone(path) {
			continue
		}
		for _, required := range readModule(t, path).Require {
			module := required.Mod
			earlier, ok := first[module.Path]
			if !ok {
				first[module.Path] = use{module.Version, path}
				continue
			}
			shared++
			if earlier.version != module.Version {
				t.Errorf("%s requires %s %s, and %s requires %s: give both the higher version with `go get`",
					path, module.Path, module.Version, earlier.file, earlier.version)
			}
		}
	}
	if shared == 0 {
		t.Error("no two modules require the same: the check would prove nothing")
	}
}

func standsAlone(path string) bool {
	relative, err := filepath.Rel(root, path)
	if err != nil {
		return false
	}
	for _, folder := range alone {
		if strings.HasPrefix(filepath.ToSlash(relative), folder+"/") {
			return true
		}
	}
	return false
}
