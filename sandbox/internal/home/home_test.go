package home

import (
	"os"
	"path/filepath"
	"testing"
)

func testHome(t *testing.T) Home {
	t.Helper()
	h, err := Open(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func lock(t *testing.T, h Home) *os.File {
	t.Helper()
	f, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func join(t *testing.T, h Home) *Membership {
	t.Helper()
	m, err := h.Join(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Leave)
	return m
}
