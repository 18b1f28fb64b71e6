package supervise

import (
	"io"
	"os"
	"strconv"
	"syscall"
	"time"
)

// parentPipeEnv is the variable with the file descriptor of a pipe from the parent process.
const parentPipeEnv = "SANDBOX_PARENT_PIPE_FD"

// parentPipeGrace is the time that a child has to stop by itself after its parent has ended.
const parentPipeGrace = 5 * time.Second

// FollowParent ends this process when its parent ends, even by SIGKILL: the kernel then closes the
// parent's end of a pipe. Unlike Linux's parent-death signal this works on every system. It does
// nothing in a process that this package did not start.
func FollowParent() {
	fd, err := strconv.Atoi(os.Getenv(parentPipeEnv))
	if err != nil {
		return
	}
	// The variable and the descriptor are not for this process's own children.
	os.Unsetenv(parentPipeEnv)
	syscall.CloseOnExec(fd)
	pipe := os.NewFile(uintptr(fd), "parent")
	go func() {
		_, _ = io.Copy(io.Discard, pipe)
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(syscall.SIGTERM)
		}
		time.Sleep(parentPipeGrace)
		os.Exit(1)
	}()
}
