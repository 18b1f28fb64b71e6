package bridge_test

import (
	"bufio"
	"context"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

type thing struct {
	Size int     `pulumi:"size"`
	Note *string `pulumi:"note"`
}

// echo is a service without state; the test is about the protocol, not about a service.
type echo struct{ bridge.Ops }

func (echo) Create(_ context.Context, c bridge.Call) (bridge.Live, error) {
	return bridge.Live{ID: "id-1", Outputs: c.Inputs}, nil
}

func testProvider(t *testing.T) *bridge.Provider {
	t.Helper()
	typ, err := schema.Of(reflect.TypeOf(thing{}))
	if err != nil {
		t.Fatal(err)
	}
	return bridge.New(bridge.Package{
		Name: "test", Version: semver.MustParse("1.2.3"), Config: typ,
		Configure: func(context.Context, map[string]string) error { return nil },
		Resources: []*bridge.Resource{{Tokens: []string{"test:index:Thing"}, Inputs: typ, Outputs: typ, Ops: echo{}}},
	})
}

// TestServe uses the provider as the engine does: the port on standard output, then gRPC.
func TestServe(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	serving, stop := context.WithCancel(ctx)
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- bridge.Serve(serving, testProvider(t), []string{"-tracing", "x", "--logtostderr", "-v=9"}, in)
	}()
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := pulumirpc.NewResourceProviderClient(conn)

	info, err := client.GetPluginInfo(ctx, &emptypb.Empty{})
	if err != nil || info.Version != "1.2.3" {
		t.Fatalf("GetPluginInfo: %v %v", info, err)
	}
	hello, err := client.Handshake(ctx, &pulumirpc.ProviderHandshakeRequest{EngineAddress: "127.0.0.1:1"})
	if err != nil || hello.AcceptSecrets || !hello.SupportsAutonamingConfiguration {
		t.Fatalf("Handshake: %v %v", hello, err)
	}
	if _, err := client.Attach(ctx, &pulumirpc.PluginAttach{Address: "127.0.0.1:1"}); err != nil {
		t.Fatalf("Attach: %v", err)
	}
	if _, err := client.Configure(ctx, &pulumirpc.ConfigureRequest{AcceptSecrets: true, AcceptResources: true}); err != nil {
		t.Fatalf("Configure: %v", err)
	}
	secret, err := structpb.NewStruct(map[string]any{
		"size": 2.0, "note": map[string]any{resource.SigKey: resource.SecretSig, "value": "hush"},
	})
	if err != nil {
		t.Fatal(err)
	}
	urn := "urn:pulumi:s::p::test:index:Thing::t"
	checked, err := client.Check(ctx, &pulumirpc.CheckRequest{Urn: urn, News: secret})
	if err != nil || len(checked.Failures) > 0 {
		t.Fatalf("Check: %v %v", checked, err)
	}
	made, err := client.Create(ctx, &pulumirpc.CreateRequest{Urn: urn, Properties: checked.Inputs})
	if err != nil || made.Id != "id-1" {
		t.Fatalf("Create: %v %v", made, err)
	}
	// The provider does not accept secrets, so that the engine marks the outputs of secret inputs.
	if note := made.Properties.Fields["note"].GetStringValue(); note != "hush" {
		t.Errorf("the input came back as %v", made.Properties)
	}
	wrong, err := structpb.NewStruct(map[string]any{"siz": 1.0})
	if err != nil {
		t.Fatal(err)
	}
	checked, err = client.Check(ctx, &pulumirpc.CheckRequest{Urn: urn, News: wrong})
	if err != nil || len(checked.Failures) != 2 {
		t.Errorf("Check of a wrong input: %v %v", checked, err)
	}
	if _, err := client.Cancel(ctx, &emptypb.Empty{}); err != nil {
		t.Errorf("Cancel: %v", err)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServeRefusesTooManyArguments(t *testing.T) {
	if err := bridge.Serve(t.Context(), testProvider(t), []string{"a", "b"}, io.Discard); err == nil {
		t.Error("two addresses were accepted")
	}
}
