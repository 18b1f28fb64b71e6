package pulumitest

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// monitor is the resource monitor that a program talks to.
//
// It is a server of its own on loopback, not pulumi.WithMocks: the SDK's mocks drop unknown values,
// fail on a secret that is unknown, and count registered outputs without saying whose they are.
// This keeps all of it, so that a preview is tested with what a preview has.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	rec *recorder
}

// engine is the rest of what a program expects of the engine: its log.
type engine struct {
	pulumirpc.UnimplementedEngineServer
	mu       sync.Mutex
	messages []Message
}

// Message is a line of the program's log.
type Message struct {
	Severity, Text string
}

// serve starts both; the address is good until stop is called.
func serve(rec *recorder) (addr string, log *engine, stop func() error, err error) {
	cancel := make(chan bool)
	log = &engine{}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterResourceMonitorServer(s, monitor{rec: rec})
			pulumirpc.RegisterEngineServer(s, log)
			return nil
		},
	})
	if err != nil {
		return "", nil, nil, err
	}
	stop = func() error {
		close(cancel)
		return <-handle.Done
	}
	return fmt.Sprintf("127.0.0.1:%d", handle.Port), log, stop, nil
}

var keepAll = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

// features are what the monitor understands. Output values are left out, so that dependencies stand
// beside the inputs and not within; transforms and hooks run in the engine.
var features = map[string]bool{
	"secrets": true, "resourceReferences": true, "aliasSpecs": true, "deletedWith": true, "replaceWith": true,
}

// SupportsFeature answers from the table of features.
func (m monitor) SupportsFeature(_ context.Context, in *pulumirpc.SupportsFeatureRequest) (*pulumirpc.SupportsFeatureResponse, error) {
	return &pulumirpc.SupportsFeatureResponse{HasSupport: features[in.GetId()]}, nil
}

// RegisterResource records a registration and answers like a provider.
func (m monitor) RegisterResource(_ context.Context, in *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	urn := urnOf(in.GetParent(), in.GetType(), in.GetName())
	if in.GetType() == string(resource.RootStackType) {
		return &pulumirpc.RegisterResourceResponse{Urn: urn}, nil
	}
	inputs, err := plugin.UnmarshalProperties(in.GetObject(), keepAll)
	if err != nil {
		return nil, err
	}
	r := newResource(urn, in, inputs)
	if err := m.rec.register(r); err != nil {
		return nil, err
	}
	state, err := marshal(r.Outputs)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.RegisterResourceResponse{Urn: urn, Id: r.ID, Object: state}, nil
}

// RegisterResourceOutputs records the outputs of a component or the stack.
func (m monitor) RegisterResourceOutputs(_ context.Context, in *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	outputs, err := plugin.UnmarshalProperties(in.GetOutputs(), keepAll)
	if err != nil {
		return nil, err
	}
	m.rec.finish(in.GetUrn(), outputs)
	return &emptypb.Empty{}, nil
}

// Invoke records a call of a provider's function and answers it.
func (m monitor) Invoke(_ context.Context, in *pulumirpc.ResourceInvokeRequest) (*pulumirpc.InvokeResponse, error) {
	args, err := plugin.UnmarshalProperties(in.GetArgs(), keepAll)
	if err != nil {
		return nil, err
	}
	result, err := m.rec.call(Call{Token: in.GetTok(), Args: args, Provider: in.GetProvider(), Version: in.GetVersion()})
	if err != nil {
		return nil, err
	}
	answer, err := marshal(result)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.InvokeResponse{Return: answer}, nil
}

// SignalAndWaitForShutdown returns at once: there is nothing to wait for.
func (m monitor) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Log keeps the message.
func (e *engine) Log(_ context.Context, in *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.messages = append(e.messages, Message{Severity: in.GetSeverity().String(), Text: in.GetMessage()})
	return &emptypb.Empty{}, nil
}

func marshal(m resource.PropertyMap) (*structpb.Struct, error) {
	return plugin.MarshalProperties(m, keepAll)
}
