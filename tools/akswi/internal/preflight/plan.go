package preflight

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/stackfile"
)

// Plan is what a stack needs of Azure, as far as its file tells. The file is read and not the
// preview of the program: so the check runs before the program was ever built, and without a
// state.
type Plan struct {
	// File is the path of the stack's file.
	File string
	// Other reports that the file has none of the keys that this package knows: it is that of
	// another program, whose needs it does not tell.
	Other bool
	// Project is the namespace of the stack's keys.
	Project  string
	Cloud    string
	Location string
	Tags     map[string]string
	// Group is the resource group of everything.
	Group Group
	// Cluster is nil for a stack that creates none.
	Cluster *Cluster
	// Vault is nil for a stack without one.
	Vault *Vault
	// Applications are the workloads that are new Entra applications.
	Applications []string
	// Types are the resource types that the stack creates, sorted.
	Types []string
	// Needs are the rights that the deployer needs.
	Needs []ScopedNeed
}

// Group is a resource group.
type Group struct {
	Name     string
	Existing bool
}

// Cluster is an AKS cluster.
type Cluster struct {
	Version, SupportPlan string
	Pools                []Pool
}

// Pool is a node pool.
type Pool struct {
	// Path is the pool's place in the stack file, such as cluster.systemPool.
	Path    string
	Name    string
	VMSize  string // "" if AKS chooses one
	Count   int    // nodes at first
	Max     int    // nodes at most
	Zones   []string
	Spot    bool
	Surge   string
	Version string
}

// Vault is a Key Vault.
type Vault struct{ Name string }

// ScopedNeed is something that the deployer does, and where.
type ScopedNeed struct {
	Need azure.Need
	// Scope is a resource id; "" is that of the stack's own resources.
	Scope string
	// For is what needs it: a path of the stack file.
	For string
}

// defaultSurge is AKS's own.
const defaultSurge = "10%"

// value is a scalar of a stack file, whichever type it is written in. The program checks types;
// this check reads what it can.
type value string

// UnmarshalJSON implements json.Unmarshaler.
func (v *value) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*v = value(text)
		return nil
	}
	*v = value(strings.TrimSpace(string(raw)))
	return nil
}

type poolFile struct {
	Name                string          `json:"name"`
	VMSize              string          `json:"vmSize"`
	Count               *int            `json:"count"`
	MinCount            *int            `json:"minCount"`
	MaxCount            *int            `json:"maxCount"`
	AvailabilityZones   []value         `json:"availabilityZones"`
	Spot                json.RawMessage `json:"spot"`
	MaxSurge            value           `json:"maxSurge"`
	OrchestratorVersion value           `json:"orchestratorVersion"`
	VnetSubnetID        string          `json:"vnetSubnetId"`
	PodSubnetID         string          `json:"podSubnetId"`
}

type clusterFile struct {
	Existing *struct {
		ClusterName       string `json:"clusterName"`
		ResourceGroupName string `json:"resourceGroupName"`
	} `json:"existing"`
	KubernetesVersion      value      `json:"kubernetesVersion"`
	SupportPlan            string     `json:"supportPlan"`
	SystemPool             poolFile   `json:"systemPool"`
	NodePools              []poolFile `json:"nodePools"`
	ControlPlaneIdentityID string     `json:"controlPlaneIdentityId"`
	KubeletIdentity        struct {
		IdentityID string `json:"identityId"`
	} `json:"kubeletIdentity"`
	ContainerRegistries []struct {
		ID string `json:"id"`
	} `json:"containerRegistries"`
	Addons struct {
		ContainerInsights struct {
			WorkspaceID string `json:"workspaceId"`
		} `json:"containerInsights"`
		Defender struct {
			WorkspaceID string `json:"workspaceId"`
		} `json:"defender"`
	} `json:"addons"`
}

type workloadFile struct {
	Enabled  *bool `json:"enabled"`
	Identity struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
	} `json:"identity"`
	Grants []struct {
		Scope      string          `json:"scope"`
		CustomRole json.RawMessage `json:"customRole"`
		Resource   json.RawMessage `json:"resource"`
	} `json:"grants"`
	VaultPolicies []struct {
		ResourceGroupName string `json:"resourceGroupName"`
	} `json:"vaultPolicies"`
	SQLServerAdmin *struct {
		ResourceGroupName string `json:"resourceGroupName"`
	} `json:"sqlServerAdmin"`
}

