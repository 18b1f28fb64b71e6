package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// leftoverGrace is the time that a process has to end after each signal.
const leftoverGrace = 3 * time.Second

// KillLeftovers ends the processes that an earlier daemon left, by the pid files in dir. The system
// reuses process IDs, so only a process whose command line contains marker, the path of the
// cluster's folder, is ended.
func KillLeftovers(dir, marker string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.pid"))
	if err != nil {
		return fmt.Errorf("leftovers in %s: %w", dir, err)
	}
	for _, file := range files {
		if pid, ok := readPID(file); ok && hasMarker(pid, marker) {
			kill(pid, marker)
		}
		// A process that ends removes its file, if its parent still runs.
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("leftovers in %s: %w", dir, err)
		}
	}
	return nil
}

func readPID(file string) (int, bool) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	// kill(2) takes 0 and negative numbers for process groups; 1 is init.
	return pid, err == nil && pid > 1
}

func hasMarker(pid int, marker string) bool {
	line, err := commandLine(pid)
	return err == nil && strings.Contains(line, marker)
}

func kill(pid int, marker string) {
	_ = syscall.Kill(pid, syscall.SIGTERM)
	for deadline := time.Now().Add(leftoverGrace); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if !hasMarker(pid, marker) {
			return
		}
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	// The port and the lock of the data are free only once the process has ended.
	for deadline := time.Now().Add(leftoverGrace); hasMarker(pid, marker) && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
}
