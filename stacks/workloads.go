package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// Workload is one identity, the service accounts that may use it, and what it may do: every
// argument of the FederatedWorkload component that the stack does not set itself.
type Workload struct {
	workload.FederatedWorkloadArgs
	// Enabled false leaves the workload out, as if it were not in the file; it is checked all the
	// same. Default: true.
	Enabled bool `config:"enabled"`
	// ServiceAccount has the settings that the service accounts of all federations share.
	ServiceAccount ServiceAccount `config:"serviceAccount"`
	// Federations are the service accounts that may use the identity: at most 20 enabled ones, a
	// limit of Entra's, where one with several platforms counts once for each. Default: one, for
	// ServiceAccount.
	Federations []Federation `config:"federations"`
	// Grants are the identity's role assignments. Default: none.
	Grants []Grant `config:"grants"`
	// Secrets are names in vault.secrets that the workload reads; a grant must permit it. Default:
	// none.
	Secrets []string `config:"secrets"`
}

// OwnedKeys returns the component's arguments that the stack sets itself.
func (Workload) OwnedKeys() []string {
	return []string{"resourceGroupName", "location", "tags", "targets", "tenantId", "subscriptionId", "cloud"}
}

// SetDefaults sets the defaults of the receiver's own fields.
func (w *Workload) SetDefaults() { w.Enabled = true }

// ServiceAccount has the settings of a workload's service accounts. In a stack file createNamespace
// is true by default, and the stack creates a namespace once for all workloads in it; they must
// agree.
type ServiceAccount struct {
	workload.ServiceAccountArgs
}

// OwnedKeys returns the component's arguments that the stack sets itself: the labels of a namespace
// stand once, in the section namespaces.
func (ServiceAccount) OwnedKeys() []string { return []string{"namespaceLabels"} }

// SetDefaults sets the defaults of the receiver's own fields.
func (s *ServiceAccount) SetDefaults() { s.CreateNamespace = true }

// kind returns the kind of the workload's identity.
func (w *Workload) kind() workload.IdentityKind {
	if w.Identity == nil || w.Identity.Kind == "" {
		return workload.UserAssigned
	}
	return w.Identity.Kind
}

// hasApplication reports whether any enabled workload is an Entra application.
func (c *Config) hasApplication() bool {
	for _, w := range c.Workloads {
		if w.Enabled && (w.kind() == workload.Application || w.kind() == workload.ExistingApplication) {
			return true
		}
	}
	return false
}

// workload checks what only the stack knows about a workload; the component checks the rest.
func (v *validator) workload(name string, w *Workload) {
	at := v.root("workloads").Key(name)
	v.AddError(at, azure.ValidateKey(name))
	s := &w.ServiceAccount
	if s.Name == "" && kube.ValidateServiceAccount(name) != nil && w.needsAccountName() {
		v.Add(at.Join("serviceAccount.name"), fmt.Sprintf("is missing, and the workload's name %s is no service account name", strict.Quote(name)),
			"give it a name of lower-case letters, digits and hyphens")
	}
	if s.Namespace == "" && len(w.Federations) == 0 {
		v.Add(at.Join("serviceAccount.namespace"), "is required", "name the namespace of the workload's pods")
	}
	v.federations(at.Field("federations"), w)
	v.grants(at.Field("grants"), w.Grants)
	v.secretsRead(at.Field("secrets"), w)
}

// registerWorkloads registers one FederatedWorkload for every enabled workload and returns them by
// name.
func (g *graph) registerWorkloads(ctx *pulumi.Context) (map[string]*workload.FederatedWorkload, error) {
	registered := map[string]*workload.FederatedWorkload{}
	for _, name := range sortedKeys(g.config.Workloads) {
		w := g.config.Workloads[name]
		if !w.Enabled {
			continue
		}
		args := g.workloadArgs(&w)
		for i := range w.Grants {
			grant, err := g.grant(&w.Grants[i])
			if err != nil {
				return nil, fmt.Errorf("workload %q: grants[%d]: %w", name, i, err)
			}
			args.Grants = append(args.Grants, grant)
		}
		r, err := workload.NewFederatedWorkload(ctx, name, args)
		if err != nil {
			return nil, err
		}
		registered[name] = r
	}
	return registered, nil
}

// workloadArgs returns the component's arguments, but for the grants.
func (g *graph) workloadArgs(w *Workload) *workload.FederatedWorkloadArgs {
	args := w.FederatedWorkloadArgs
	// The tenant is the provider's and not the cluster's, so that identities do not wait for AKS. A
	// platform of another stack has its own (see target).
	// Without a SubscriptionId, each grant names its role in the subscription of its scope, as
	// Azure returns it.
	args.TenantId = pulumi.String(g.account.TenantId)
	args.Cloud = g.config.Cloud
	if w.kind() == workload.UserAssigned {
		args.ResourceGroupName = g.group.name.ToStringPtrOutput()
		args.Location = pulumi.String(g.config.Location)
		args.Tags = g.tags()
	}
	account := w.ServiceAccount.ServiceAccountArgs
	account.CreateNamespace = false // the stack's, see registerNamespaces
	args.ServiceAccount = &account
	for _, t := range g.targets {
		args.Targets = append(args.Targets, t.of(w))
	}
	for i := range w.Federations {
		args.Federations = append(args.Federations, g.federationArgs(&w.Federations[i]))
	}
	return &args
}
