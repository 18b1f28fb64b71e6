package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The names of the kubelet's atomic writer. Programs that watch a mounted Secret depend on them.
const (
	dataLink    = "..data"
	dataLinkNew = "..data_tmp"
)

// writeSecretDir replaces all files of dir in one step: dir has links into ..data, which is a link
// to a folder with the time in its name. A reader never sees the certificate of one version and the
// key of another.
func writeSecretDir(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("secret volume: %w", err)
	}
	version := ".." + strconv.FormatInt(time.Now().UnixNano(), 36)
	if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
		return fmt.Errorf("secret volume: %w", err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, version, name), content, 0o600); err != nil {
			return fmt.Errorf("secret volume: %w", err)
		}
	}
	old, _ := os.Readlink(filepath.Join(dir, dataLink))
	tmp := filepath.Join(dir, dataLinkNew)
	_ = os.Remove(tmp)
	if err := os.Symlink(version, tmp); err != nil {
		return fmt.Errorf("secret volume: %w", err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, dataLink)); err != nil {
		return fmt.Errorf("secret volume: %w", err)
	}
	if err := linkFiles(dir, files); err != nil {
		return err
	}
	if old != "" && old != version {
		if err := os.RemoveAll(filepath.Join(dir, filepath.Base(old))); err != nil {
			return fmt.Errorf("secret volume: %w", err)
		}
	}
	return nil
}

// linkFiles makes the links in dir those of the files.
func linkFiles(dir string, files map[string][]byte) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("secret volume: %w", err)
	}
	have := map[string]bool{}
	for _, e := range entries {
		if e.Type()&os.ModeSymlink == 0 || e.Name() == dataLink {
			continue
		}
		if _, wanted := files[e.Name()]; wanted {
			have[e.Name()] = true
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("secret volume: %w", err)
		}
	}
	for name := range files {
		if have[name] {
			continue
		}
		if err := os.Symlink(filepath.Join(dataLink, name), filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("secret volume: %w", err)
		}
	}
	return nil
}
