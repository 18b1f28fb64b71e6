package supervise

import (
	"bytes"
	"fmt"
	"os"
)

// commandLine returns the command line of a process. It is empty for a process that has ended and
// was not waited for.
func commandLine(pid int) (string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return "", err
	}
	return string(bytes.ReplaceAll(b, []byte{0}, []byte{' '})), nil
}
