package daemon

import (
	"fmt"
	"os"
	"path/filepath"
)

// Build identifies a binary by its path, size and time of change: whatever
// builds or installs another one changes one of them.
func Build(binary string) (string, error) {
	path, err := filepath.EvalSymlinks(binary)
	if err != nil {
		return "", fmt.Errorf("identity of this binary: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("identity of this binary: %w", err)
	}
	return fmt.Sprintf("%s %d %d", path, info.Size(), info.ModTime().UnixNano()), nil
}
