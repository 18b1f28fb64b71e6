//go:build unix

package home

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Lock takes the folder for this process until it ends; the kernel gives it
// back even after kill -9, so a stale lock cannot exist. ErrHeld says that
// another sandbox has the folder.
func (h Home) Lock() (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(h.Dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the sandbox folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrHeld
		}
		return nil, fmt.Errorf("lock the sandbox folder: %w", err)
	}
	return f, nil
}

// Held says whether a daemon has the folder.
func (h Home) Held() bool {
	f, err := h.Lock()
	if err != nil {
		return errors.Is(err, ErrHeld)
	}
	f.Close()
	return false
}
