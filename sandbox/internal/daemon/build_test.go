package daemon

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestBuildChangesWithTheBinary(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "sandbox")
	seen := map[string]bool{}
	for n, text := range []string{"one", "two", "three"} {
		if err := os.WriteFile(binary, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		when := time.Unix(int64(n), 0)
		if err := os.Chtimes(binary, when, when); err != nil {
			t.Fatal(err)
		}
		build, err := Build(binary)
		if err != nil {
			t.Fatal(err)
		}
		seen[build] = true
	}
	if len(seen) != 3 {
		t.Errorf("builds %v", seen)
	}
}
