package preflight

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Deployed is what a stack has deployed already, as far as a check depends on it: its own names are
// no conflict, and its nodes are in the quota.
type Deployed struct {
	// Any reports that the stack has resources.
	Any bool
	// Version is the cluster's Kubernetes version as the stack gave it; "" if it gave none.
	Version string
	// Pools holds the numbers of nodes by the pool's name.
	Pools map[string]DeployedPool
	// Vaults and Groups hold names in lower case.
	Vaults, Groups map[string]bool
	// Cluster reports that the stack has one.
	Cluster bool
}

// DeployedPool is a pool of the stack's cluster.
type DeployedPool struct {
	VMSize  string
	Count   int
	Version string
}

type poolState struct {
	Name                string `json:"name"`
	VMSize              string `json:"vmSize"`
	Count               int    `json:"count"`
	OrchestratorVersion string `json:"orchestratorVersion"`
}

// ReadDeployed returns what is in the output of `pulumi stack export`. Secrets in it stay
// encrypted, and nothing of them is used.
func ReadDeployed(raw []byte) (Deployed, error) {
	var state struct {
		Deployment struct {
			Resources []struct {
				Type    string          `json:"type"`
				ID      string          `json:"id"`
				Inputs  json.RawMessage `json:"inputs"`
				Outputs json.RawMessage `json:"outputs"`
				Delete  bool            `json:"delete"`
			} `json:"resources"`
		} `json:"deployment"`
	}
	if err := json.Unmarshal(raw, &state); err != nil {
		return Deployed{}, fmt.Errorf("the stack's state cannot be read: %w", err)
	}
	d := Deployed{Pools: map[string]DeployedPool{}, Vaults: map[string]bool{}, Groups: map[string]bool{}}
	for _, r := range state.Deployment.Resources {
		if r.Delete || r.ID == "" {
			continue
		}
		d.Any = true
		name := strings.ToLower(r.ID[strings.LastIndex(r.ID, "/")+1:])
		switch kind := r.Type[strings.LastIndex(r.Type, ":")+1:]; {
		case !strings.HasPrefix(r.Type, "azure-native:"):
		case kind == "ManagedCluster":
			d.cluster(r.Inputs, r.Outputs)
		case kind == "AgentPool":
			d.pool(r.Outputs, name)
		case kind == "Vault":
			d.Vaults[name] = true
		case kind == "ResourceGroup":
			d.Groups[name] = true
		}
	}
	return d, nil
}

// cluster notes a cluster. A property of another form than expected is left out: the state is
// written by the provider, whose versions differ.
func (d *Deployed) cluster(inputs, outputs json.RawMessage) {
	d.Cluster = true
	var in struct {
		KubernetesVersion string `json:"kubernetesVersion"`
	}
	if json.Unmarshal(inputs, &in) == nil {
		d.Version = in.KubernetesVersion
	}
	var out struct {
		AgentPoolProfiles []poolState `json:"agentPoolProfiles"`
	}
	if json.Unmarshal(outputs, &out) != nil {
		return
	}
	for _, p := range out.AgentPoolProfiles {
		d.Pools[p.Name] = DeployedPool{p.VMSize, p.Count, p.OrchestratorVersion}
	}
}

func (d *Deployed) pool(outputs json.RawMessage, name string) {
	var p poolState
	if json.Unmarshal(outputs, &p) == nil {
		d.Pools[name] = DeployedPool{p.VMSize, p.Count, p.OrchestratorVersion}
	}
}
