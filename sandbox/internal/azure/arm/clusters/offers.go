package clusters

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

const advice = "Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list"

// checkOfferedVersion refuses a cluster's version that the region does not offer in its support
// plan. Both texts are quoted in public reports: Azure/secrets-store-csi-driver-provider-azure#1713
// and cloudnative-pg/cloudnative-pg#5638.
func checkOfferedVersion(s region.Settings, name, version, plan string) error {
	plans := s.Plans(version)
	if in(plan, plans...) || plan == "" && slices.Contains(plans, region.PlanOfficial) {
		return nil
	}
	if len(plans) == 0 || slices.Contains(plans, region.PlanOfficial) {
		return arm.Errorf(http.StatusBadRequest, "K8sVersionNotSupported",
			"Managed cluster %s is on version %s which is not supported in this region. "+advice, name, version).At("kubernetesVersion")
	}
	return arm.Errorf(http.StatusBadRequest, "K8sVersionNotSupported",
		"Managed cluster %s is on version %s, which is only available for Long-Term Support (LTS). If you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS support plan (see https://aka.ms/aks/enable-lts). Otherwise, use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list",
		name, version).At("kubernetesVersion")
}

// checkOfferedPoolVersion refuses a pool's version that the region does not offer. The text is
// quoted in dspace-group/simphera-reference-architecture-azure#29; that a plan without long-term
// support is refused with the same text is inferred.
func checkOfferedPoolVersion(s region.Settings, version, plan string) error {
	plans := s.Plans(version)
	if version == "" || in(plan, plans...) || plan == "" && slices.Contains(plans, region.PlanOfficial) {
		return nil
	}
	return arm.Errorf(http.StatusBadRequest, "AgentPoolK8sVersionNotSupported",
		"Version %s is not supported in this region. "+advice, version).At("agentPoolProfile.orchestratorVersion")
}

// checkOffers refuses pools that the region does not offer to the subscription: by version, VM
// size, zone or quota. The pools are those after the request; before are those of the existing
// cluster.
func (p *Provider) checkOffers(tx *store.Tx, doc *Document, before []AgentPool) error {
	s, err := region.Load(tx)
	if err != nil {
		return err
	}
	props := &doc.Body.Properties
	offers := s.Offers(doc.Location)
	for i := range props.AgentPoolProfiles {
		pool := &props.AgentPoolProfiles[i]
		old := slices.IndexFunc(before, func(b AgentPool) bool { return strings.EqualFold(b.Name, pool.Name) })
		if old < 0 || before[old].OrchestratorVersion != pool.OrchestratorVersion {
			if err := checkOfferedPoolVersion(s, pool.OrchestratorVersion, props.SupportPlan); err != nil {
				return err
			}
		}
		if old < 0 {
			if err := p.checkOfferedSize(offers, pool, doc.Location); err != nil {
				return err
			}
		}
	}
	used, err := p.Usage(tx, doc.Location)
	if err != nil {
		return err
	}
	return checkQuota(s, used, requested(before, props.AgentPoolProfiles), doc.Location)
}

// chooseSizes gives each pool without a size the first candidate that the subscription may use in
// the pool's zones and has quota for. Without one, the pool gets none, and the default's quota is
// refused.
func (p *Provider) chooseSizes(tx *store.Tx, location string, pools []AgentPool) error {
	s, err := region.Load(tx)
	if err != nil {
		return err
	}
	used, err := p.Usage(tx, location)
	if err != nil {
		return err
	}
	offers := s.Offers(location)
	for i := range pools {
		if pools[i].VMSize != "" {
			continue
		}
		nodes := max(ptr.Deref(pools[i].Count, 1), ptr.Deref(pools[i].MinCount, 0))
		for _, name := range candidates {
			at := slices.IndexFunc(offers, func(o region.Offer) bool { return o.Name == name })
			size := offers[at]
			inZones := !slices.ContainsFunc(pools[i].AvailabilityZones, func(z string) bool { return !slices.Contains(size.Zones, z) })
			need := size.VCPUs * nodes
			if !size.Restricted && inZones && s.Limit(size.Family)-used[size.Family] >= need && s.Limit(region.QuotaTotal)-used[region.QuotaTotal] >= need {
				pools[i].VMSize = name
				used.Add(size.Size, nodes, pools[i].isSpot())
				break
			}
		}
	}
	return nil
}

