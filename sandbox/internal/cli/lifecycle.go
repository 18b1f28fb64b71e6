package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

func newUp(f *flags) *cobra.Command {
	var faults faultFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the sandbox, or report that it is running",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			began := time.Now()
			s, err := f.enter(cmd.Context(), false, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.leave(cmd.Context())) }()
			client := s.client
			if err := faults.use(cmd, client); err != nil {
				return err
			}
			if !s.started {
				if client.Running.ForRun {
					if err := client.Keep(cmd.Context()); err != nil {
						return err
					}
				}
				fmt.Fprintf(cmd.OutOrStdout(), "The sandbox is already running (process %d, port %d).\n", client.Running.PID, client.Running.Port)
				return nil
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The sandbox is running (process %d, port %d); it started in %.1f s.\n", client.Running.PID, client.Running.Port, time.Since(began).Seconds())
			return nil
		},
	}
	faults.register(cmd)
	return cmd
}

func newDown(f *flags) *cobra.Command {
	var purge bool
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop the sandbox; its state stays on disk",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := f.at()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), stopTimeout)
			defer cancel()
			switch err := f.stop(ctx, h); {
			case errors.Is(err, daemon.ErrNotRunning):
				fmt.Fprintln(cmd.OutOrStdout(), "The sandbox is not running.")
			case err != nil:
				return err
			default:
				fmt.Fprintln(cmd.OutOrStdout(), "The sandbox is stopped.")
			}
			if !purge {
				return nil
			}
			if err := h.Purge(); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "Its state is removed.")
			return nil
		},
	}
	cmd.Flags().BoolVar(&purge, "purge", false, "remove the state as well, with every resource of this Azure")
	return cmd
}

func (f *flags) stop(ctx context.Context, h home.Home) error {
	client, err := f.join(ctx, h)
	if err != nil {
		return err
	}
	return client.Stop(ctx)
}

func newServe(f *flags) *cobra.Command {
	var forRun bool
	cmd := &cobra.Command{
		Use:    "serve",
		Short:  "Run the sandbox in the foreground",
		Args:   cobra.NoArgs,
		Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := f.open()
			if err != nil {
				return err
			}
			binary, charts, err := f.self()
			if err != nil {
				return err
			}
			log := slog.New(slog.NewTextHandler(os.Stderr, nil))
			return daemon.Run(cmd.Context(), daemon.Options{Home: h, Self: binary, Charts: charts, Port: f.port, ForRun: forRun, Log: log})
		},
	}
	cmd.Flags().BoolVar(&forRun, "for-run", false, "stop after the last `sandbox run`")
	return cmd
}
