package process

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/Azure/azure-workload-identity/pkg/metrics"
	"github.com/Azure/azure-workload-identity/pkg/util"
	"github.com/Azure/azure-workload-identity/pkg/version"
	wiwebhook "github.com/Azure/azure-workload-identity/pkg/webhook"
	"github.com/open-policy-agent/cert-controller/pkg/rotator"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"monis.app/mlog"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/node"
)

// Names that are fixed in cmd/webhook/main.go of azure-workload-identity v1.6.0.
const (
	webhookConfiguration = "azure-wi-webhook-mutating-webhook-configuration"
	webhookSecret        = "azure-wi-webhook-server-cert"
	webhookService       = "azure-wi-webhook-webhook-service"
	webhookCAName        = "azure-workload-identity-ca"
	webhookCAOrg         = "azure-workload-identity"
	proxyImageRegistry   = "mcr.microsoft.com/oss/azure/workload-identity"
)

// webhookFlags are the flags of cmd/webhook v1.6.0 and two more: --kubeconfig replaces the service
// account folder that a container has at a fixed path, and --webhook-addr replaces the container's
// own network.
type webhookFlags struct {
	audience, certDir, tlsMinVersion, healthAddr, metricsAddr, metricsBackend, logLevel string
	disableCertRotation, versionInfo                                                    bool
	annotationSuffix, endpointAudience                                                  string
	kubeconfig, webhookAddr                                                             string
}

func parseWebhookFlags(args []string) (webhookFlags, error) {
	var f webhookFlags
	fs := flag.NewFlagSet("webhook", flag.ContinueOnError)
	fs.StringVar(&f.audience, "audience", "", "Audience for service account token")
	fs.StringVar(&f.certDir, "webhook-cert-dir", "/certs", "Webhook certificates dir to use")
	fs.BoolVar(&f.disableCertRotation, "disable-cert-rotation", false, "disable automatic generation and rotation of webhook TLS certificates/keys")
	fs.StringVar(&f.tlsMinVersion, "tls-min-version", "1.3", "Minimum TLS version")
	fs.StringVar(&f.healthAddr, "health-addr", "127.0.0.1:9440", "The address the health endpoint binds to")
	fs.StringVar(&f.metricsAddr, "metrics-addr", "127.0.0.1:8095", "The address the metrics endpoint binds to")
	fs.StringVar(&f.metricsBackend, "metrics-backend", "prometheus", "Backend used for metrics")
	fs.StringVar(&f.logLevel, "log-level", "", "unset (empty string), info, debug, trace and all")
	fs.BoolVar(&f.versionInfo, "version", false, "Print version information and exit")
	fs.StringVar(&f.annotationSuffix, "custom-token-endpoint-annotation-suffix", "", "Suffix of the annotation azure.workload.identity/use-<suffix>")
	fs.StringVar(&f.endpointAudience, "custom-token-endpoint-audience", "", "Audience of tokens for custom token endpoints")
	fs.StringVar(&f.kubeconfig, "kubeconfig", os.Getenv("KUBECONFIG"), "kubeconfig of the pod's service account")
	fs.StringVar(&f.webhookAddr, "webhook-addr", "127.0.0.1:9443", "The address the webhook binds to")
	if err := fs.Parse(args); err != nil {
		return webhookFlags{}, err
	}
	if fs.NArg() > 0 {
		return webhookFlags{}, fmt.Errorf("webhook takes no arguments, got %q", fs.Args())
	}
	return f, nil
}

