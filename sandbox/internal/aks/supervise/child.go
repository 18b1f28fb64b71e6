// Package supervise runs the operating-system processes of a cluster: started
// so that they die with the daemon, stopped without leftovers, started again
// when they crash.
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

// maxLog is the size, in bytes, from which a log is set aside at the next start.
const maxLog = 8 << 20

// Spec describes one process.
type Spec struct {
	// Name is for people: in the status and in messages.
	Name string
	// Path and Args are the program and its arguments, without the program's name.
	Path string
	Args []string
	// Env is the whole environment: nothing is inherited, so that a proxy
	// setting of the daemon's shell cannot reach a cluster.
	Env []string
	// LogFile gets standard output and error, appended.
	LogFile string
	// PIDFile holds the process id while the process runs, for KillLeftovers.
	PIDFile string
}

// Child is one run of a process.
type Child struct {
	cmd      *exec.Cmd
	pidFile  string
	lifeline *os.File
	done     chan struct{}
	err      error
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
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	defer theirs.Close()

	cmd := exec.Command(s.Path, s.Args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{theirs} // descriptor 3
	cmd.Env = append(append([]string{}, s.Env...), lifelineEnv+"=3")
	cmd.SysProcAttr = procAttr()
	if err := fork(cmd); err != nil {
		ours.Close()
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	c := &Child{cmd: cmd, pidFile: s.PIDFile, lifeline: ours, done: make(chan struct{})}
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
	c.lifeline.Close()
	_ = os.Remove(c.pidFile)
	close(c.done)
}

// PID is the process id; it stays the same after the end.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Done is closed when the process has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Err says how the process ended, nil for status 0. Valid once Done is closed.
func (c *Child) Err() error { return c.err }

// ExitCode is the status, or 128+signal as shells have it. Valid once Done is closed.
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

// Stop asks the process to end, kills it after grace, and returns when it is gone.
func (c *Child) Stop(grace time.Duration) {
	// Signal fails only when the process is gone already.
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

// openLog keeps one older log beside the present one, so that a sandbox that
// is used for months does not fill the disk.
func openLog(file string) (*os.File, error) {
	if info, err := os.Stat(file); err == nil && info.Size() > maxLog {
		if err := os.Rename(file, file+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}
