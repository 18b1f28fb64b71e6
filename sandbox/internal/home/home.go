// Package home knows the sandbox's folder: what lies where, who holds it, and
// how a client finds the daemon that runs in it.
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

// Home is the folder that holds everything the sandbox keeps: Azure's state,
// the clusters' etcd data and keys, the certificate authority, and logs.
type Home struct{ Dir string }

// Open makes the folder if it is missing, readable by its owner alone, since
// it holds private keys.
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

// At is Open for those who only look, and make nothing.
func At(dir string) (Home, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Home{}, fmt.Errorf("sandbox folder %q: %w", dir, err)
	}
	return Home{Dir: abs}, nil
}

// CADir holds the certificate authority of the door.
func (h Home) CADir() string { return filepath.Join(h.Dir, "ca") }

// AzureDir holds Azure's state.
func (h Home) AzureDir() string { return filepath.Join(h.Dir, "azure") }

// ClustersDir holds a folder for each managed cluster.
func (h Home) ClustersDir() string { return filepath.Join(h.Dir, "clusters") }

// ChartsDir holds the packaged charts that the chart repository serves.
func (h Home) ChartsDir() string { return filepath.Join(h.Dir, "charts") }

// LogFile is what the daemon writes.
func (h Home) LogFile() string { return filepath.Join(h.Dir, "logs", "daemon.log") }

// JournalDir notes which creations the bridge has begun.
func (h Home) JournalDir() string { return filepath.Join(h.Dir, "bridge") }

// Running says how to reach the daemon.
type Running struct {
	PID     int       `json:"pid"`
	Port    int       `json:"port"`
	Token   string    `json:"token"` // opens the daemon's control paths
	Started time.Time `json:"started"`
	Build   string    `json:"build"`  // identity of the binary that runs
	ForRun  bool      `json:"forRun"` // started by `sandbox run`: the last one stops it
}

// URL is the door's address, as HTTPS_PROXY wants it.
func (r Running) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", r.Port) }

func (h Home) runFile() string { return filepath.Join(h.Dir, "run.json") }

// WriteRunning publishes the daemon's address. The file appears whole or not at all.
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

// RemoveRunning takes the address back when the daemon ends.
func (h Home) RemoveRunning() error {
	if err := os.Remove(h.runFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ReadRunning returns the daemon's last published address. It is not proof
// that the daemon is alive: Held is.
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

// LastPort is the port the door had last time, or 0. A daemon that takes the
// same port again spares shells that still have it in their environment.
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

// KeepPort remembers the door's port for the next start.
func (h Home) KeepPort(port int) error {
	return os.WriteFile(h.portFile(), fmt.Appendf(nil, "%d\n", port), 0o600)
}
