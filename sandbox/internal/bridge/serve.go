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

// alive is how often a provider looks whether its engine still runs. A killed engine leaves no provider behind for
// longer than this.
const alive = 2 * time.Second

// Serve runs a provider until the engine or an interrupt ends it: it listens on a free port of the loopback interface
// and writes the port's number on a line of out, as the engine expects. The first argument is the engine's address;
// without it the engine attaches later. Flags of the engine (-tracing, -logtostderr, -v) are taken and not used.
func Serve(ctx context.Context, p *Provider, args []string, out io.Writer) error {
	flags := flag.NewFlagSet(p.pkg.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.String("tracing", "", "taken from the engine and not used")
	flags.Bool("logtostderr", false, "taken from the engine and not used")
	flags.Int("v", 0, "taken from the engine and not used")
	if err := flags.Parse(args); err != nil {
		return err
	}
	// The engine ends a provider with an interrupt; operations under way then report what they have.
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
		if err := rpcutil.Healthcheck(ctx, address, alive, lost); err != nil {
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
