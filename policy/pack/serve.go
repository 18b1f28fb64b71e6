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

// alive is how often the pack looks whether its engine still runs. A killed engine leaves no pack behind for longer
// than this.
const alive = 2 * time.Second

// server puts two things right in the SDK's server (plugin.NewAnalyzerServer, sdk v3.245.0): it panics on a policy with
// a configuration schema, because protocol buffers do not take its named map type, and on a plugin without a version of
// the type that the SDK keeps for it.
type server struct {
	pulumirpc.AnalyzerServer
	pack *Pack
}

// NewServer is the gRPC face of the pack.
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
		rule := &s.pack.rules[i]
		if len(rule.Params) == 0 {
			continue
		}
		properties, err := structpb.NewStruct(schemas(rule))
		if err != nil {
			return nil, fmt.Errorf("describing the parameters of policy %s: %w", rule.Name, err)
		}
		policy.ConfigSchema = &pulumirpc.PolicyConfigSchema{Properties: properties}
	}
	return info, nil
}

// GetPluginInfo says the version.
func (s server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// Serve runs the pack until the engine or an interrupt ends it: it listens on a free port of the loopback interface
// and writes the port's number on a line of out, as the engine expects. The first argument is the engine's address;
// the second, with which old engines name the pack's folder, and the engine's flags are taken and not used.
func Serve(ctx context.Context, p *Pack, args []string, out io.Writer) error {
	flags := flag.NewFlagSet(Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.String("tracing", "", "taken from the engine and not used")
	flags.Bool("logtostderr", false, "taken from the engine and not used")
	flags.Bool("logflow", false, "taken from the engine and not used")
	flags.Int("v", 0, "taken from the engine and not used")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if address := flags.Arg(0); address != "" {
		var lost context.CancelFunc
		ctx, lost = context.WithCancel(ctx)
		defer lost()
		if err := rpcutil.Healthcheck(ctx, address, alive, lost); err != nil {
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
