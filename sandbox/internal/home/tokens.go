package home

import (
	"fmt"
	"os"
	"path/filepath"
)

// runTokens is the pattern of the files that NewToken creates.
const runTokens = "deployer-*.jwt"

// TokenDir returns the folder of the deployer's assertions: one file for each `sandbox run`, and
// one that all shells of `sandbox env` share.
func (h Home) TokenDir() string { return filepath.Join(h.Dir, "tokens") }

// EmptyDir returns a folder that has no files.
func (h Home) EmptyDir() string { return filepath.Join(h.Dir, "empty") }

// NewToken writes an assertion to a new file, which the caller removes.
func (h Home) NewToken(jwt string) (file string, err error) {
	if err := os.MkdirAll(h.TokenDir(), 0o700); err != nil {
		return "", fmt.Errorf("the deployer's token: %w", err)
	}
	f, err := os.CreateTemp(h.TokenDir(), runTokens)
	if err != nil {
		return "", fmt.Errorf("the deployer's token: %w", err)
	}
	_, err = f.WriteString(jwt)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("the deployer's token: %w", err)
	}
	return f.Name(), nil
}

// ShellToken writes the assertion that shells share. Another shell that reads the file at the same
// time reads the old text or the new one.
func (h Home) ShellToken(jwt string) (file string, err error) {
	part, err := h.NewToken(jwt)
	if err != nil {
		return "", err
	}
	file = filepath.Join(h.TokenDir(), "shell.jwt")
	if err := os.Rename(part, file); err != nil {
		_ = os.Remove(part)
		return "", fmt.Errorf("the deployer's token: %w", err)
	}
	return file, nil
}

// RemoveTokens removes the files of killed commands. The shells' file stays, as the proxy's port
// does: shells still have both in their environment.
func (h Home) RemoveTokens() error {
	files, err := filepath.Glob(filepath.Join(h.TokenDir(), runTokens))
	if err != nil {
		return fmt.Errorf("the deployer's tokens: %w", err)
	}
	for _, file := range files {
		if err := os.RemoveAll(file); err != nil {
			return fmt.Errorf("the deployer's tokens: %w", err)
		}
	}
	return nil
}