type vaultFile struct {
	Name     string                     `json:"name"`
	Officers map[string]json.RawMessage `json:"officers"`
	Secrets  map[string]string          `json:"secrets"`
}

type content struct {
	program, cloud, location string
	tags                     map[string]string
	group                    struct {
		Name     string `json:"name"`
		Existing bool   `json:"existing"`
	}
	cluster   clusterFile
	vault     *vaultFile
	workloads map[string]workloadFile
}

// ReadPlan returns the plan of a stack's file. The error lists the sections that cannot be read;
// the plan then lacks them.
func ReadPlan(f *stackfile.File) (Plan, error) {
	var c content
	var problems []string
	for key, into := range map[string]any{
		"program": &c.program, "cloud": &c.cloud, "location": &c.location, "tags": &c.tags, "resourceGroup": &c.group,
		"cluster": &c.cluster, "vault": &c.vault, "workloads": &c.workloads,
	} {
		if err := f.Decode(key, into); err != nil {
			problems = append(problems, err.Error())
		}
	}
	p := Plan{
		File: f.Path, Project: f.Project, Cloud: cmp.Or(c.cloud, string(azure.PublicCloud)), Location: c.location, Tags: c.tags,
		Group: Group{Name: c.group.Name, Existing: c.group.Existing},
	}
	p.Other = !slices.ContainsFunc([]string{"location", "program", "cluster", "vault", "workloads"}, f.Has)
	b := &builder{plan: &p, types: map[string]bool{}}
	b.all(&c)
	p.Types = slices.Sorted(maps.Keys(b.types))
	if len(problems) > 0 {
		slices.Sort(problems)
		return p, fmt.Errorf("%s", strings.Join(problems, "; "))
	}
	return p, nil
}

// builder derives a plan from the content of a stack file.
type builder struct {
	plan  *Plan
	types map[string]bool
}

func (b *builder) need(need azure.Need, scope, why string) {
	n := ScopedNeed{need, scope, why}
	if !slices.Contains(b.plan.Needs, n) {
		b.plan.Needs = append(b.plan.Needs, n)
	}
}

// create notes a resource that the stack creates among its own.
func (b *builder) create(resourceType string, need azure.Need, why string) {
	b.types[resourceType] = true
	b.need(need, "", why)
}

// Resource types.
const (
	typeGroup      = "Microsoft.Resources/resourceGroups"
	typeCluster    = "Microsoft.ContainerService/managedClusters"
	typeIdentity   = "Microsoft.ManagedIdentity/userAssignedIdentities"
	typeVault      = "Microsoft.KeyVault/vaults"
	typeAssignment = "Microsoft.Authorization/roleAssignments"
)

func (b *builder) all(c *content) {
	if !b.plan.Group.Existing {
		b.create(typeGroup, azure.NeedResourceGroup, "resourceGroup")
	}
	if c.program != "workloads" {
		b.cluster(&c.cluster)
	}
	if c.vault != nil {
		b.vault(c.vault)
	}
	if c.program == "platform" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.workloads)) {
		w := c.workloads[name]
		if w.Enabled == nil || *w.Enabled {
			b.workload(name, &w)
		}
	}
}

func (b *builder) cluster(c *clusterFile) {
	if c.Existing != nil {
		b.need(azure.NeedExistingCluster, groupScope(c.Existing.ResourceGroupName), "cluster.existing")
		return
	}
	b.create(typeCluster, azure.NeedCluster, "cluster")
	b.plan.Cluster = &Cluster{Version: string(c.KubernetesVersion), SupportPlan: cmp.Or(c.SupportPlan, planOfficial)}
	b.pool("cluster.systemPool", &c.SystemPool, "system", azure.DefaultSystemNodes)
	for i := range c.NodePools {
		b.pool(fmt.Sprintf("cluster.nodePools[%d]", i), &c.NodePools[i], "", azure.DefaultUserNodes)
	}
	if id := c.ControlPlaneIdentityID; id != "" {
		b.need(azure.NeedAssignIdentity, id, "cluster.controlPlaneIdentityId")
	}
	if id := c.KubeletIdentity.IdentityID; id != "" {
		b.need(azure.NeedAssignIdentity, id, "cluster.kubeletIdentity")
	}
	for i, r := range c.ContainerRegistries {
		b.need(azure.NeedRoleAssignment, r.ID, fmt.Sprintf("cluster.containerRegistries[%d]", i))
	}
	for path, id := range map[string]string{
		"cluster.addons.containerInsights": c.Addons.ContainerInsights.WorkspaceID, "cluster.addons.defender": c.Addons.Defender.WorkspaceID,
	} {
		if id != "" {
			b.need(azure.NeedWorkspace, id, path)
		}
	}
}

