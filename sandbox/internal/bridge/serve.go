package bridge

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// healthCheckInterval is the time between two checks whether the engine still runs. After the end
// of a killed engine, a provider runs no longer than this.
const healthCheckInterval = 2 * time.Second

// Serve runs a provider until the engine or an interrupt ends it. It listens on a free loopback
// port and writes the port's number on a line of out, as the engine expects. The first argument is
// the engine's address; without it the engine attaches later. The engine's flags (-tracing,
// -logtostderr, -v) are accepted and ignored.
func Serve(ctx context.Context, p *Provider, args []string, out io.Writer) error {
	flags := flag.NewFlagSet(p.pkg.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.String("tracing", "", "accepted from the engine and ignored")
	flags.Bool("logtostderr", false, "accepted from the engine and ignored")
	flags.Int("v", 0, "accepted from the engine and ignored")
	if err := flags.Parse(args); err != nil {
		return err
	}
	// The engine ends a provider with an interrupt; running operations then return what they have.
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	defer p.cancel()
	if flags.NArg() > 1 {
		return errors.New("expected at most one argument, the engine's address")
	}
	if address := flags.Arg(0); address != "" {
		if err := p.Attach(address); err != nil {
			return err
		}
		var lost context.CancelFunc
		ctx, lost = context.WithCancel(ctx)
		defer lost()
		if err := rpcutil.Healthcheck(ctx, address, healthCheckInterval, lost); err != nil {
			return fmt.Errorf("watching the engine at %s: %w", address, err)
		}
	}
	ended := make(chan bool)
	context.AfterFunc(ctx, func() { p.cancel(); close(ended) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: ended,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(server, NewServer(p))
			return nil
		},
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%d\n", handle.Port); err != nil {
		return err
	}
	return <-handle.Done
}
