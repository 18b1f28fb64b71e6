package clusters

import (
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"
)

// Applications of Microsoft that a user's sign-in to a cluster goes through
// (https://azure.github.io/kubelogin/concepts/aks.html).
const (
	aksServer = "6dae42f8-4368-4678-94ff-3960e28e3630" // Azure Kubernetes Service AAD Server
	aksClient = "80faf920-1908-4b52-b5ef-a8e7bedfc67a" // Azure Kubernetes Service AAD Client
)

// kubeconfig holds the members of a kubeconfig that AKS writes.
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

// kubeExec is a plugin of client.authentication.k8s.io.
type kubeExec struct {
	APIVersion         string   `yaml:"apiVersion"`
	Args               []string `yaml:"args"`
	Command            string   `yaml:"command"`
	InstallHint        string   `yaml:"installHint"`
	ProvideClusterInfo bool     `yaml:"provideClusterInfo"`
}

// entraKubeconfig writes the kubeconfig that AKS answers for users of a cluster with managed Entra ID: where the cluster
// is, as the admin's kubeconfig says, and kubelogin in the place of a credential. The answer is the same every time.
func entraKubeconfig(admin []byte, user, tenant string) ([]byte, error) {
	var known kubeconfig
	if err := yaml.Unmarshal(admin, &known); err != nil {
		return nil, fmt.Errorf("read the admin's kubeconfig: %w", err)
	}
	if len(known.Clusters) != 1 {
		return nil, errors.New("the admin's kubeconfig does not name exactly one cluster")
	}
	cluster := known.Clusters[0]
	text, err := yaml.Marshal(kubeconfig{
		APIVersion: "v1", Kind: "Config", Clusters: known.Clusters, CurrentContext: cluster.Name,
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
