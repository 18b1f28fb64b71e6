package clusters

import (
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"
)

// Applications of Microsoft through which users sign in to a cluster
// (https://azure.github.io/kubelogin/concepts/aks.html).
const (
	aksServer = "6dae42f8-4368-4678-94ff-3960e28e3630" // Azure Kubernetes Service AAD Server
	aksClient = "80faf920-1908-4b52-b5ef-a8e7bedfc67a" // Azure Kubernetes Service AAD Client
)

// kubeconfig holds the members of a kubeconfig that AKS writes. It is not the type of client-go,
// whose encoding has further members: the text must not change, because Pulumi's Kubernetes
// provider regards another text as another cluster.
type kubeconfig struct {
	APIVersion     string         `yaml:"apiVersion"`
	Clusters       []namedCluster `yaml:"clusters"`
	Contexts       []namedContext `yaml:"contexts"`
	CurrentContext string         `yaml:"current-context"`
	Kind           string         `yaml:"kind"`
	Users          []namedUser    `yaml:"users,omitempty"`
}

type namedCluster struct {
	Cluster kubeServer `yaml:"cluster"`
	Name    string     `yaml:"name"`
}

type kubeServer struct {
	CA     string `yaml:"certificate-authority-data"` // base64 of PEM
	Server string `yaml:"server"`
}

type namedContext struct {
	Context kubeContext `yaml:"context"`
	Name    string      `yaml:"name"`
}

type kubeContext struct {
	Cluster string `yaml:"cluster"`
	User    string `yaml:"user"`
}

type namedUser struct {
	Name string   `yaml:"name"`
	User kubeUser `yaml:"user"`
}

type kubeUser struct {
	Exec kubeExec `yaml:"exec"`
}

// kubeExec is a credential plugin of client.authentication.k8s.io.
type kubeExec struct {
	APIVersion         string   `yaml:"apiVersion"`
	Args               []string `yaml:"args"`
	Command            string   `yaml:"command"`
	InstallHint        string   `yaml:"installHint"`
	ProvideClusterInfo bool     `yaml:"provideClusterInfo"`
}

// entraKubeconfig returns the kubeconfig for users of a cluster with managed Entra ID: the server
// of the admin's kubeconfig, and kubelogin instead of a credential. The text is always the same.
func entraKubeconfig(admin []byte, user, tenant string) ([]byte, error) {
	var given kubeconfig
	if err := yaml.Unmarshal(admin, &given); err != nil {
		return nil, fmt.Errorf("read the admin's kubeconfig: %w", err)
	}
	if len(given.Clusters) != 1 {
		return nil, errors.New("the admin's kubeconfig does not name exactly one cluster")
	}
	cluster := given.Clusters[0]
	text, err := yaml.Marshal(kubeconfig{
		APIVersion: "v1", Kind: "Config", Clusters: given.Clusters, CurrentContext: cluster.Name,
		Contexts: []namedContext{{Name: cluster.Name, Context: kubeContext{Cluster: cluster.Name, User: user}}},
		Users: []namedUser{{Name: user, User: kubeUser{Exec: kubeExec{
			APIVersion: "client.authentication.k8s.io/v1beta1", Command: "kubelogin",
			Args: []string{
				"get-token", "--environment", "AzurePublicCloud", "--server-id", aksServer, "--client-id", aksClient,
				"--tenant-id", tenant, "--login", "devicecode",
			},
			InstallHint: "kubelogin is not installed which is required to connect to AAD enabled cluster. To learn more, please go to https://aka.ms/aks/kubelogin",
		}}}},
	})
	if err != nil {
		return nil, fmt.Errorf("write the user's kubeconfig: %w", err)
	}
	return text, nil
}
