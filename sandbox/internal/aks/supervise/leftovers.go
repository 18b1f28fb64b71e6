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

// leftoverGrace is how long a leftover may take to end by itself.
const leftoverGrace = 3 * time.Second

// KillLeftovers ends the processes that an earlier daemon left, from the pid
// files in dir. A process id is used again by the system sooner or later, so
// only a process whose command line holds marker, the folder that is ours
// alone, is touched.
func KillLeftovers(dir, marker string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.pid"))
	if err != nil {
		return fmt.Errorf("leftovers in %s: %w", dir, err)
	}
	for _, file := range files {
		if pid, ok := readPID(file); ok && isOurs(pid, marker) {
			kill(pid, marker)
		}
		// A process that ends takes its file along, if its parent still lives.
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
	// 0 and below are groups to kill(2); 1 is never ours.
	return pid, err == nil && pid > 1
}

func isOurs(pid int, marker string) bool {
	line, err := commandLine(pid)
	return err == nil && strings.Contains(line, marker)
}

func kill(pid int, marker string) {
	_ = syscall.Kill(pid, syscall.SIGTERM)
	for deadline := time.Now().Add(leftoverGrace); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if !isOurs(pid, marker) {
			return
		}
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	// The port and the data's lock are free only once the process is gone.
	for deadline := time.Now().Add(leftoverGrace); isOurs(pid, marker) && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
}