func (b *builder) pool(path string, f *poolFile, name string, nodes int) {
	if f.MinCount != nil {
		nodes = *f.MinCount
	}
	if f.Count != nil {
		nodes = *f.Count
	}
	most := nodes
	if f.MaxCount != nil {
		most = max(most, *f.MaxCount)
	}
	p := Pool{
		Path: path, Name: cmp.Or(f.Name, name), VMSize: f.VMSize, Count: nodes, Max: most,
		Spot: len(f.Spot) > 0, Surge: cmp.Or(string(f.MaxSurge), defaultSurge), Version: string(f.OrchestratorVersion),
	}
	for _, z := range f.AvailabilityZones {
		p.Zones = append(p.Zones, string(z))
	}
	b.plan.Cluster.Pools = append(b.plan.Cluster.Pools, p)
	for _, id := range []string{f.VnetSubnetID, f.PodSubnetID} {
		if id != "" {
			b.need(azure.NeedSubnet, id, path)
		}
	}
}

func (b *builder) vault(v *vaultFile) {
	b.create(typeVault, azure.NeedVault, "vault")
	b.plan.Vault = &Vault{Name: v.Name}
	if len(v.Officers) > 0 {
		b.create(typeAssignment, azure.NeedRoleAssignment, "vault.officers")
	}
}

func (b *builder) workload(name string, w *workloadFile) {
	at := "workloads." + name
	switch w.Identity.Kind {
	case "", "userAssigned":
		b.create(typeIdentity, azure.NeedIdentity, at+".identity")
		b.need(azure.NeedFederation, "", at+".federations")
	case "existingUserAssigned":
		b.need(azure.NeedFederation, w.Identity.ID, at+".identity")
	case "application":
		b.plan.Applications = append(b.plan.Applications, name)
	}
	for i, g := range w.Grants {
		here := fmt.Sprintf("%s.grants[%d]", at, i)
		scope := ""
		if strings.HasPrefix(g.Scope, "/") {
			scope = g.Scope
		}
		if len(g.Resource) > 0 {
			scope = resourceScope(g.Resource)
		}
		b.types[typeAssignment] = true
		b.need(azure.NeedRoleAssignment, scope, here)
		if len(g.CustomRole) > 0 {
			b.need(azure.NeedCustomRole, scope, here+".customRole")
		}
	}
	for i, p := range w.VaultPolicies {
		b.need(azure.NeedVaultPolicy, groupScope(p.ResourceGroupName), fmt.Sprintf("%s.vaultPolicies[%d]", at, i))
	}
	if w.SQLServerAdmin != nil {
		b.need(azure.NeedSQLAdministrator, groupScope(w.SQLServerAdmin.ResourceGroupName), at+".sqlServerAdmin")
	}
}

// groupScope returns the scope of a resource group of the provider's subscription, which is filled
// in later.
func groupScope(name string) string { return subscriptionPlaceholder + "/resourceGroups/" + name }

// subscriptionPlaceholder stands for the resource id of the subscription of the login.
const subscriptionPlaceholder = "{subscription}"

// resourceScope returns the resource group of a named resource: the rights in it are those on the
// resource, unless they were given on the resource alone.
func resourceScope(raw json.RawMessage) string {
	var r struct {
		Kind              string `json:"kind"`
		Name              string `json:"name"`
		ResourceGroupName string `json:"resourceGroupName"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return ""
	}
	group := r.ResourceGroupName
	if r.Kind == "resourceGroup" {
		group = r.Name
	}
	if group == "" {
		return "" // the program refuses it
	}
	return groupScope(group)
}
