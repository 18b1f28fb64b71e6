package stackfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/stackfile"
)

// write makes a folder with files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const devFile = `secretsprovider: azurekeyvault://acme.vault.azure.net/keys/pulumi
config:
  location: westeurope
  azure-native:clientId: 11111111-1111-1111-1111-111111111111
  azure-native:useOidc: true
  azure-native:clientSecret:
    secure: v1:abc
  acme:vault:
    secrets:
      greeting:
        secure: v1:def
`

func TestOpen(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		files  map[string]string
		source stackfile.Source
		want   string // path of the file in the folder
	}{
		"Plain": {"the file is beside Pulumi.yaml",
			map[string]string{"Pulumi.yaml": "name: acme\n", "Pulumi.dev.yaml": devFile}, stackfile.Source{Stack: "dev"}, "Pulumi.dev.yaml"},
		"Organisation": {"a stack's whole name is no path",
			map[string]string{"Pulumi.yaml": "name: acme\n", "Pulumi.dev.yaml": devFile}, stackfile.Source{Stack: "org/acme/dev"}, "Pulumi.dev.yaml"},
		"Below": {"a command works in a folder of the program, as pulumi does",
			map[string]string{"Pulumi.yaml": "name: acme\n", "Pulumi.dev.yaml": devFile, "docs/page.md": ""},
			stackfile.Source{Stack: "dev", Folder: "docs"}, "Pulumi.dev.yaml"},
		"ConfigDir": {"stackConfigDir names another folder",
			map[string]string{"Pulumi.yaml": "name: acme\nstackConfigDir: env\n", "env/Pulumi.dev.yaml": devFile}, stackfile.Source{Stack: "dev"}, "env/Pulumi.dev.yaml"},
		"ConfigFile": {"--config-file is used as it is",
			map[string]string{"Pulumi.yaml": "name: acme\n", "other.yaml": devFile}, stackfile.Source{Stack: "dev", ConfigFile: "other.yaml"}, "other.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := write(t, tc.files)
			tc.source.Folder = filepath.Join(folder, tc.source.Folder)
			if tc.source.ConfigFile != "" {
				tc.source.ConfigFile = filepath.Join(folder, tc.source.ConfigFile)
			}
			f, err := stackfile.Open(tc.source)
			if err != nil {
				t.Fatalf("%s: %v", tc.reason, err)
			}
			absolute, err := filepath.Abs(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(folder, tc.want); absolute != want {
				t.Errorf("%s\nwant %s, got %s", tc.reason, want, absolute)
			}
			plain, encrypted := f.Texts()
			wantPlain := map[string]string{"acme:location": "westeurope", "azure-native:clientId": "11111111-1111-1111-1111-111111111111", "azure-native:useOidc": "true"}
			if diff := cmp.Diff(wantPlain, plain); diff != "" {
				t.Errorf("plain values (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]bool{"azure-native:clientSecret": true}, encrypted); diff != "" {
				t.Errorf("encrypted values (-want +got):\n%s", diff)
			}
			if !f.HasSecrets() || f.Stack != "dev" || f.Project != "acme" || f.SecretsProvider == "" {
				t.Errorf("%+v", f)
			}
			var vault struct{ Secrets map[string]string }
			if err := f.Decode("vault", &vault); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]string{"greeting": ""}, vault.Secrets); diff != "" {
				t.Errorf("a secret keeps its name (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenTellsWhatIsMissing(t *testing.T) {
	// A program is looked for in the folders above too, and the tests' own temporary folder may be
	// in that of this repository.
	if _, err := stackfile.Open(stackfile.Source{Folder: "/", Stack: "dev"}); !errors.Is(err, stackfile.ErrNoProject) {
		t.Errorf("a folder without a program: %v", err)
	}
	folder := write(t, map[string]string{"Pulumi.yaml": "name: acme\n"})
	if _, err := stackfile.Open(stackfile.Source{Folder: folder, Stack: "dev"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a stack without a file: %v", err)
	}
}
