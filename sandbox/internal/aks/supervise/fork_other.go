//go:build !linux

package supervise

import (
	"os/exec"
	"syscall"
)

// procAttr returns the attributes of a child. It is in its own process group, so that Ctrl-C in the
// daemon's terminal reaches the daemon only. Other systems have no parent-death signal: only the
// parent pipe ends the child if the daemon is killed.
func procAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func fork(cmd *exec.Cmd) error { return cmd.Start() }