// runWebhook does what cmd/webhook/main.go of azure-workload-identity v1.6.0 does, with the same
// packages, but listens on loopback instead of on every address.
func runWebhook(args []string) error {
	defer mlog.Setup()()

	f, err := parseWebhookFlags(args)
	if err != nil {
		return err
	}
	// Upstream's build sets these with -ldflags.
	version.BuildVersion = node.WebhookTag
	wiwebhook.ProxyImageRegistry, wiwebhook.ProxyImageVersion = proxyImageRegistry, node.WebhookTag
	if f.versionInfo {
		return version.PrintVersionToStdout()
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := mlog.ValidateAndSetLogLevelAndFormatGlobally(ctx, mlog.LogSpec{Level: mlog.LogLevel(f.logLevel), Format: mlog.FormatJSON}); err != nil {
		return fmt.Errorf("invalid --log-level set: %w", err)
	}
	log.SetLogger(mlog.Logr())

	config, err := clientcmd.BuildConfigFromFlags("", f.kubeconfig)
	if err != nil {
		return fmt.Errorf("webhook: kubeconfig: %w", err)
	}
	config.UserAgent = version.GetUserAgent("webhook")
	if err := metrics.InitMetricsExporter(f.metricsBackend); err != nil {
		return fmt.Errorf("webhook: metrics exporter: %w", err)
	}
	mgr, err := newManager(config, f)
	if err != nil {
		return err
	}

	setupFinished := make(chan struct{})
	if f.disableCertRotation {
		close(setupFinished)
	} else if err := addRotator(mgr, f.certDir, setupFinished); err != nil {
		return err
	}
	if err := addProbes(mgr, setupFinished); err != nil {
		return err
	}

	// Upstream panics if registering fails; here the process ends with an error.
	failed := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-setupFinished:
		case <-ctx.Done():
			return
		}
		if err := register(mgr, f); err != nil {
			failed <- err
			cancel()
		}
	}()
	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("webhook: unable to run manager: %w", err)
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func newManager(config *rest.Config, f webhookFlags) (manager.Manager, error) {
	minVersion, err := parseTLSVersion(f.tlsMinVersion)
	if err != nil {
		return nil, err
	}
	host, port, err := splitAddr(f.webhookAddr)
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("webhook: scheme: %w", err)
	}
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                 scheme,
		LeaderElection:         false,
		HealthProbeBindAddress: f.healthAddr,
		Metrics:                metricsserver.Options{BindAddress: f.metricsAddr},
		WebhookServer: webhook.NewServer(webhook.Options{
			Host:    host,
			Port:    port,
			CertDir: f.certDir,
			TLSOpts: []func(*tls.Config){func(c *tls.Config) { c.MinVersion = minVersion }},
		}),
		MapperProvider: apiutil.NewDynamicRESTMapper,
	})
	if err != nil {
		return nil, fmt.Errorf("webhook: unable to set up controller manager: %w", err)
	}
	return mgr, nil
}

func addRotator(mgr manager.Manager, certDir string, ready chan struct{}) error {
	err := rotator.AddRotator(mgr, &rotator.CertRotator{
		SecretKey:      types.NamespacedName{Namespace: util.GetNamespace(), Name: webhookSecret},
		CertDir:        certDir,
		CAName:         webhookCAName,
		CAOrganization: webhookCAOrg,
		DNSName:        fmt.Sprintf("%s.%s.svc", webhookService, util.GetNamespace()),
		IsReady:        ready,
		Webhooks:       []rotator.WebhookInfo{{Name: webhookConfiguration, Type: rotator.Mutating}},
	})
	if err != nil {
		return fmt.Errorf("webhook: unable to set up cert rotation: %w", err)
	}
	return nil
}

func register(mgr manager.Manager, f webhookFlags) error {
	mutator, err := wiwebhook.NewPodMutator(mgr.GetClient(), mgr.GetAPIReader(), f.audience, mgr.GetScheme(),
		mgr.GetConfig(), f.annotationSuffix, f.endpointAudience)
	if err != nil {
		return fmt.Errorf("webhook: unable to set up pod mutator: %w", err)
	}
	mgr.GetWebhookServer().Register("/mutate-v1-pod", &webhook.Admission{Handler: mutator})
	return nil
}

// addProbes adds the probes. They use the webhook server's own check once the certificate exists:
// requesting that check earlier would start the server too early.
func addProbes(mgr manager.Manager, setupFinished <-chan struct{}) error {
	check := func(req *http.Request) error {
		select {
		case <-setupFinished:
			return mgr.GetWebhookServer().StartedChecker()(req)
		default:
			return fmt.Errorf("certs are not ready yet")
		}
	}
	if err := mgr.AddHealthzCheck("healthz", check); err != nil {
		return fmt.Errorf("webhook: unable to add healthz check: %w", err)
	}
	if err := mgr.AddReadyzCheck("readyz", check); err != nil {
		return fmt.Errorf("webhook: unable to add readyz check: %w", err)
	}
	return nil
}

func splitAddr(addr string) (host string, port int, err error) {
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fmt.Errorf("webhook: --webhook-addr: %w", err)
	}
	port, err = strconv.Atoi(p)
	if err != nil {
		return "", 0, fmt.Errorf("webhook: --webhook-addr: port %q: %w", p, err)
	}
	return host, port, nil
}

func parseTLSVersion(v string) (uint16, error) {
	switch v {
	case "1.0":
		return tls.VersionTLS10, nil
	case "1.1":
		return tls.VersionTLS11, nil
	case "1.2":
		return tls.VersionTLS12, nil
	case "1.3":
		return tls.VersionTLS13, nil
	default:
		return 0, fmt.Errorf("webhook: invalid TLS version %q, must be one of 1.0, 1.1, 1.2, 1.3", v)
	}
}
