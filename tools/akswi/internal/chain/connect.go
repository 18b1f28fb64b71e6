package chain

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/login"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// requestTimeout bounds one request to an issuer or API server, so that one that hangs leaves time
// for the others.
const requestTimeout = 30 * time.Second

// Connect returns the chain with the clients for the cluster of a stack. The settings decide how
// the operator logs in. A client that cannot be made is left out and the error kept: the links that
// need it report it.
func Connect(stack *outputs.Stack, settings login.Settings) *Chain {
	c := &Chain{Stack: stack, Issuers: &Issuers{Client: &http.Client{
		Timeout: requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // an issuer does not redirect
		},
	}}}
	operator, err := login.Choose(login.Options{
		Settings:       settings,
		Client:         azcore.ClientOptions{Cloud: stack.Cloud.Configuration},
		TenantID:       stack.TenantID,
		SDKEnvironment: true,
	})
	if err != nil {
		c.CredentialsErr = err
	} else {
		azure := &Azure{Cloud: stack.Cloud, Login: operator}
		c.Credentials, c.Roles = azure, azure
	}
	client, err := newKubernetesClient(stack.Kubeconfig)
	if err != nil {
		c.KubernetesErr = err
	} else {
		c.Kubernetes = client
	}
	return c
}

// newKubernetesClient returns a client for the cluster of a kubeconfig.
func newKubernetesClient(kubeconfig string) (kubernetes.Interface, error) {
	if kubeconfig == "" {
		return nil, errors.New("the stack has no output kubeconfig")
	}
	config, err := clientcmd.RESTConfigFromKubeConfig([]byte(kubeconfig))
	if err != nil {
		return nil, fmt.Errorf("the output kubeconfig cannot be read: %w", err)
	}
	config.Timeout = requestTimeout
	// Federations are checked in parallel; client-go's default of 5 requests a second is for
	// controllers.
	config.QPS, config.Burst = 50, 100
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("the output kubeconfig cannot be used: %w", err)
	}
	return client, nil
}
