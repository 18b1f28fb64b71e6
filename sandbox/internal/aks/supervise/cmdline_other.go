//go:build !linux

package supervise

import (
	"os/exec"
	"strconv"
)

func commandLine(pid int) (string, error) {
	b, err := exec.Command("ps", "-ww", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	return string(b), err
}
