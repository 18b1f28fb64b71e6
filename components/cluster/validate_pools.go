package cluster

import (
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// criticalTaint is the only taint of the pool that a cluster is created with.
// Source: learn.microsoft.com, "Use system node pools in Azure Kubernetes Service
// (AKS)", and Azure/AKS issue 2578.
const criticalTaint = "CriticalAddonsOnly=true:NoSchedule"

// maxSurge is a number or a percentage.
// Source: Microsoft.ContainerService, AgentPoolUpgradeSettings.maxSurge.
var maxSurge = regexp.MustCompile(`^([1-9][0-9]*|[1-9][0-9]?%|100%)$`)

func (args *ClusterArgs) validatePools(l *problem.List) {
	systemName := defaultPoolName
	if p := args.SystemPool; p != nil {
		systemName = orDefault(p.Name, defaultPoolName)
		p.validateAsSystem(l)
		args.validatePool(l, "systemPool", p)
	}

	first := map[string]problem.Path{systemName: "the system pool"}
	for i := range args.NodePools {
		p, path := &args.NodePools[i], problem.Path("nodePools").Index(i)
		l.AddError(path+".name", azure.ValidatePoolName(p.Name, p.OsType == OSWindows))
		if other, taken := first[p.Name]; taken && p.Name != "" {
			l.Add(path+".name", fmt.Sprintf("%s is called %q already", other, p.Name), "every pool of a cluster has a name of its own")
		} else {
			first[p.Name] = path
		}
		if p.OsType == OSWindows && p.Mode == PoolModeSystem {
			l.Add(path+".mode", fmt.Sprintf("a %s pool cannot be a %s pool", OSWindows, PoolModeSystem), fmt.Sprintf("AKS's own pods run on %s", OSLinux))
		}
		if p.Spot != nil && p.Mode == PoolModeSystem {
			l.Add(path+".spot", fmt.Sprintf("a %s pool cannot have spot nodes", PoolModeSystem), "Azure takes them away at any time")
		}
		args.validatePool(l, path, p)
	}
}

// validateAsSystem checks what only the pool that the cluster is created with must
// keep to.
func (p *NodePoolArgs) validateAsSystem(l *problem.List) {
	l.AddError("systemPool.name", azure.ValidatePoolName(orDefault(p.Name, defaultPoolName), false))
	if p.Mode != "" && p.Mode != PoolModeSystem {
		l.Add("systemPool.mode", fmt.Sprintf("the pool that the cluster is created with is a %s pool, not %q", PoolModeSystem, p.Mode), "AKS needs one to run its own pods")
	}
	if p.OsType != "" && p.OsType != OSLinux {
		l.Add("systemPool.osType", fmt.Sprintf("a system pool runs %s, not %q", OSLinux, p.OsType), "make a pool of nodePools for the others")
	}
	if p.Spot != nil {
		// Source: learn.microsoft.com, "Add an Azure Spot node pool to an AKS cluster".
		l.Add("systemPool.spot", "the pool that the cluster is created with cannot have spot nodes", "put them into nodePools")
	}
	taints, _ := known.As[pulumi.StringArray](p.NodeTaints)
	for i, in := range taints {
		if taint, ok := known.String(in); ok && taint != criticalTaint {
			l.Add(problem.Path("systemPool.nodeTaints").Index(i), fmt.Sprintf("the system pool can have no taint but %s", criticalTaint), "AKS's own pods tolerate no other")
		}
	}
}

func (args *ClusterArgs) validatePool(l *problem.List, path problem.Path, p *NodePoolArgs) {
	p.validateNumbers(l, path, path == "systemPool" || p.Mode == PoolModeSystem)
	p.validateSku(l, path, args.KubernetesVersion)
	p.validateLabels(l, path)
	if surge, ok := known.String(p.MaxSurge); ok && !maxSurge.MatchString(surge) {
		l.Add(path+".maxSurge", fmt.Sprintf("%q is neither a number of nodes of at least 1 nor a percentage from 1%% to 100%%", surge), "write \"1\" or \"33%\", for example")
	}
	checkVersion(l, path+".orchestratorVersion", p.OrchestratorVersion)
	pool, okPool := knownVersion(p.OrchestratorVersion)
	control, okControl := knownVersion(args.KubernetesVersion)
	if okPool && okControl && pool.above(control) {
		l.Add(path+".orchestratorVersion", "nodes cannot be newer than the control plane, which kubernetesVersion sets", "raise that, or leave orchestratorVersion out")
	}
	if p.Spot == nil {
		return
	}
	// Source of both: learn.microsoft.com, "Add an Azure Spot node pool to an AKS
	// cluster".
	if price, ok := known.As[float64](p.Spot.MaxPrice); ok && price != -1 && !isPrice(price) {
		l.Add(path+".spot.maxPrice", fmt.Sprintf("%g is neither -1 nor a positive price in US dollars with at most five decimal places", price), "leave it out for the price of an ordinary VM")
	}
	if p.MaxSurge != nil {
		l.Add(path+".maxSurge", "spot pools are upgraded without extra nodes", "leave maxSurge out")
	}
}

// isPrice allows for the way in which binary fractions hold decimal ones.
func isPrice(price float64) bool {
	scaled := price * 1e5
	return price > 0 && math.Abs(scaled-math.Round(scaled)) < 1e-6*math.Max(1, scaled)
}

func (p *NodePoolArgs) validateNumbers(l *problem.List, path problem.Path, system bool) {
	count, countOK := known.Int(p.Count)
	minimum, minOK := known.Int(p.MinCount)
	maximum, maxOK := known.Int(p.MaxCount)
	if system && countOK && count == 0 {
		outside(l, path+".count", 0, 1, 1000, "nodes")
	}
	if system && minOK && minimum == 0 {
		outside(l, path+".minCount", 0, 1, 1000, "nodes")
	}
	if (p.MinCount == nil) != (p.MaxCount == nil) {
		l.Add(path+".minCount", "minCount and maxCount belong together", "give both to let the pool scale by itself, or neither")
	}
	if minOK && maxOK && minimum > maximum {
		l.Add(path+".minCount", fmt.Sprintf("minCount %d is above maxCount %d", minimum, maximum), "exchange the two")
		return
	}
	if countOK && (minOK && count < minimum || maxOK && count > maximum) {
		l.Add(path+".count", fmt.Sprintf("count %d is not between minCount and maxCount", count), "AKS would refuse the pool")
	}
}

func (p *NodePoolArgs) validateSku(l *problem.List, path problem.Path, kubernetes any) {
	sku, ok := known.String(p.OsSku)
	if !ok || !slices.Contains(OSSkus(), sku) {
		return
	}
	end, windows := windowsEnds[sku]
	if windows != (p.OsType == OSWindows) {
		l.Add(path+".osSku", fmt.Sprintf("%s is not an image for %s nodes", sku, orDefault(p.OsType, OSLinux)), "leave osSku out, and AKS chooses")
		return
	}
	if v, ok := knownVersion(kubernetes); ok && windows && v.major == 1 && v.minor >= end {
		l.Add(path+".osSku", fmt.Sprintf("%s ends with Kubernetes 1.%d", sku, end-1), "leave osSku out, and AKS chooses the image")
	}
}

func (p *NodePoolArgs) validateLabels(l *problem.List, path problem.Path) {
	metadata.Labels(l, path+".nodeLabels", p.NodeLabels)
	metadata.Each(path+".nodeLabels", p.NodeLabels, func(at problem.Path, key string, _ pulumi.StringInput) {
		if azure.ReservedNodeLabel(key) {
			l.Add(at, "AKS keeps the prefixes kubernetes.io/ and kubernetes.azure.com/ for itself", "use another one")
		}
	})
	taints, _ := known.As[pulumi.StringArray](p.NodeTaints)
	for i, in := range taints {
		if taint, ok := known.String(in); ok {
			l.AddError(path.Field("nodeTaints").Index(i), kube.ValidateTaint(taint))
		}
	}
}
