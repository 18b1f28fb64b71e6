package clients

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// clusterClient returns a client by a kubeconfig.
func clusterClient(t *testing.T, kubeconfig []byte) kubernetes.Interface {
	t.Helper()
	config, err := clientcmd.RESTConfigFromKubeConfig(kubeconfig)
	require.NoError(t, err)
	config.Proxy = http.ProxyURL(sandbox.proxy)
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	return client
}

// kubernetes gets a path of the API server by the kubeconfig that az has written. Where kubectl is
// installed, it must list the nodes with the same file.
func (r *recipe) kubernetes(t *testing.T, path string) []byte {
	t.Helper()
	body, err := clusterClient(t, r.file(t, "kubeconfig")).CoreV1().RESTClient().Get().AbsPath(path).DoRaw(t.Context())
	require.NoError(t, err)
	if _, err := exec.LookPath("kubectl"); err == nil {
		require.Contains(t, r.run(t, `kubectl get nodes --output name`), "node/aks-nodepool1-")
	}
	return body
}

// kubernetesPost creates an object.
func (r *recipe) kubernetesPost(t *testing.T, path string, object any) {
	t.Helper()
	body, err := json.Marshal(object)
	require.NoError(t, err)
	_, err = clusterClient(t, r.file(t, "kubeconfig")).CoreV1().RESTClient().Post().AbsPath(path).Body(body).
		SetHeader("Content-Type", "application/json").DoRaw(t.Context())
	require.NoError(t, err)
}
