package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestPurge(t *testing.T) {
	gone := func(t *testing.T, h Home) bool {
		_, err := os.Stat(h.Dir)
		return errors.Is(err, fs.ErrNotExist)
	}
	fill := func(t *testing.T, h Home) {
		for _, dir := range []string{h.AzureDir(), h.ClustersDir(), h.EmptyDir()} {
			if err := os.MkdirAll(filepath.Join(dir, "deep"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.ShellToken("jwt"); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(h.Mark(), h.SavePort(1), h.WriteRunning(Running{})); err != nil {
			t.Fatal(err)
		}
		join(t, h)
		lock(t, h).Close()
	}
	t.Run("a sandbox's folder is removed as a whole", func(t *testing.T) {
		h := testHome(t)
		fill(t, h)
		if err := h.Purge(); err != nil || !gone(t, h) {
			t.Errorf("error %v, gone %t", err, gone(t, h))
		}
		if err := h.Purge(); err != nil {
			t.Errorf("a second time: %v", err)
		}
	})
	t.Run("a folder that no daemon has marked is refused, untouched", func(t *testing.T) {
		h := Home{Dir: t.TempDir()}
		mine := filepath.Join(h.Dir, "azure")
		if err := os.WriteFile(mine, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.Purge(); !errors.Is(err, ErrNoSandbox) {
			t.Errorf("error %v", err)
		}
		if entries, _ := os.ReadDir(h.Dir); len(entries) != 1 {
			t.Errorf("the folder has %v", entries)
		}
	})
	t.Run("a running daemon keeps its state", func(t *testing.T) {
		h := testHome(t)
		fill(t, h)
		lock(t, h)
		if err := h.Purge(); !errors.Is(err, ErrHeld) {
			t.Errorf("error %v", err)
		}
		if _, err := os.Stat(h.AzureDir()); err != nil {
			t.Error(err)
		}
	})
	t.Run("other files in the folder stay", func(t *testing.T) {
		h := testHome(t)
		fill(t, h)
		mine := filepath.Join(h.Dir, "thesis.txt")
		if err := os.WriteFile(mine, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.Purge(); err == nil {
			t.Error("no error, although the folder stays")
		}
		if entries, _ := os.ReadDir(h.Dir); len(entries) != 1 || entries[0].Name() != "thesis.txt" {
			t.Errorf("the folder has %v", entries)
		}
	})
}
