// Package kubeconfig has the form of the kubeconfigs of the sandbox's own processes. Those of users
// have AKS's names; package aks makes them.
package kubeconfig

import clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

// name is the name of the only cluster, user and context of a kubeconfig.
const name = "sandbox"

// New returns a kubeconfig for one user of one server. Keys, certificates and tokens stay in their
// own files, so that a token can be renewed.
func New(server, caFile string, user clientcmdapi.AuthInfo, namespace string) clientcmdapi.Config {
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{Server: server, CertificateAuthority: caFile}
	config.AuthInfos[name] = &user
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name, Namespace: namespace}
	config.CurrentContext = name
	return *config
}
