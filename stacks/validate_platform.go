package stacks

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// maxNodes is the largest pool. Source: Microsoft.ContainerService/managedClusters/agentPools, property count.
const maxNodes = 1000

// maxTimeoutSeconds is a day: a longer wait is a slip of the unit.
const maxTimeoutSeconds = 86400

var (
	kubernetesForm = regexp.MustCompile(`^[1-9][0-9]*\.[0-9]+(\.[0-9]+)?$`)
	vmSizeForm     = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9-]+)+$`)
	chartForm      = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
	registryForm   = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._/-]+[a-z0-9]+)*)?$`)
	taintForm      = regexp.MustCompile(`^[^=:\s]+(=[^=:\s]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$`)
)

func (v *validator) cluster(at keyPath, c *Cluster) {
	if c.KubernetesVersion != "" && !kubernetesForm.MatchString(c.KubernetesVersion) {
		v.add(at.key("kubernetesVersion"), "is not a Kubernetes version: "+quote(c.KubernetesVersion),
			"write major.minor or major.minor.patch in quotes: \"1.34\"")
	}
	if c.DNSPrefix != "" {
		v.err(at.key("dnsPrefix"), names.ValidateDNSPrefix(c.DNSPrefix))
	}
	if g := c.NodeResourceGroup; g != "" && (len(g) > 80 || !resourceGroupForm.MatchString(g)) {
		v.add(at.key("nodeResourceGroup"), "is not a name for the nodes' resource group: "+quote(g),
			"use 1 to 80 letters, digits, hyphens, underscores, full stops and parentheses, without a full stop at the end")
	}
	v.oneOf(at.key("skuTier"), c.SKUTier, cluster.TierFree, cluster.TierStandard, cluster.TierPremium)

	system := at.key("systemPool")
	v.err(system.key("name"), names.ValidatePoolName(c.SystemPool.Name, false))
	v.nodes(system, poolSize{c.SystemPool.VMSize, c.SystemPool.Count, c.SystemPool.MinCount, c.SystemPool.MaxCount, c.SystemPool.AvailabilityZones}, 1)

	for _, name := range sortedKeys(c.NodePools) {
		pool := c.NodePools[name]
		v.nodePool(at.key("nodePools").key(name), name, &pool)
		if name == c.SystemPool.Name {
			v.add(at.key("nodePools").key(name), "has the system pool's name", "give one of the two another name")
		}
	}
}

func (v *validator) nodePool(at keyPath, name string, p *NodePool) {
	windows := p.OSType == cluster.OSWindows
	v.err(at, names.ValidatePoolName(name, windows))
	v.oneOf(at.key("osType"), p.OSType, cluster.OSLinux, cluster.OSWindows)
	least := 0
	if v.oneOf(at.key("mode"), p.Mode, cluster.PoolModeUser, cluster.PoolModeSystem) && p.Mode == cluster.PoolModeSystem {
		least = 1
		if windows {
			v.add(at.key("mode"), "is System for Windows nodes", "make it a User pool: AKS runs the cluster's own pods under Linux only")
		}
	}
	v.nodes(at, poolSize{p.VMSize, p.Count, p.MinCount, p.MaxCount, p.AvailabilityZones}, least)
	v.labels(at.key("labels"), p.Labels)
	for i, taint := range p.Taints {
		if !taintForm.MatchString(taint) {
			v.add(at.key("taints").index(i), "is not a taint: "+quote(taint),
				"write key=value:Effect with the effect NoSchedule, PreferNoSchedule or NoExecute")
		}
	}
}

// poolSize is what the system pool and the others have in common.
type poolSize struct {
	vmSize             string
	count              int
	minCount, maxCount *int
	zones              []string
}

