package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func (h Home) markerFile() string { return filepath.Join(h.Dir, ".sandbox-home") }

// Mark marks the folder as a sandbox's. Only a daemon that holds the lock marks a folder.
func (h Home) Mark() error {
	if err := os.WriteFile(h.markerFile(), []byte("An Azure sandbox keeps its state here; `sandbox down --purge` removes it.\n"), 0o600); err != nil {
		return fmt.Errorf("mark the sandbox folder: %w", err)
	}
	return nil
}

// Purge removes the sandbox's state, path by path, and then the folder. The error is ErrNoSandbox
// for a folder that no daemon has marked, and ErrHeld while its daemon runs. Other files stay,
// which is an error. A folder that does not exist is no error.
func (h Home) Purge() error {
	if _, err := os.Stat(h.Dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(h.markerFile()); err != nil {
		return fmt.Errorf("%s: %w; remove the folder yourself if that is what you want", h.Dir, ErrNoSandbox)
	}
	lock, err := h.Lock()
	if err != nil {
		return err
	}
	defer lock.Close()
	// The marker is removed last, so that an interrupted purge can be repeated.
	for _, path := range []string{
		h.CADir(), h.AzureDir(), h.ClustersDir(), h.ChartsDir(), h.JournalDir(), h.TokenDir(), h.EmptyDir(), h.BinDir(),
		filepath.Dir(h.LogFile()), h.runFile(), h.runFile() + ".part", h.portFile(), filepath.Join(h.Dir, "users"),
		h.lockFile(), h.markerFile(),
	} {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("remove the sandbox's state: %w", err)
		}
	}
	if err := os.Remove(h.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the sandbox's state is removed, but its folder has other files and stays: %w", err)
	}
	return nil
}
