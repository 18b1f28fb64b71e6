//go:build e2e

package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// kubernetes is a client of the stack's cluster, with the stack's kubeconfig and through the sandbox's door, as every command
// in the sandbox has it.
func (w *world) kubernetes(t *testing.T) *kubernetes.Clientset {
	t.Helper()
	config, err := clientcmd.RESTConfigFromKubeConfig([]byte(secret(t, w, "kubeconfig")))
	require.NoError(t, err)
	out, err := w.command(t.Context(), w.sandbox(), "run", "--", "env").Output()
	require.NoError(t, err)
	for line := range strings.Lines(string(out)) {
		if door, ok := strings.CutPrefix(strings.TrimSpace(line), "HTTPS_PROXY="); ok {
			proxy, err := url.Parse(door)
			require.NoError(t, err)
			config.Proxy = http.ProxyURL(proxy)
		}
	}
	require.NotNil(t, config.Proxy, "the sandbox names no door")
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	return client
}
