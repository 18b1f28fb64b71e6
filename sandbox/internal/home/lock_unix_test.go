package home

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"
)

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
