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

// session is a command's use of the daemon, which it joins or starts. As long
// as it is open, no other session stops the daemon.
type session struct {
	flags   *flags
	home    home.Home
	users   *home.Users
	client  *daemon.Client
	started bool
	notes   io.Writer // gets a line where the daemon is another build's
}

// enter opens a session. A daemon that it starts forRun ends with the last session.
func (f *flags) enter(ctx context.Context, forRun bool, notes io.Writer) (*session, error) {
	h, err := f.open()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	users, err := h.Join(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{flags: f, home: h, users: users, notes: notes}
	if err := s.start(ctx, forRun); err != nil {
		users.Leave()
		return nil, err
	}
	return s, nil
}

// leave stops the daemon if it was started for the sessions' sake and this is the last.
func (s *session) leave(ctx context.Context) error {
	defer s.users.Leave()
	if err := s.users.Alone(); err != nil {
		if errors.Is(err, home.ErrInUse) {
			return nil
		}
		return err
	}
	client, err := daemon.Find(s.home)
	if err != nil || !client.Running.ForRun {
		return nil // stopped by hand, or to stay
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := client.Stop(ctx); err != nil {
		return fmt.Errorf("stop the sandbox after the command: %w", err)
	}
	return nil
}

// start joins the daemon that runs, or starts one.
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
				continue // it has ended in this moment
			}
			if err != nil {
				return err
			}
			if s.client.Running.Build == build {
				return nil
			}
			if !mayReplace {
				fmt.Fprintln(s.notes, "sandbox: another build of the sandbox runs, and other commands use it; `sandbox up` replaces it once they have ended.")
				return nil
			}
			mayReplace = false
			// One that was to stay has a successor that stays.
			if forRun, err = s.replace(ctx, forRun); err != nil {
				return err
			}
			continue
		}
		s.client, err = daemon.Start(ctx, s.home, daemon.StartOptions{Self: binary, Charts: charts, Port: s.flags.port, ForRun: forRun})
		if errors.Is(err, home.ErrHeld) && ctx.Err() == nil {
			time.Sleep(retryEvery) // another command has it, or has started one
			continue
		}
		s.started = err == nil
		return err
	}
}

// replace stops a daemon of another build unless another session uses it. The
// answer is whether the next one ends with the last session.
func (s *session) replace(ctx context.Context, forRun bool) (bool, error) {
	err := s.users.Alone()
	if err == nil {
		fmt.Fprintln(s.notes, "sandbox: another build of the sandbox runs; it is replaced by this one.")
		forRun = forRun && s.client.Running.ForRun
		err = s.client.Stop(ctx)
	}
	if err != nil && !errors.Is(err, home.ErrInUse) {
		return false, fmt.Errorf("replace the sandbox that runs: %w", err)
	}
	return forRun, s.users.Share(ctx)
}
