package pack

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/emptypb"
)

// connect returns the engine's client of the pack, over gRPC in memory.
func connect(t testing.TB, p *Pack) plugin.Analyzer {
	t.Helper()
	return plugin.NewAnalyzerWithClient(Name, dial(t, p))
}

func dial(t testing.TB, p *Pack) pulumirpc.AnalyzerClient {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	// The limit of rpcutil.ServeWithOptions.
	server := grpc.NewServer(grpc.MaxRecvMsgSize(400 << 20))
	pulumirpc.RegisterAnalyzerServer(server, NewServer(p))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:pack", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return pulumirpc.NewAnalyzerClient(conn)
}

// TestInfo checks what the engine gets about every policy, its configuration schema, and the
// version.
func TestInfo(t *testing.T) {
	p := New()
	client := connect(t, p)
	info, err := client.GetAnalyzerInfo(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if info.Name != Name || info.Version != Version || !info.SupportsConfig || len(info.Policies) != len(p.rules) {
		t.Errorf("got %s %s with %d policies", info.Name, info.Version, len(info.Policies))
	}
	for i, policy := range info.Policies {
		r := &p.rules[i]
		if policy.Name != r.Name || policy.URL != r.Source.URL || policy.Severity == "" || policy.RemediationSteps == "" {
			t.Errorf("policy %d is %+v, want %s", i, policy, r.Name)
		}
		for _, param := range r.Params {
			schema := policy.ConfigSchema.Properties[param.Name]
			if schema["type"] == nil || schema["description"] == "" || schema["default"] == nil {
				t.Errorf("parameter %s of %s has the schema %v", param.Name, r.Name, schema)
			}
		}
	}
	plug, err := client.GetPluginInfo(context.Background())
	if err != nil || plug.Version == nil || plug.Version.String() != Version {
		t.Errorf("got plugin info %v, %v", plug, err)
	}
}

// TestServe starts the pack as the engine does: it writes its port, answers, and ends with its
// context.
func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, New(), []string{"-logtostderr", "-v=9"}, in) }()
	line := make([]byte, 16)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	port := strings.TrimSpace(string(line[:n]))
	conn, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	info, err := pulumirpc.NewAnalyzerClient(conn).GetPluginInfo(ctx, &emptypb.Empty{})
	if err != nil || info.GetVersion() != Version {
		t.Errorf("got %v, %v", info, err)
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Serve ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("Serve does not end with its context")
	}
}

func TestServeRefusesUnknownFlags(t *testing.T) {
	err := Serve(context.Background(), New(), []string{"-unheard-of"}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "unheard-of") {
		t.Errorf("got %v, want an error that names the flag", err)
	}
}
