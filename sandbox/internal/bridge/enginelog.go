package bridge

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// engineLog sends messages to the engine, which shows them with the resource. Without an engine
// they are dropped.
type engineLog struct {
	mu     sync.Mutex
	conn   *grpc.ClientConn
	engine pulumirpc.EngineClient
}

func (l *engineLog) connect(address string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if address == "" || l.conn != nil && l.conn.Target() == address {
		return nil
	}
	conn, err := grpc.NewClient(address,
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	if err != nil {
		return fmt.Errorf("connecting to the engine at %s: %w", address, err)
	}
	if l.conn != nil {
		err = l.conn.Close()
	}
	l.conn, l.engine = conn, pulumirpc.NewEngineClient(conn)
	return err
}

// warnf sends a warning about a resource. A message that cannot be delivered is dropped, because it
// must not fail the operation.
func (l *engineLog) warnf(ctx context.Context, urn resource.URN, format string, args ...any) {
	l.mu.Lock()
	engine := l.engine
	l.mu.Unlock()
	if engine == nil {
		return
	}
	_, _ = engine.Log(ctx, &pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_WARNING, Urn: string(urn), Message: fmt.Sprintf(format, args...),
	})
}

func (l *engineLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil
	}
	conn := l.conn
	l.conn, l.engine = nil, nil
	return conn.Close()
}
