// Package outputs reads what `pulumi stack output --json --show-secrets` prints and checks that it
// has what the commands need. Other outputs are ignored: a stack may have more.
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

// Kind is the kind of an identity in Entra.
type Kind string

// The two kinds of identity that can be federated.
const (
	UserAssigned Kind = "userAssigned"
	Application  Kind = "application"
)

// Stack holds the outputs of a stack that the commands need.
type Stack struct {
	ClusterName string
	// IssuerURL of the cluster, byte for byte: it ends with a slash on AKS.
	IssuerURL string
	TenantID  string
	Cloud     azcloud.Cloud
	// Kubeconfig is empty when the stack has none.
	Kubeconfig string
	// Platforms are the clusters of other stacks that a stack of workloads alone runs on, in the
	// order of their names; each is a Stack without workloads. Empty for a stack with its own
	// cluster.
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
	// ClientID goes into the service account's annotation; PrincipalID (the object id) into role
	// assignments.
	ClientID, PrincipalID, TenantID string
	// IdentityID is the ARM id of a user-assigned identity or the object id of an application.
	IdentityID  string
	Kind        Kind
	Federations []Federation
	Secrets     []Secret
	// PodLabels that the workload's pods carry; nil when the outputs do not have them.
	PodLabels map[string]string
}

// Federation is the trust of an identity in one service account.
type Federation struct {
	// Namespace and ServiceAccount are empty for a federation with something else, such as a
	// pipeline.
	Namespace, ServiceAccount string
	Issuer, Subject, Audience string
	// CredentialID is the ARM id, or for applications <object id>/federatedIdentityCredential/<id>
	// as azuread gives it.
	CredentialID string
	// Cluster is the name of the platform that has the service account; empty for the stack's own
	// cluster.
	Cluster string
	// Elsewhere is true when the stack marks the federation as one that trusts another cluster's
	// issuer.
	Elsewhere bool
}

// Secret is a Key Vault secret that the workload may read.
type Secret struct{ VaultURL, Name string }

// Read decodes a stack's outputs. The error lists every output that is missing, masked, empty or of
// the wrong type.
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
	if d.problems.Empty() {
		return s, nil
	}
	var lines []string
	for _, p := range d.problems.Problems() {
		lines = append(lines, p.Error())
	}
	return nil, fmt.Errorf("stack outputs cannot be used:\n  %s", strings.Join(lines, "\n  "))
}

// ClusterNames returns the name of the stack's cluster, or of those of its platforms, separated by
// commas.
func (s *Stack) ClusterNames() string {
	if len(s.Platforms) == 0 {
		return s.ClusterName
	}
	list := make([]string, len(s.Platforms))
	for i, p := range s.Platforms {
		list[i] = p.ClusterName
	}
	return strings.Join(list, ", ")
}

// Select returns the named workloads in the stack's order, or all when no name is given. The error
// lists the names that exist.
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
