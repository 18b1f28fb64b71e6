package home

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
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

func TestLock(t *testing.T) {
	t.Run("two daemons cannot have one folder", func(t *testing.T) {
		h := testHome(t)
		f := lock(t, h)
		if _, err := h.Lock(); !errors.Is(err, ErrHeld) || !h.Held() {
			t.Errorf("error %v, held %t, want %v", err, h.Held(), ErrHeld)
		}
		f.Close()
		if h.Held() {
			t.Error("held after it was given back")
		}
	})
	t.Run("two concurrent calls of Held do not see each other", func(t *testing.T) {
		h := testHome(t)
		lock(t, h).Close()
		asking, err := os.Open(h.lockFile())
		if err != nil {
			t.Fatal(err)
		}
		defer asking.Close()
		if err := syscall.Flock(int(asking.Fd()), syscall.LOCK_SH); err != nil {
			t.Fatal(err)
		}
		if h.Held() {
			t.Error("held, although another process only reads the lock")
		}
	})
	t.Run("Held creates no file, because the folder may not be a sandbox's", func(t *testing.T) {
		h := Home{Dir: t.TempDir()}
		if h.Held() {
			t.Error("held")
		}
		if entries, _ := os.ReadDir(h.Dir); len(entries) > 0 {
			t.Errorf("made %v", entries)
		}
	})
	t.Run("a starting daemon waits for a process that holds the lock for a moment", func(t *testing.T) {
		h := testHome(t)
		f := lock(t, h)
		time.AfterFunc(50*time.Millisecond, func() { f.Close() })
		got, err := h.LockWithin(10 * time.Second)
		if err != nil {
			t.Fatal(err)
		}
		got.Close()
	})
	t.Run("the wait for a running daemon ends", func(t *testing.T) {
		h := testHome(t)
		lock(t, h)
		if _, err := h.LockWithin(0); !errors.Is(err, ErrHeld) {
			t.Errorf("error %v", err)
		}
	})
}

func TestMembership(t *testing.T) {
	t.Run("only the last command to leave gets the exclusive lock", func(t *testing.T) {
		h := testHome(t)
		first, second := join(t, h), join(t, h)
		if err := first.TryExclusive(); !errors.Is(err, ErrInUse) {
			t.Errorf("first: error %v, want %v", err, ErrInUse)
		}
		if err := second.TryExclusive(); err != nil {
			t.Errorf("second, though the first has not closed its file yet: %v", err)
		}
	})
	t.Run("a command waits while the last one stops the daemon", func(t *testing.T) {
		h := testHome(t)
		last := join(t, h)
		if err := last.TryExclusive(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := h.Join(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that it waited until the context ended", err)
		}
		time.AfterFunc(50*time.Millisecond, last.Leave)
		join(t, h)
	})
	t.Run("a lock can be shared again", func(t *testing.T) {
		h := testHome(t)
		m := join(t, h)
		if err := m.TryExclusive(); err != nil {
			t.Fatal(err)
		}
		if err := m.Share(t.Context()); err != nil {
			t.Fatal(err)
		}
		join(t, h)
	})
}

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
