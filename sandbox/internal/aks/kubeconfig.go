package aks

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/natefinch/atomic"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/kubeconfig"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// ensureKubeconfigs writes both kubeconfigs the first time and keeps them from then on. Pulumi's
// Kubernetes provider takes a kubeconfig with another text for another cluster.
func ensureKubeconfigs(l layout, f pki.Files, spec azure.ClusterSpec) error {
	for _, admin := range []bool{false, true} {
		file := l.kubeconfig(admin)
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			if err != nil {
				return fmt.Errorf("kubeconfig: %w", err)
			}
			continue
		}
		text, err := userKubeconfig(f, spec, admin)
		if err != nil {
			return err
		}
		if err := atomic.WriteFile(file, bytes.NewReader(text)); err != nil {
			return fmt.Errorf("kubeconfig: %w", err)
		}
	}
	return nil
}

// userKubeconfig returns what AKS answers to listClusterUserCredential and
// listClusterAdminCredential: the same names, the cluster's public host name, and a client
// certificate.
func userKubeconfig(f pki.Files, spec azure.ClusterSpec, admin bool) ([]byte, error) {
	identity, user := f.User, "clusterUser"
	if admin {
		identity, user = f.Admin, "clusterAdmin"
	}
	user = fmt.Sprintf("%s_%s_%s", user, spec.ResourceGroup, spec.Name)
	var data [3][]byte
	for n, file := range []string{f.ClusterCA.Cert, identity.Cert, identity.Key} {
		var err error
		if data[n], err = os.ReadFile(file); err != nil {
			return nil, fmt.Errorf("kubeconfig: %w", err)
		}
	}
	config := clientcmdapi.NewConfig()
	config.Clusters[spec.Name] = &clientcmdapi.Cluster{Server: "https://" + spec.FQDN + ":443", CertificateAuthorityData: data[0]}
	config.AuthInfos[user] = &clientcmdapi.AuthInfo{ClientCertificateData: data[1], ClientKeyData: data[2]}
	config.Contexts[spec.Name] = &clientcmdapi.Context{Cluster: spec.Name, AuthInfo: user}
	config.CurrentContext = spec.Name
	text, err := clientcmd.Write(*config)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	return text, nil
}

// managerKubeconfig returns the kubeconfig of kube-controller-manager, over loopback.
func managerKubeconfig(f pki.Files, p ports) clientcmdapi.Config {
	return kubeconfig.New(loopbackURL(p.apiServer), f.ClusterCA.Cert, certificateOf(f.Manager), "")
}

// reviewerKubeconfig returns the kubeconfig with which the API server reaches a path of the
// reviewer.
func reviewerKubeconfig(f pki.Files, p ports, path string) clientcmdapi.Config {
	return kubeconfig.New(loopbackURL(p.review)+path, f.InternalCA.Cert, certificateOf(f.TunnelClient), "")
}

func certificateOf(identity pki.Pair) clientcmdapi.AuthInfo {
	return clientcmdapi.AuthInfo{ClientCertificate: identity.Cert, ClientKey: identity.Key}
}
