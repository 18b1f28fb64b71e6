package cluster

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

var (
	kubernetesVersion = regexp.MustCompile(`^[1-9][0-9]*\.[0-9]+(\.[0-9]+)?$`)
	// resourceGroupName is Azure's rule for resource groups; the last character
	// may not be a period.
	resourceGroupName = regexp.MustCompile(`^[-\w._()]{0,89}[-\w_()]$`)
)

// maxNodeResourceGroup is the longest name of a node resource group.
// Source: learn.microsoft.com, "Frequently asked questions about AKS".
const maxNodeResourceGroup = 80

// validate reports everything that is wrong with the arguments as far as it is
// known.
func (args *ClusterArgs) validate(name string) error {
	var l problems.List
	if group, ok := known.String(args.ResourceGroupName); ok && !resourceGroupName.MatchString(group) {
		l.Addf("resourceGroupName", "resource group %q is not allowed: use 1 to 90 letters, digits, underscores, hyphens, periods and parentheses, not ending with a period; or leave it out to create one", group)
	}
	if group, ok := known.String(args.NodeResourceGroup); ok && (len(group) > maxNodeResourceGroup || !resourceGroupName.MatchString(group)) {
		l.Addf("nodeResourceGroup", "node resource group %q is not allowed: use 1 to %d letters, digits, underscores, hyphens, periods and parentheses, not ending with a period", group, maxNodeResourceGroup)
	}
	if version, ok := known.String(args.KubernetesVersion); ok && !kubernetesVersion.MatchString(version) {
		l.Addf("kubernetesVersion", "%q is not a Kubernetes version: write major.minor or major.minor.patch, such as \"1.34\"", version)
	}
	if prefix, ok := known.String(args.DnsPrefix); ok {
		l.Add("dnsPrefix", names.ValidateDNSPrefix(prefix))
	}
	if tier, ok := known.String(args.SkuTier); ok {
		l.Add("skuTier", oneOf(tier, TierFree, TierStandard, TierPremium))
	}
	args.validatePools(&l)
	return l.Err("cluster", name)
}

func (args *ClusterArgs) validatePools(l *problems.List) {
	systemName := defaultPoolName
	if p := args.SystemPool; p != nil {
		systemName = orDefault(p.Name, defaultPoolName)
		l.Add("systemPool.name", names.ValidatePoolName(systemName, false))
		if p.Mode != "" && p.Mode != PoolModeSystem {
			l.Addf("systemPool.mode", "the pool that the cluster is created with is a %s pool, not %q: AKS needs one to run its own pods", PoolModeSystem, p.Mode)
		}
		if p.OsType != "" && p.OsType != OSLinux {
			l.Addf("systemPool.osType", "a system pool runs %s, not %q", OSLinux, p.OsType)
		}
		p.validateNumbers(l, "systemPool", true)
	}

	first := map[string]string{systemName: "the system pool"}
	for i := range args.NodePools {
		p, path := &args.NodePools[i], fmt.Sprintf("nodePools[%d]", i)
		p.validateKind(l, path)
		p.validateNumbers(l, path, p.Mode == PoolModeSystem)
		if other, taken := first[p.Name]; taken && p.Name != "" {
			l.Addf(path+".name", "%s is called %q already: every pool of a cluster has a name of its own", other, p.Name)
			continue
		}
		first[p.Name] = path
	}
}

func (p *NodePoolArgs) validateKind(l *problems.List, path string) {
	windows := p.OsType == OSWindows
	l.Add(path+".name", names.ValidatePoolName(p.Name, windows))
	if p.Mode != "" {
		l.Add(path+".mode", oneOf(p.Mode, PoolModeSystem, PoolModeUser))
	}
	if p.OsType != "" {
		l.Add(path+".osType", oneOf(p.OsType, OSLinux, OSWindows))
	}
	if windows && p.Mode == PoolModeSystem {
		l.Addf(path+".mode", "a %s pool cannot be a %s pool: AKS's own pods run on %s", OSWindows, PoolModeSystem, OSLinux)
	}
}

func (p *NodePoolArgs) validateNumbers(l *problems.List, path string, system bool) {
	lowest := 0
	if system {
		lowest = 1
	}
	between := func(field string, in any, low, high int, unit string) (int, bool) {
		n, ok := known.Int(in)
		if ok && (n < low || n > high) {
			l.Addf(path+"."+field, "%d is outside %d to %d %s", n, low, high, unit)
			return n, false
		}
		return n, ok
	}
	count, countOK := between("count", p.Count, lowest, 1000, "nodes")
	minimum, minOK := between("minCount", p.MinCount, lowest, 1000, "nodes")
	maximum, maxOK := between("maxCount", p.MaxCount, 1, 1000, "nodes")
	between("maxPods", p.MaxPods, 10, 250, "pods")
	between("osDiskSizeGB", p.OsDiskSizeGB, 0, 2048, "GB")

	if (p.MinCount == nil) != (p.MaxCount == nil) {
		l.Addf(path+".minCount", "minCount and maxCount belong together: give both to let the pool scale by itself, or neither")
	}
	if minOK && maxOK && minimum > maximum {
		l.Addf(path+".minCount", "minCount %d is above maxCount %d", minimum, maximum)
		return
	}
	if countOK && (minOK && count < minimum || maxOK && count > maximum) {
		l.Addf(path+".count", "count %d is not between minCount and maxCount: AKS would refuse the pool", count)
	}
}

func oneOf(value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", value, strings.Join(allowed, ", "))
}
