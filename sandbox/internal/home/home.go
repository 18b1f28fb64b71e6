// Package home has the layout of the sandbox's folder, its locks, and the address of the daemon
// that runs in it.
package home

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Home is the folder that holds everything the sandbox keeps: Azure's state, the clusters' etcd
// data and keys, the certificate authority, and logs.
type Home struct{ Dir string }

// Open returns the folder and creates it if it is missing. Only its owner can read it, because it
// holds private keys.
func Open(dir string) (Home, error) {
	h, err := At(dir)
	if err != nil {
		return Home{}, err
	}
	if err := os.MkdirAll(filepath.Dir(h.LogFile()), 0o700); err != nil {
		return Home{}, fmt.Errorf("sandbox folder: %w", err)
	}
	return h, nil
}

// At returns the folder without creating anything, for commands that only read.
func At(dir string) (Home, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Home{}, fmt.Errorf("sandbox folder %q: %w", dir, err)
	}
	return Home{Dir: abs}, nil
}

// CADir returns the folder of the proxy's certificate authority.
func (h Home) CADir() string { return filepath.Join(h.Dir, "ca") }

// AzureDir returns the folder of Azure's state.
func (h Home) AzureDir() string { return filepath.Join(h.Dir, "azure") }

// ClustersDir returns the folder that has one folder for each managed cluster.
func (h Home) ClustersDir() string { return filepath.Join(h.Dir, "clusters") }

// FaultsFile returns the path of the sandbox's faults.
func (h Home) FaultsFile() string { return filepath.Join(h.Dir, "faults.json") }

// ChartsDir returns the folder of the packaged charts that the chart repository serves.
func (h Home) ChartsDir() string { return filepath.Join(h.Dir, "charts") }

// LogFile returns the path of the daemon's log.
func (h Home) LogFile() string { return filepath.Join(h.Dir, "logs", "daemon.log") }

// JournalDir returns the folder in which the Pulumi providers record the creations that they have
// begun.
func (h Home) JournalDir() string { return filepath.Join(h.Dir, "bridge") }

// Running is the address of a running daemon, and what a client must know about it.
type Running struct {
	PID     int       `json:"pid"`
	Port    int       `json:"port"`
	Token   string    `json:"token"` // required by the daemon's control paths
	Started time.Time `json:"started"`
	Build   string    `json:"build"`  // identity of the daemon's binary
	ForRun  bool      `json:"forRun"` // started by `sandbox run`; the last such command stops it
}

// URL returns the proxy's address in the form of HTTPS_PROXY.
func (r Running) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", r.Port) }

func (h Home) runFile() string { return filepath.Join(h.Dir, "run.json") }

// WriteRunning publishes the daemon's address. Readers see the old file or the whole new one. The
// temporary file has a fixed name, so that Purge finds it after a kill.
func (h Home) WriteRunning(r Running) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	part := h.runFile() + ".part"
	if err := os.WriteFile(part, data, 0o600); err != nil {
		return fmt.Errorf("publish the daemon's address: %w", err)
	}
	return os.Rename(part, h.runFile())
}

// RemoveRunning withdraws the daemon's address.
func (h Home) RemoveRunning() error {
	if err := os.Remove(h.runFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ReadRunning returns the daemon's last published address. The daemon may have ended since; Held
// reports whether it runs.
func (h Home) ReadRunning() (Running, error) {
	data, err := os.ReadFile(h.runFile())
	if err != nil {
		return Running{}, err
	}
	var r Running
	if err := json.Unmarshal(data, &r); err != nil {
		return Running{}, fmt.Errorf("%s: %w", h.runFile(), err)
	}
	return r, nil
}

func (h Home) portFile() string { return filepath.Join(h.Dir, "port") }

// LastPort returns the port of the proxy's last start, or 0. Shells that ran `sandbox env` still
// have that port in their environment.
func (h Home) LastPort() int {
	data, err := os.ReadFile(h.portFile())
	if err != nil {
		return 0
	}
	var port int
	if _, err := fmt.Sscanf(string(data), "%d", &port); err != nil {
		return 0
	}
	return port
}

// SavePort records the proxy's port for the next start.
func (h Home) SavePort(port int) error {
	return os.WriteFile(h.portFile(), fmt.Appendf(nil, "%d\n", port), 0o600)
}
