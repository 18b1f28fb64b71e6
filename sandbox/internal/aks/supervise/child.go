// Package supervise runs the operating-system processes of a cluster: they end with the daemon,
// leave nothing running when they are stopped, and are restarted when they crash.
package supervise

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// maxLog is the size, in bytes, above which a log is renamed at the next start.
const maxLog = 8 << 20

// Spec describes one process.
type Spec struct {
	// Name is the name in the status and in messages.
	Name string
	// Path and Args are the program and its arguments, without the program's name.
	Path string
	Args []string
	// Env is the whole environment. Nothing is inherited, so that a proxy setting of the daemon's
	// shell does not reach a cluster.
	Env []string
	// LogFile gets standard output and standard error, appended.
	LogFile string
	// PIDFile has the process ID while the process runs, for KillLeftovers.
	PIDFile string
}

// Child is one run of a process.
type Child struct {
	cmd        *exec.Cmd
	pidFile    string
	parentPipe *os.File // the child sees its end when this process ends
	done       chan struct{}
	err        error
}

// Start starts a process once.
func Start(s Spec) (*Child, error) {
	for _, dir := range []string{filepath.Dir(s.LogFile), filepath.Dir(s.PIDFile)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	log, err := openLog(s.LogFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	defer log.Close()
	readEnd, writeEnd, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	defer readEnd.Close()

	cmd := exec.Command(s.Path, s.Args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{readEnd} // descriptor 3
	cmd.Env = append(append([]string{}, s.Env...), parentPipeEnv+"=3")
	cmd.SysProcAttr = procAttr()
	if err := fork(cmd); err != nil {
		writeEnd.Close()
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	c := &Child{cmd: cmd, pidFile: s.PIDFile, parentPipe: writeEnd, done: make(chan struct{})}
	if err := os.WriteFile(s.PIDFile, []byte(strconv.Itoa(cmd.Process.Pid)), 0o600); err != nil {
		_ = cmd.Process.Kill()
		c.wait()
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	go c.wait()
	return c, nil
}

func (c *Child) wait() {
	c.err = c.cmd.Wait()
	c.parentPipe.Close()
	_ = os.Remove(c.pidFile)
	close(c.done)
}

// PID returns the process ID; it stays the same after the end.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Done returns a channel that is closed when the process has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Err returns how the process ended, nil for status 0. It is valid once Done is closed.
func (c *Child) Err() error { return c.err }

// ExitCode returns the exit status, or 128+signal as shells do. It is valid once Done is closed.
func (c *Child) ExitCode() int {
	var exit *exec.ExitError
	if !errors.As(c.err, &exit) {
		return 0
	}
	if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return exit.ExitCode()
}

// Stop sends SIGTERM, kills the process after grace, and returns when it has ended.
func (c *Child) Stop(grace time.Duration) {
	// Signal fails only if the process has ended already.
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-c.done:
		return
	case <-timer.C:
	}
	_ = c.cmd.Process.Kill()
	<-c.done
}

// openLog opens the log. A large log is renamed first and replaces the renamed one before it, so
// that a sandbox that is used for months does not fill the disk.
func openLog(file string) (*os.File, error) {
	if info, err := os.Stat(file); err == nil && info.Size() > maxLog {
		if err := os.Rename(file, file+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}