// checkOfferedSize refuses a VM size that the subscription cannot have, and zones in which it
// cannot have it. The texts are quoted in Azure/azure-cli#30887 and in public reports of
// AvailabilityZoneNotSupported.
func (p *Provider) checkOfferedSize(offers []region.Offer, pool *AgentPool, location string) error {
	i := slices.IndexFunc(offers, func(o region.Offer) bool { return strings.EqualFold(o.Name, pool.VMSize) })
	if i < 0 || offers[i].Restricted {
		var names []string
		for _, o := range offers {
			if !o.Restricted {
				names = append(names, strings.ToLower(o.Name))
			}
		}
		return arm.Errorf(http.StatusBadRequest, "VMSizeNotSupported",
			"Virtual Machine size: '%s' is not supported for subscription %s in location '%s'. The available VM sizes are '%s'. For more details, please visit https://aka.ms/aks/quotas-skus-regions",
			pool.VMSize, p.core.SubscriptionID, location, strings.Join(names, ",")).At("agentPoolProfile.vmSize")
	}
	var missing []string
	for _, zone := range pool.AvailabilityZones {
		if !slices.Contains(offers[i].Zones, zone) {
			missing = append(missing, zone)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return arm.Errorf(http.StatusBadRequest, "AvailabilityZoneNotSupported",
		"The zone(s) '%s' for resource '%s' is not supported. The supported zones for location '%s' are '%s'",
		strings.Join(missing, ","), pool.Name, location, strings.Join(offers[i].Zones, ",")).At("agentPoolProfile.availabilityZones")
}

// requested returns the vCPUs that a request adds: those of new nodes, and for pools that are
// upgraded those of the surge nodes (https://aka.ms/aks/maxUnavailable).
func requested(before, after []AgentPool) region.Usage {
	add := region.Usage{}
	for i := range after {
		pool := &after[i]
		size, known := region.FindSize(pool.VMSize)
		if !known || pool.Count == nil {
			continue
		}
		nodes := *pool.Count
		old := slices.IndexFunc(before, func(b AgentPool) bool { return strings.EqualFold(b.Name, pool.Name) })
		if old >= 0 {
			nodes -= *before[old].Count
			if before[old].OrchestratorVersion != pool.OrchestratorVersion {
				nodes += pool.surge()
			}
		}
		if nodes > 0 {
			add.Add(size, nodes, pool.isSpot())
		}
	}
	return add
}

// surge returns the number of nodes that an upgrade of the pool adds: a number, or a percentage of
// the pool, rounded up (https://learn.microsoft.com/azure/aks/upgrade-aks-cluster).
func (p *AgentPool) surge() int {
	if p.UpgradeSettings == nil || p.Count == nil {
		return 0
	}
	text, percent := strings.CutSuffix(p.UpgradeSettings.MaxSurge, "%")
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	if percent {
		n = int(math.Ceil(float64(n) * float64(*p.Count) / 100))
	}
	return n
}

const quotaAdvice = " If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/en-us/azure/quotas/view-quotas. Surge nodes would also consume vcpu quota, please consider use smaller maxSurge or use maxUnavailable to proceed upgrade without surge nodes, details: aka.ms/aks/maxUnavailable."

// checkQuota refuses vCPUs beyond a quota. Both texts are quoted in many public reports; which of
// two exceeded quotas AKS names first is inferred.
func checkQuota(s region.Settings, used, add region.Usage, location string) error {
	if left := s.Limit(region.QuotaTotal) - used[region.QuotaTotal]; add[region.QuotaTotal] > left {
		return arm.Errorf(http.StatusBadRequest, "ErrCode_InsufficientVCPUQuota",
			"Insufficient regional vcpu quota left for location %s. left regional vcpu quota %d, requested quota %d."+quotaAdvice,
			location, max(left, 0), add[region.QuotaTotal])
	}
	for _, family := range append(region.Families(), region.QuotaSpot) {
		if left := s.Limit(family) - used[family]; add[family] > left {
			return arm.Errorf(http.StatusBadRequest, "ErrCode_InsufficientVCPUQuota",
				"Insufficient vcpu quota requested %d, remaining %d for family %s for region %s."+quotaAdvice, add[family], max(left, 0), family, location)
		}
	}
	return nil
}

// Usage counts the vCPUs of all clusters in a region.
func (p *Provider) Usage(tx *store.Tx, location string) (region.Usage, error) {
	used := region.Usage{}
	all, err := resource.All[Cluster](tx, "/subscriptions/"+p.core.SubscriptionID, TypeCluster)
	if err != nil {
		return nil, err
	}
	for _, doc := range all {
		if doc.Location != location {
			continue
		}
		for _, pool := range doc.Body.Properties.AgentPoolProfiles {
			if size, known := region.FindSize(pool.VMSize); known && pool.Count != nil {
				used.Add(size, *pool.Count, pool.isSpot())
			}
		}
	}
	return used, nil
}

// kubernetesVersions serves the versions that a region offers, as `az aks get-versions` shows them
// (https://learn.microsoft.com/rest/api/aks/managed-clusters/list-kubernetes-versions).
func (p *Provider) kubernetesVersions(*arm.Request) (arm.Response, error) {
	s, err := p.core.Settings()
	if err != nil {
		return arm.Response{}, err
	}
	values := []any{}
	for _, m := range s.Minors() {
		patches := map[string]any{}
		for _, patch := range m.Patches {
			patches[patch] = map[string]any{"upgrades": []string{}}
		}
		one := map[string]any{"version": m.Version, "capabilities": map[string]any{"supportPlan": m.Plans}, "patchVersions": patches}
		if m.Default {
			one["isDefault"] = true
		}
		values = append(values, one)
	}
	return arm.OK(map[string]any{"values": values}), nil
}
