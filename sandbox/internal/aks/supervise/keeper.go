package supervise

import (
	"log/slog"
	"sync"
	"time"
)

// The delay between restarts doubles from firstDelay to lastDelay. After a run of at least
// stableAfter it is firstDelay again.
const (
	firstDelay  = 500 * time.Millisecond
	lastDelay   = 30 * time.Second
	stableAfter = time.Minute
)

// State is the state of a supervised process.
type State string

// The states of a supervised process.
const (
	Running    State = "Running"
	Restarting State = "Restarting"
	Stopped    State = "Stopped"
)

// Keeper restarts a process until Stop.
type Keeper struct {
	spec Spec
	log  *slog.Logger

	stop chan struct{}
	done chan struct{}

	mu       sync.Mutex
	child    *Child
	state    State
	restarts int
}

// Keep starts a process and restarts it, after a growing delay, whenever it ends. The error is that
// of the first start.
func Keep(s Spec, log *slog.Logger) (*Keeper, error) {
	child, err := Start(s)
	if err != nil {
		return nil, err
	}
	k := &Keeper{spec: s, log: log, child: child, state: Running, stop: make(chan struct{}), done: make(chan struct{})}
	go k.run(child)
	return k, nil
}

func (k *Keeper) run(child *Child) {
	defer close(k.done)
	delay := firstDelay
	started := time.Now()
	for {
		select {
		case <-k.stop:
			return
		case <-child.Done():
		}
		if time.Since(started) >= stableAfter {
			delay = firstDelay
		}
		k.set(child, Restarting)
		k.log.Warn("process ended; restarting it", "process", k.spec.Name, "exit", child.ExitCode(), "delay", delay, "log", k.spec.LogFile)
		for {
			select {
			case <-k.stop:
				return
			case <-time.After(delay):
			}
			delay = min(2*delay, lastDelay)
			next, err := Start(k.spec)
			if err == nil {
				child, started = next, time.Now()
				k.set(child, Running)
				break
			}
			k.log.Error("cannot start process", "process", k.spec.Name, "error", err)
		}
	}
}

func (k *Keeper) set(c *Child, s State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s == Restarting {
		k.restarts++
	}
	k.child, k.state = c, s
}

// Name returns the name of the process.
func (k *Keeper) Name() string { return k.spec.Name }

// Status returns the state, the ID of the current or last process, and the number of restarts.
func (k *Keeper) Status() (state State, pid, restarts int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state, k.child.PID(), k.restarts
}

// Stop ends the process, does not restart it, and returns when it has ended. It may be called
// again.
func (k *Keeper) Stop(grace time.Duration) {
	k.mu.Lock()
	if k.state == Stopped {
		k.mu.Unlock()
		<-k.done
		return
	}
	k.state = Stopped
	close(k.stop)
	k.mu.Unlock()
	// run has returned by now, so no further process can start.
	<-k.done
	k.mu.Lock()
	child := k.child
	k.state = Stopped
	k.mu.Unlock()
	child.Stop(grace)
}
