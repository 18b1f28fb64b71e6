package home

import "path/filepath"

// BinDir returns the folder of the programs that commands in the sandbox find on their PATH.
func (h Home) BinDir() string { return filepath.Join(h.Dir, "bin") }
