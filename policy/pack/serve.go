package pack

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// healthInterval is how often the pack checks that its engine still runs. After the engine was
// killed, the pack ends within this time.
const healthInterval = 2 * time.Second

// server works around two panics of the SDK's server (plugin.NewAnalyzerServer, sdk v3.245.0): on a
// policy with a configuration schema, because protocol buffers do not take its named map type, and
// on a plugin without a version of the SDK's type.
type server struct {
	pulumirpc.AnalyzerServer
	pack *Pack
}

// NewServer returns the gRPC server of the pack.
func NewServer(p *Pack) pulumirpc.AnalyzerServer {
	return server{plugin.NewAnalyzerServer(p), p}
}

// GetAnalyzerInfo adds the configuration schemas to the SDK's answer.
func (s server) GetAnalyzerInfo(ctx context.Context, in *emptypb.Empty) (*pulumirpc.AnalyzerInfo, error) {
	info, err := s.AnalyzerServer.GetAnalyzerInfo(ctx, in)
	if err != nil {
		return nil, err
	}
	// The policies of the answer are in the order of the rules.
	for i, policy := range info.GetPolicies() {
		r := &s.pack.rules[i]
		if len(r.Params) == 0 {
			continue
		}
		properties, err := structpb.NewStruct(schemas(r))
		if err != nil {
			return nil, fmt.Errorf("describing the parameters of policy %s: %w", r.Name, err)
		}
		policy.ConfigSchema = &pulumirpc.PolicyConfigSchema{Properties: properties}
	}
	return info, nil
}

// GetPluginInfo returns the version.
func (s server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// Serve runs the pack until the engine or an interrupt ends it: it listens on a free port of the
// loopback interface and writes the port's number on a line of out, as the engine expects. The
// first argument is the engine's address. The second, the pack's folder that old engines pass, and
// the engine's flags are accepted and not used.
func Serve(ctx context.Context, p *Pack, args []string, out io.Writer) error {
	flags := flag.NewFlagSet(Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.String("tracing", "", "accepted from the engine and not used")
	flags.Bool("logtostderr", false, "accepted from the engine and not used")
	flags.Bool("logflow", false, "accepted from the engine and not used")
	flags.Int("v", 0, "accepted from the engine and not used")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if address := flags.Arg(0); address != "" {
		var lost context.CancelFunc
		ctx, lost = context.WithCancel(ctx)
		defer lost()
		if err := rpcutil.Healthcheck(ctx, address, healthInterval, lost); err != nil {
			return fmt.Errorf("watching the engine at %s: %w", address, err)
		}
	}
	ended := make(chan bool)
	context.AfterFunc(ctx, func() { close(ended) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: ended,
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterAnalyzerServer(s, NewServer(p))
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
