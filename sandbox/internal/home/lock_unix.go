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

// retryEvery is how often a lock that someone else has is asked for again.
const retryEvery = 20 * time.Millisecond

func (h Home) lockFile() string { return filepath.Join(h.Dir, "lock") }

// Lock takes the folder for this process until it ends; the kernel gives it
// back even after kill -9, so a stale lock cannot exist. ErrHeld says that
// another sandbox has the folder.
func (h Home) Lock() (*os.File, error) {
	f, err := openLock(h.lockFile(), syscall.LOCK_EX)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrHeld
	}
	return f, err
}

// LockWithin is Lock for whoever means to keep the folder: a lock that is
// only held for a moment, by Held or by a command that starts a daemon, is waited for.
func (h Home) LockWithin(d time.Duration) (*os.File, error) {
	for deadline := time.Now().Add(d); ; time.Sleep(retryEvery) {
		f, err := h.Lock()
		if !errors.Is(err, ErrHeld) || time.Now().After(deadline) {
			return f, err
		}
	}
}

// Held says whether a daemon has the folder. It makes no file, and two who
// ask at once do not see each other.
func (h Home) Held() bool {
	f, err := os.Open(h.lockFile())
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// openLock takes the lock of a file that it makes. EWOULDBLOCK says that
// someone else has it.
func openLock(name string, how int) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the sandbox folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the sandbox folder: %w", err)
	}
	// Purge removes the file while it has the lock: what was got then is the
	// lock of no file, which the next one would not see.
	if !names(name, f) {
		f.Close()
		return nil, fmt.Errorf("lock the sandbox folder: %w", syscall.EWOULDBLOCK)
	}
	return f, nil
}

func names(name string, f *os.File) bool {
	at, err := os.Stat(name)
	if err != nil {
		return false
	}
	is, err := f.Stat()
	return err == nil && os.SameFile(at, is)
}

// Users is this process's place among the commands that use the sandbox. The
// kernel gives it up with the process.
type Users struct{ file *os.File }

// Join waits while the last user is stopping the daemon, and takes a place.
func (h Home) Join(ctx context.Context) (*Users, error) {
	for {
		f, err := openLock(filepath.Join(h.Dir, "users"), syscall.LOCK_SH)
		if err == nil {
			return &Users{f}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, err
		}
		if err := pause(ctx); err != nil {
			return nil, fmt.Errorf("another command is stopping the sandbox: %w", err)
		}
	}
}

// Alone keeps other users out until Share or Leave. ErrInUse says that there is
// another; this process has lost its place then (flock(2): a conversion
// gives the lock up first), so that of several who leave at once exactly the last is alone.
func (u *Users) Alone() error {
	err := syscall.Flock(int(u.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrInUse
	}
	return err
}

// Share takes the place again after Alone, whatever Alone answered.
func (u *Users) Share(ctx context.Context) error {
	for {
		err := syscall.Flock(int(u.file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("another command is stopping the sandbox: %w", err)
		}
	}
}

// Leave gives the place up.
func (u *Users) Leave() { _ = u.file.Close() }

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(retryEvery):
		return nil
	}
}
