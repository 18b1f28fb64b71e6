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
	"k8s.io/kubernetes/third_party/forked/golang/expansion"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
)

// What the webhook's image fixes: its program, and the ports and the folder
// that its flags default to (cmd/webhook/main.go, v1.6.0).
const (
	imageProgram       = "/manager"
	defaultCertDir     = "/certs"
	defaultWebhookPort = 9443
	defaultHealthPort  = 9440
	defaultMetricsPort = 8095
)

// launch is everything that one run of a pod's process needs.
type launch struct {
	spec                supervise.Spec
	ports               map[int]int
	readiness, liveness *prober
	tokenFile           string
	renew               time.Time
}

// prepare gets together what the container needs. The error is a *waiting
// where the pod lacks something.
func (r *runner) prepare(ctx context.Context, volumes *volumeSync) (launch, error) {
	a, c := r.agent, r.container()
	if n, err := a.nodes.Get(r.pod.Spec.NodeName); err == nil {
		r.pod.Status.HostIP = internalIP(n)
	}
	mounts, err := volumes.mount(ctx, a.client, r.pod, c, filepath.Join(r.dir, "volumes"))
	if err != nil {
		return launch{}, err
	}
	env, err := environment(ctx, r.pod, c, a.sources())
	if err != nil {
		return launch{}, err
	}
	l := launch{tokenFile: filepath.Join(r.dir, "token")}
	kubeconfig := filepath.Join(r.dir, "kubeconfig")
	if err := writeKubeconfig(kubeconfig, l.tokenFile, a.options.Server, a.options.CAFile, r.pod.Namespace); err != nil {
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
	// The last of two equal flags wins: where to listen and what to read is ours.
	args := append([]string{"webhook"}, given...)
	args = append(args,
		"--kubeconfig="+kubeconfig,
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

// cleanUp removes the pod's files: token, key and certificates.
func (r *runner) cleanUp() {
	if err := os.RemoveAll(r.dir); err != nil {
		r.agent.log.Warn("files of a pod not removed", "pod", podKey(r.pod), "error", err)
	}
}

// containerArgs is what the image's program is started with.
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

// flagValue is the last value of a flag of Go's flag package.
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

// flagPort is the port of an address that a flag gives.
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

func (a *Agent) sources() sources {
	return sources{
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
