package supervise

import (
	"io"
	"os"
	"strconv"
	"syscall"
	"time"
)

// lifelineEnv names the file descriptor whose end tells a child that its
// parent is gone.
const lifelineEnv = "SANDBOX_LIFELINE_FD"

// lifelineGrace is how long a child may take to stop by itself after that.
const lifelineGrace = 5 * time.Second

// FollowParent ends this process when the process that started it ends, even
// by SIGKILL: the kernel then closes the parent's end of a pipe. It works on
// every system, unlike Linux's parent-death signal, and does nothing where
// the process was not started by this package.
func FollowParent() {
	fd, err := strconv.Atoi(os.Getenv(lifelineEnv))
	if err != nil {
		return
	}
	// Not for children of ours.
	os.Unsetenv(lifelineEnv)
	syscall.CloseOnExec(fd)
	pipe := os.NewFile(uintptr(fd), "lifeline")
	go func() {
		_, _ = io.Copy(io.Discard, pipe)
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(syscall.SIGTERM)
		}
		time.Sleep(lifelineGrace)
		os.Exit(1)
	}()
}
