package supervise

import (
	"os/exec"
	"runtime"
	"syscall"
)

// procAttr puts the child in a group of its own, so that Ctrl-C in the
// daemon's terminal reaches the daemon only, which then stops its children in
// order, and has the kernel kill it should the daemon be killed.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

var forks = make(chan func())

func init() {
	go func() {
		// Linux sends the parent-death signal when the *thread* that forked
		// ends (golang/go#27505). This one is locked and never does.
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
