package repository

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

const (
	root     = "../.."
	azureSDK = "github.com/pulumi/pulumi-azure-native-sdk/"
)

// behind lists the modules of the Azure SDK that are not to be had at the version of the others
// (docs/performance.md). The program uses a stand-in for managedidentity; sql serves the sandbox
// alone, which no Pulumi CLI reads.
var behind = map[string]string{
	azureSDK + "managedidentity/v2": "v2.81.0",
	azureSDK + "sql/v2":             "v2.90.0",
}

// filesNamed returns the paths of the repository's files of a name, without what is built or
// downloaded.
func filesNamed(t *testing.T, name string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		if entry.Name() == name {
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("there is no %s: the check would prove nothing", name)
	}
	return found
}

func readModule(t *testing.T, path string) *modfile.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := modfile.Parse(path, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// The modules of one SDK share its types and its root module, which says what version of the
// provider each resource asks for.
func TestEveryModuleHasOneVersionOfTheAzureSDK(t *testing.T) {
	versions := map[string][]string{} // of the modules that are not behind, with the files that require them
	met := map[string]bool{}
	for _, path := range filesNamed(t, "go.mod") {
		for _, required := range readModule(t, path).Require {
			module := required.Mod
			if !strings.HasPrefix(module.Path, azureSDK) {
				continue
			}
			want, late := behind[module.Path]
			if !late {
				versions[module.Version] = append(versions[module.Version], path+": "+module.Path)
				continue
			}
			met[module.Path] = true
			if module.Version != want {
				t.Errorf("%s requires %s %s, and package repository knows it at %s: if it is to be had at the version of the others, delete the exception", path, module.Path, module.Version, want)
			}
		}
	}
	if len(versions) != 1 {
		t.Errorf("the Azure SDK is required at %d versions: %v", len(versions), versions)
	}
	for module := range behind {
		if !met[module] {
			t.Errorf("no go.mod requires %s any more: delete the exception", module)
		}
	}
}

// The Go language host reads pulumi-plugin.json in each module of the program's, and the CLI
// downloads every plugin and version that they name.
func TestTheProgramAsksForOneVersionOfEachPlugin(t *testing.T) {
	list := exec.Command("go", "list", "-m", "-json", "all")
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	plugins := map[string]map[string][]string{} // modules by version by plugin
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var module struct{ Path, Dir string }
		if err := decoder.Decode(&module); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, file := range pluginFiles(module.Dir) {
			var plugin struct{ Name, Version string }
			data, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(data, &plugin)
			}
			if err != nil {
				t.Fatal(err)
			}
			if plugins[plugin.Name] == nil {
				plugins[plugin.Name] = map[string][]string{}
			}
			plugins[plugin.Name][plugin.Version] = append(plugins[plugin.Name][plugin.Version], module.Path)
		}
	}
	for _, name := range []string{"azure-native", "azuread", "kubernetes"} {
		if len(plugins[name]) != 1 {
			t.Errorf("the program asks for %d versions of the plugin %s: %v", len(plugins[name]), name, plugins[name])
		}
	}
}

// pluginFiles returns the places in a module where the language host looks for pulumi-plugin.json.
func pluginFiles(dir string) []string {
	if dir == "" {
		return nil // not downloaded, because no package of it is used
	}
	var files []string
	for _, pattern := range []string{"", "go", "go/*"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern, "pulumi-plugin.json"))
		files = append(files, found...)
	}
	return slices.Compact(files)
}
