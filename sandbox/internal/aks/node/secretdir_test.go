package node

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSecretDirShowsWholeVersions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "certs")
	for _, want := range []map[string][]byte{
		{},
		{"tls.crt": []byte("1"), "tls.key": []byte("1")},
		{"tls.crt": []byte("2"), "tls.key": []byte("2"), "ca.crt": []byte("2")},
		{"tls.crt": []byte("3")},
	} {
		if err := writeSecretDir(dir, want); err != nil {
			t.Fatal(err)
		}
		got := map[string][]byte{}
		files, err := filepath.Glob(filepath.Join(dir, "[^.]*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if got[filepath.Base(f)], err = os.ReadFile(f); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		// The link and its target; older versions are removed.
		if hidden, _ := filepath.Glob(filepath.Join(dir, ".*")); len(hidden) != 2 {
			t.Errorf("hidden: %v", hidden)
		}
	}
}
