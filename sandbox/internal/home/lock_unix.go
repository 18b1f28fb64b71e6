//go:build unix

package home

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// retryEvery is the interval between two attempts to take a lock that another process holds.
const retryEvery = 20 * time.Millisecond

func (h Home) lockFile() string { return filepath.Join(h.Dir, "lock") }

// Lock locks the folder for this process. The kernel releases the lock when the process ends, also
// after kill -9, so that there are no stale locks. The error is ErrHeld if another sandbox holds
// the lock.
func (h Home) Lock() (*os.File, error) {
	f, err := openLock(h.lockFile(), syscall.LOCK_EX)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrHeld
	}
	return f, err
}

// LockWithin locks the folder, and waits up to d for a lock that another process holds for a moment
// only: Held, or a command that starts a daemon.
func (h Home) LockWithin(d time.Duration) (*os.File, error) {
	for deadline := time.Now().Add(d); ; time.Sleep(retryEvery) {
		f, err := h.Lock()
		if !errors.Is(err, ErrHeld) || time.Now().After(deadline) {
			return f, err
		}
	}
}

// Held reports whether a daemon holds the folder. It creates no file, and two concurrent calls do
// not see each other.
func (h Home) Held() bool {
	f, err := os.Open(h.lockFile())
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// openLock creates a file and locks it. The error is EWOULDBLOCK if another process holds the lock.
func openLock(name string, how int) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the sandbox folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the sandbox folder: %w", err)
	}
	// Purge removes the file while it holds the lock. A lock that was taken on the removed file
	// does not exclude the next process, which creates another file.
	if !isCurrent(name, f) {
		f.Close()
		return nil, fmt.Errorf("lock the sandbox folder: %w", syscall.EWOULDBLOCK)
	}
	return f, nil
}

// isCurrent reports whether the path still leads to the open file.
func isCurrent(name string, f *os.File) bool {
	current, err := os.Stat(name)
	if err != nil {
		return false
	}
	opened, err := f.Stat()
	return err == nil && os.SameFile(current, opened)
}

// Membership is a shared lock that every command holds while it uses the sandbox. The kernel
// releases it when the process ends.
type Membership struct{ file *os.File }

// Join takes a shared lock. It waits while the last user stops the daemon.
func (h Home) Join(ctx context.Context) (*Membership, error) {
	for {
		f, err := openLock(filepath.Join(h.Dir, "users"), syscall.LOCK_SH)
		if err == nil {
			return &Membership{f}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, err
		}
		if err := pause(ctx); err != nil {
			return nil, fmt.Errorf("another command is stopping the sandbox: %w", err)
		}
	}
}

// TryExclusive makes the lock exclusive, until Share or Leave. The error is ErrInUse if another
// command uses the sandbox; the lock is lost then, because flock(2) releases the old lock before it
// takes the new one. So when several commands leave at the same time, exactly the last one gets the
// exclusive lock.
func (m *Membership) TryExclusive() error {
	err := syscall.Flock(int(m.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrInUse
	}
	return err
}

// Share makes the lock shared again, also after TryExclusive has failed.
func (m *Membership) Share(ctx context.Context) error {
	for {
		err := syscall.Flock(int(m.file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("another command is stopping the sandbox: %w", err)
		}
	}
}

// Leave releases the lock.
func (m *Membership) Leave() { _ = m.file.Close() }

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(retryEvery):
		return nil
	}
}
