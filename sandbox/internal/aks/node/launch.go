package node

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/kubeconfig"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
)

// The parts that are fixed in the webhook's image: its program, and the default ports and folder of
// its flags (cmd/webhook/main.go, v1.6.0).
const (
	imageProgram       = "/manager"
	defaultCertDir     = "/certs"
	defaultWebhookPort = 9443
	defaultHealthPort  = 9440
	defaultMetricsPort = 8095
)

// launch has everything that one run of a pod's process needs.
type launch struct {
	spec                supervise.Spec
	ports               map[int]int
	readiness, liveness *prober
	tokenFile           string
	renew               time.Time
}

// prepare collects what the container needs. The error is a *waiting if the pod lacks something.
func (r *runner) prepare(ctx context.Context, volumes *volumeSync) (launch, error) {
	a, c := r.agent, r.container()
	if n, err := a.nodes.Get(r.pod.Spec.NodeName); err == nil {
		r.pod.Status.HostIP = internalIP(n)
	}
	mounts, err := volumes.mount(ctx, a.client, r.pod, c, filepath.Join(r.dir, "volumes"))
	if err != nil {
		return launch{}, err
	}
	env, err := environment(ctx, r.pod, c, a.configSources())
	if err != nil {
		return launch{}, err
	}
	l := launch{tokenFile: filepath.Join(r.dir, "token")}
	kubeconfigFile := filepath.Join(r.dir, "kubeconfig")
	if err := r.writeKubeconfig(kubeconfigFile, l.tokenFile); err != nil {
		return launch{}, err
	}
	if l.renew, err = writeToken(ctx, a.client, r.pod, l.tokenFile); err != nil {
		return launch{}, err
	}

	given, w := containerArgs(c, env)
	if w != nil {
		return launch{}, w
	}
	free, err := supervise.FreePorts(3)
	if err != nil {
		return launch{}, err
	}
	certDir := mounts[flagValue(given, "webhook-cert-dir", defaultCertDir)]
	if certDir == "" {
		certDir = filepath.Join(r.dir, "certs")
		if err := os.MkdirAll(certDir, 0o700); err != nil {
			return launch{}, err
		}
	}
	l.ports = map[int]int{
		defaultWebhookPort: free[0],
		flagPort(given, "health-addr", defaultHealthPort):   free[1],
		flagPort(given, "metrics-addr", defaultMetricsPort): free[2],
	}
	// Of two equal flags the last one counts: the sandbox decides where the process listens and
	// what it reads.
	args := append([]string{"webhook"}, given...)
	args = append(args,
		"--kubeconfig="+kubeconfigFile,
		"--webhook-cert-dir="+certDir,
		"--webhook-addr="+loopback(free[0]),
		"--health-addr="+loopback(free[1]),
		"--metrics-addr="+loopback(free[2]),
	)
	local := func(port int) (string, bool) { p, ok := l.ports[port]; return loopback(p), ok }
	if l.readiness, w = newProber(c, c.ReadinessProbe, local); w != nil {
		return launch{}, w
	}
	if l.liveness, w = newProber(c, c.LivenessProbe, local); w != nil {
		return launch{}, w
	}
	l.spec = supervise.Spec{
		Name: podKey(r.pod).String(), Path: a.options.Self, Args: args, Env: environ(env),
		LogFile: filepath.Join(a.options.Logs, fmt.Sprintf("pod-%s_%s.log", r.pod.Namespace, r.pod.Name)),
		PIDFile: filepath.Join(a.options.Run, fmt.Sprintf("pod-%s.pid", r.pod.UID)),
	}
	return l, nil
}

// writeKubeconfig writes the kubeconfig that replaces a container's service account folder.
func (r *runner) writeKubeconfig(file, tokenFile string) error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("kubeconfig of a pod: %w", err)
	}
	o := r.agent.options
	config := kubeconfig.New(o.Server, o.CAFile, clientcmdapi.AuthInfo{TokenFile: tokenFile}, r.pod.Namespace)
	if err := clientcmd.WriteToFile(config, file); err != nil {
		return fmt.Errorf("kubeconfig of a pod: %w", err)
	}
	return nil
}

// cleanUp removes the pod's files: token, key and certificates.
func (r *runner) cleanUp() {
	if err := os.RemoveAll(r.dir); err != nil {
		r.agent.log.Warn("files of a pod not removed", "pod", podKey(r.pod), "error", err)
	}
}

// containerArgs returns the arguments of the image's program.
func containerArgs(c *corev1.Container, env map[string]string) ([]string, *waiting) {
	mapping := expansion.MappingFuncFor(env)
	var words []string
	for _, word := range slices.Concat(c.Command, c.Args) {
		words = append(words, expansion.Expand(word, mapping))
	}
	if len(c.Command) == 0 {
		return words, nil
	}
	if words[0] != imageProgram {
		return nil, &waiting{reasonRunError, fmt.Sprintf("exec: %q: no such file or directory: the webhook's image holds %s only", words[0], imageProgram)}
	}
	return words[1:], nil
}

// flagValue returns the last value of a flag of Go's flag package.
func flagValue(args []string, name, fallback string) string {
	value := fallback
	for i, a := range args {
		trimmed := strings.TrimPrefix(strings.TrimPrefix(a, "-"), "-")
		if v, ok := strings.CutPrefix(trimmed, name+"="); ok && trimmed != a {
			value = v
		} else if trimmed == name && trimmed != a && i+1 < len(args) {
			value = args[i+1]
		}
	}
	return value
}

// flagPort returns the port of a flag that is an address.
func flagPort(args []string, name string, fallback int) int {
	_, port, err := net.SplitHostPort(flagValue(args, name, ""))
	if err != nil {
		return fallback
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return fallback
	}
	return n
}

func environ(env map[string]string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(env)) {
		out = append(out, k+"="+env[k])
	}
	return out
}

func (a *Agent) configSources() configSources {
	return configSources{
		configMap: func(ctx context.Context, namespace, name string) (map[string]string, error) {
			m, err := a.client.CoreV1().ConfigMaps(namespace).Get(ctx, name, metav1.GetOptions{})
			if err != nil {
				return nil, err
			}
			return m.Data, nil
		},
		secret: func(ctx context.Context, namespace, name string) (map[string][]byte, error) {
			s, err := a.client.CoreV1().Secrets(namespace).Get(ctx, name, metav1.GetOptions{})
			if err != nil {
				return nil, err
			}
			return s.Data, nil
		},
	}
}
