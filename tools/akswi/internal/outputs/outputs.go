// Package outputs reads what `pulumi stack output --json --show-secrets` prints and holds it against what the check of
// the chain needs. Outputs that it does not know are left alone: a stack may have more of its own.
package outputs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
)

// maxBytes bounds what is read: a stack of 1,000 workloads prints some 5 MiB.
const maxBytes = 64 << 20

// Kind says what an identity is in Entra.
type Kind string

// The two kinds of identity that can be federated.
const (
	UserAssigned Kind = "userAssigned"
	Application  Kind = "application"
)

// Stack is what the check needs of a stack's outputs.
type Stack struct {
	ClusterName string
	// IssuerURL of the cluster, byte for byte: it ends with a slash on AKS.
	IssuerURL string
	TenantID  string
	Cloud     azcloud.Cloud
	// Kubeconfig is empty when the stack has none.
	Kubeconfig string
	// Platforms are the clusters of other stacks that a stack of workloads alone runs on, in the order of their names; each is
	// a Stack without workloads. Empty for a stack with a cluster of its own.
	Platforms []Platform
	// Workloads in the order of their names.
	Workloads []Workload
}

// Platform is a cluster of another stack.
type Platform struct {
	Name string
	*Stack
}

// Workload is an identity with its federations and what it may read.
type Workload struct {
	Name string
	// ClientID goes into the service account's annotation; PrincipalID (the object id) into role assignments.
	ClientID, PrincipalID, TenantID string
	// IdentityID is the ARM id of a user-assigned identity or the object id of an application.
	IdentityID  string
	Kind        Kind
	Federations []Federation
	Secrets     []Secret
	// PodLabels that the workload's pods carry; nil when the stack does not say.
	PodLabels map[string]string
}

// Federation is the trust of an identity in one service account.
type Federation struct {
	Namespace, ServiceAccount string
	Issuer, Subject, Audience string
	// CredentialID is the ARM id, or for applications <object id>/federatedIdentityCredential/<id> as azuread gives it.
	CredentialID string
	// Cluster is the name of the platform whose service account it is; empty for the stack's own cluster.
	Cluster string
	// Elsewhere: the stack says that the federation trusts another cluster's issuer. Default: false.
	Elsewhere bool
}

// Secret is a Key Vault secret that the workload may read.
type Secret struct{ VaultURL, Name string }

// Read decodes a stack's outputs. The error names every output that is missing, masked, empty or of the wrong type.
func Read(r io.Reader) (*Stack, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read stack outputs: %w", err)
	}
	if len(raw) > maxBytes {
		return nil, fmt.Errorf("stack outputs are larger than %d MiB", maxBytes>>20)
	}
	if len(strings.TrimSpace(string(raw))) == 0 {
		return nil, errors.New("stack outputs are empty; pipe `pulumi stack output --json --show-secrets` into this command")
	}
	var top map[string]any
	if err := json.Unmarshal(raw, &top); err != nil {
		return nil, fmt.Errorf("stack outputs are not a JSON object; use `pulumi stack output --json --show-secrets`: %w", err)
	}
	d := &decoder{}
	s := d.stack(object{d, "", top})
	if len(d.problems) > 0 {
		return nil, fmt.Errorf("stack outputs cannot be used:\n  %s", strings.Join(d.problems, "\n  "))
	}
	return s, nil
}

// Select keeps the named workloads, in the stack's order. No names keep all. The error lists the names that exist.
func (s *Stack) Select(names []string) ([]Workload, error) {
	if len(names) == 0 {
		return s.Workloads, nil
	}
	var all []string
	var kept []Workload
	for _, w := range s.Workloads {
		all = append(all, w.Name)
		if slices.Contains(names, w.Name) {
			kept = append(kept, w)
		}
	}
	for _, n := range names {
		if !slices.Contains(all, n) {
			return nil, fmt.Errorf("the stack has no workload %q; it has: %s", n, strings.Join(all, ", "))
		}
	}
	return kept, nil
}
