package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

// session is the use of a daemon by one command. While it is open, no other session stops the
// daemon.
type session struct {
	flags   *flags
	home    home.Home
	lock    *home.Membership
	client  *daemon.Client
	started bool
	notes   io.Writer // gets a message if the daemon is of another build
}

// enter opens a session and starts a daemon if none runs. If forRun is true, that daemon stops with
// the last session.
func (f *flags) enter(ctx context.Context, forRun bool, notes io.Writer) (*session, error) {
	h, err := f.open()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	lock, err := h.Join(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{flags: f, home: h, lock: lock, notes: notes}
	if err := s.start(ctx, forRun); err != nil {
		lock.Leave()
		return nil, err
	}
	return s, nil
}

// leave closes the session. It stops a daemon that was started for sessions if this is the last
// one.
func (s *session) leave(ctx context.Context) error {
	defer s.lock.Leave()
	if err := s.lock.TryExclusive(); err != nil {
		if errors.Is(err, home.ErrInUse) {
			return nil
		}
		return err
	}
	client, err := daemon.Find(s.home)
	if err != nil || !client.Running.ForRun {
		return nil // stopped by `sandbox down`, or started by `sandbox up`
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := client.Stop(ctx); err != nil {
		return fmt.Errorf("stop the sandbox after the command: %w", err)
	}
	return nil
}

// start finds the daemon that runs, or starts one.
func (s *session) start(ctx context.Context, forRun bool) error {
	binary, charts, err := s.flags.self()
	if err != nil {
		return err
	}
	build, err := daemon.Build(binary)
	if err != nil {
		return err
	}
	mayReplace := true
	for {
		if s.home.Held() {
			s.client, err = s.flags.join(ctx, s.home)
			if errors.Is(err, daemon.ErrNotRunning) && ctx.Err() == nil {
				continue // it has just ended
			}
			if err != nil {
				return err
			}
			if s.client.Running.Build == build {
				return nil
			}
			if !mayReplace {
				fmt.Fprintln(s.notes, "sandbox: another build of the sandbox is running, and other commands use it; `sandbox up` replaces it once they have ended.")
				return nil
			}
			mayReplace = false
			// A daemon that `sandbox up` has started is replaced by one that stays, too.
			if forRun, err = s.replace(ctx, forRun); err != nil {
				return err
			}
			continue
		}
		s.client, err = daemon.Start(ctx, s.home, daemon.StartOptions{Self: binary, Charts: charts, Port: s.flags.port, ForRun: forRun})
		if errors.Is(err, home.ErrHeld) && ctx.Err() == nil {
			time.Sleep(retryEvery) // another command holds the lock, or has started a daemon
			continue
		}
		s.started = err == nil
		return err
	}
}

// replace stops a daemon of another build, unless another session uses it. It returns whether the
// next daemon stops with the last session.
func (s *session) replace(ctx context.Context, forRun bool) (bool, error) {
	err := s.lock.TryExclusive()
	if err == nil {
		fmt.Fprintln(s.notes, "sandbox: another build of the sandbox is running; it is replaced by this one.")
		forRun = forRun && s.client.Running.ForRun
		err = s.client.Stop(ctx)
	}
	if err != nil && !errors.Is(err, home.ErrInUse) {
		return false, fmt.Errorf("replace the running sandbox: %w", err)
	}
	return forRun, s.lock.Share(ctx)
}
