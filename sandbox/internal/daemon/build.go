package daemon

import (
	"fmt"
	"os"
	"path/filepath"
)

// Build returns an identity of a binary made from its path, size and modification time. Building or
// installing another one changes at least one of them.
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