func (v *validator) nodes(at keyPath, p poolSize, least int) {
	if p.vmSize != "" && !vmSizeForm.MatchString(p.vmSize) {
		v.add(at.key("vmSize"), "is not a VM size: "+quote(p.vmSize), "write it as Azure does: Standard_D2s_v5")
	}
	v.between(at.key("count"), p.count, least, maxNodes, "nodes")
	for i, zone := range p.zones {
		v.oneOf(at.key("availabilityZones").index(i), zone, "1", "2", "3")
	}
	switch {
	case p.minCount == nil && p.maxCount == nil:
		return
	case p.minCount == nil:
		v.add(at.key("minCount"), "is missing beside maxCount", "give both, or neither for a pool of fixed size")
		return
	case p.maxCount == nil:
		v.add(at.key("maxCount"), "is missing beside minCount", "give both, or neither for a pool of fixed size")
		return
	}
	v.between(at.key("minCount"), *p.minCount, least, maxNodes, "nodes")
	v.between(at.key("maxCount"), *p.maxCount, max(least, 1), maxNodes, "nodes")
	if *p.minCount > *p.maxCount {
		v.add(at.key("minCount"), fmt.Sprintf("is %d, above maxCount %d", *p.minCount, *p.maxCount), "swap them")
		return
	}
	if p.count < *p.minCount || p.count > *p.maxCount {
		v.add(at.key("count"), fmt.Sprintf("is %d, outside minCount %d and maxCount %d", p.count, *p.minCount, *p.maxCount),
			"start the pool with a number of nodes in between")
	}
}

func (v *validator) webhook(at keyPath, w *Webhook) {
	if !v.oneOf(at.key("mode"), w.Mode, WebhookAddon, WebhookChart, WebhookNone) || w.Chart == nil {
		return
	}
	if w.Mode != WebhookChart {
		v.add(at.key("chart"), fmt.Sprintf("has chart settings, but mode is %s", w.Mode),
			"set mode to chart, or remove the chart settings: add-on and chart install the same cluster-wide names and cannot stand side by side")
	}
	v.chart(at.key("chart"), w.Chart)
}

func (v *validator) chart(at keyPath, c *Chart) {
	if c.Version != "" && !chartForm.MatchString(c.Version) {
		v.add(at.key("version"), "is not a chart version: "+quote(c.Version), "write one exact version: "+webhook.ChartVersion)
	}
	if c.Repository != "" {
		if u, err := url.Parse(c.Repository); err != nil || u.Scheme != "https" || u.Host == "" {
			v.add(at.key("repository"), "is not an https URL: "+quote(c.Repository), "write the repository's URL: "+webhook.DefaultRepository)
		}
		if located(c.Source) {
			v.add(at.key("repository"), "stands beside a source that needs none", "remove repository, or give source the chart's name only")
		}
	}
	v.err(at.key("namespace"), names.ValidateNamespace(c.Namespace))
	if c.Namespace == "kube-system" {
		v.add(at.key("namespace"), "is kube-system, the add-on's place", "choose another; the default is "+webhook.DefaultNamespace)
	}
	v.between(at.key("replicas"), c.Replicas, 1, 100, "pods; the webhook fails closed, so two or more are wise")
	if c.ImageRegistry != "" && !registryForm.MatchString(c.ImageRegistry) {
		v.add(at.key("imageRegistry"), "is not a registry: "+quote(c.ImageRegistry),
			"write host and optional path, without scheme and without a slash at the end: mirror.example.com/oss")
	}
	v.oneOf(at.key("logLevel"), c.LogLevel, "error", "warning", "info", "debug", "trace")
	v.between(at.key("timeoutSeconds"), c.TimeoutSeconds, 1, maxTimeoutSeconds, "seconds")
	v.labels(at.key("nodeSelector"), c.NodeSelector)
	for i, t := range c.Tolerations {
		v.toleration(at.key("tolerations").index(i), &t)
	}
}

// toleration follows Kubernetes' own validation (pkg/apis/core/validation, ValidateTolerations).
func (v *validator) toleration(at keyPath, t *Toleration) {
	if t.Operator != "" {
		v.oneOf(at.key("operator"), t.Operator, "Equal", "Exists")
	}
	if t.Operator == "Exists" && t.Value != "" {
		v.add(at.key("value"), "is given with operator Exists", "remove value, or use operator Equal")
	}
	if t.Key == "" && t.Operator != "Exists" {
		v.add(at.key("key"), "is missing", "name the taint's key, or use operator Exists to tolerate everything")
	}
	if t.Effect != "" {
		v.oneOf(at.key("effect"), t.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute")
	}
	if t.TolerationSeconds != nil && t.Effect != "NoExecute" {
		v.add(at.key("tolerationSeconds"), "is given for another effect than NoExecute", "set effect to NoExecute, or remove it")
	}
}

// located reports whether a chart's source says by itself where the chart is.
func located(source string) bool {
	return strings.HasPrefix(source, "oci://") || strings.HasPrefix(source, ".") || strings.HasPrefix(source, "/")
}
