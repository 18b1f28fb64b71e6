//go:build !linux

package supervise

import (
	"os/exec"
	"syscall"
)

// procAttr puts the child in a group of its own, so that Ctrl-C in the
// daemon's terminal reaches the daemon only. The lifeline alone ends the
// child if the daemon is killed: other systems have no parent-death signal.
func procAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func fork(cmd *exec.Cmd) error { return cmd.Start() }
