package home

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

func TestTokens(t *testing.T) {
	h := testHome(t)
	left, err := h.NewToken("of a killed run")
	if err != nil {
		t.Fatal(err)
	}
	var shell string
	for range 3 {
		if shell, err = h.ShellToken("of a shell"); err != nil {
			t.Fatal(err)
		}
	}
	if entries, _ := os.ReadDir(h.TokenDir()); len(entries) != 2 {
		t.Errorf("%v: `sandbox env` adds a file each time", entries)
	}
	if err := h.RemoveTokens(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed run left is still there: %v", err)
	}
	if text, err := os.ReadFile(shell); err != nil || string(text) != "of a shell" {
		t.Errorf("the shells' file is %q, %v", text, err)
	}
}
