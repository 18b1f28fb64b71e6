package process

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	"go.etcd.io/etcd/server/v3/embed"
)

// etcdStartTimeout limits the time in which a single member elects itself leader.
const etcdStartTimeout = 30 * time.Second

// runEtcd runs a single member that listens on one address, for clients with a certificate of the
// given authority only.
func runEtcd(args []string) error {
	fs := flag.NewFlagSet("etcd", flag.ContinueOnError)
	dataDir := fs.String("data-dir", "", "folder of the data")
	listen := fs.String("listen-client-url", "", "https://127.0.0.1:PORT")
	cert := fs.String("cert-file", "", "serving certificate")
	key := fs.String("key-file", "", "key of the serving certificate")
	ca := fs.String("trusted-ca-file", "", "authority of the clients' certificates")
	if err := fs.Parse(args); err != nil {
		return err
	}
	listenURL, err := url.Parse(*listen)
	if err != nil {
		return fmt.Errorf("etcd: --listen-client-url: %w", err)
	}

	cfg := embed.NewConfig()
	cfg.Name = "sandbox"
	cfg.Dir = *dataDir
	cfg.LogLevel = "error"
	cfg.LogOutputs = []string{"stderr"}
	// The JSON gateway would connect with a client certificate, which it does not have.
	cfg.EnableGRPCGateway = false
	cfg.ListenClientUrls = []url.URL{*listenURL}
	cfg.AdvertiseClientUrls = []url.URL{*listenURL}
	cfg.ClientTLSInfo = transport.TLSInfo{CertFile: *cert, KeyFile: *key, TrustedCAFile: *ca, ClientCertAuth: true}
	// A single member has no peers: it advertises a fixed address, which the data records, and
	// listens on none.
	cfg.ListenPeerUrls = nil
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	// A killed process loses nothing, because the kernel keeps what was written. Only a crash of
	// the machine can lose the last seconds; for a sandbox, faster writes are worth that.
	cfg.UnsafeNoFsync = true
	// The API server requests compaction itself, every five minutes; a small quota and few WAL
	// files keep the folder small.
	cfg.QuotaBackendBytes = 512 << 20
	cfg.MaxWalFiles, cfg.MaxSnapFiles = 2, 2
	cfg.SnapshotCount = 5000

	// The handler is installed before the start, so that a stop during the start is not lost.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)

	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer e.Close()

	select {
	case <-e.Server.ReadyNotify():
	case <-stop:
		return nil
	case err := <-e.Err():
		return fmt.Errorf("etcd: %w", err)
	case <-time.After(etcdStartTimeout):
		return fmt.Errorf("etcd: not ready after %s", etcdStartTimeout)
	}

	select {
	case <-stop:
		return nil
	case err := <-e.Err():
		return fmt.Errorf("etcd: %w", err)
	}
}
