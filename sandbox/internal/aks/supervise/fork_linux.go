package supervise

import (
	"os/exec"
	"runtime"
	"syscall"
)

// procAttr returns the attributes of a child. It is in its own process group, so that Ctrl-C in the
// daemon's terminal reaches the daemon only, which then stops its children in order. The kernel
// kills it if the daemon is killed.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

var forks = make(chan func())

func init() {
	go func() {
		// Linux sends the parent-death signal when the *thread* that forked ends (golang/go#27505).
		// This thread is locked and never ends.
		runtime.LockOSThread()
		for f := range forks {
			f()
		}
	}()
}

func fork(cmd *exec.Cmd) error {
	err := make(chan error)
	forks <- func() { err <- cmd.Start() }
	return <-err
}
