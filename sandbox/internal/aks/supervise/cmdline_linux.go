package supervise

import (
	"bytes"
	"fmt"
	"os"
)

// commandLine is empty for a process that has ended and waits to be reaped.
func commandLine(pid int) (string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return "", err
	}
	return string(bytes.ReplaceAll(b, []byte{0}, []byte{' '})), nil
}
