package preflight

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Names of the quotas that are not a family's.
const (
	quotaTotal = "cores"
	quotaSpot  = "lowPriorityCores"
)

// demand counts vCPUs by the name of their quota.
type demand map[string]int

// smallestNode is the number of vCPUs of the smallest node that AKS takes where it chooses the
// size.
const smallestNode = 2

// add counts nodes of a pool. Where AKS chooses the size, only the total is known, and that at
// least.
func (d demand) add(k *catalogue, p Pool, nodes int) {
	s, known := k.skus[strings.ToLower(p.VMSize)]
	switch {
	case nodes <= 0 || p.VMSize != "" && !known:
	case p.Spot:
		d[quotaSpot] += nodes * max(s.vCPUs(), smallestNode)
	case p.VMSize == "":
		d[quotaTotal] += nodes * smallestNode
	default:
		d[quotaTotal] += nodes * s.vCPUs()
		d[s.Family] += nodes * s.vCPUs()
	}
}

// quota checks that the nodes fit into the quotas: those that the deployment adds, then those of
// the surge of an upgrade and of the autoscaler.
func (c *Checker) quota(ctx context.Context) []Row {
	if c.Plan.Cluster == nil {
		return []Row{ok(checkQuota, "the stack creates no nodes")}
	}
	k, err := c.offers(ctx)
	if err != nil {
		return []Row{cannotRead(checkQuota, err)}
	}
	now, scaled := demand{}, demand{}
	var surge []demand
	for _, p := range c.Plan.Cluster.Pools {
		have := 0
		if d := c.Deployed.Pools[p.Name]; p.VMSize == "" || strings.EqualFold(d.VMSize, p.VMSize) {
			have = d.Count
		}
		extra := surgeNodes(p.Surge, max(p.Count, have))
		added := p.Count - have
		if upgraded := c.upgraded(p); upgraded {
			added = max(added, 0) + extra
		}
		now.add(k, p, added)
		scaled.add(k, p, p.Max-have)
		one := demand{}
		one.add(k, p, max(p.Count-have, 0)+extra)
		surge = append(surge, one)
	}
	rows := c.exceeded(k, now, problem, "the nodes")
	if len(rows) > 0 {
		return rows
	}
	rows = c.exceeded(k, scaled, warning, "the autoscaler's largest number of nodes")
	rows = append(rows, c.surging(k, now, surge)...)
	if len(rows) > 0 {
		return rows
	}
	return []Row{ok(checkQuota, fmt.Sprintf("%d vCPUs are needed, %d of %d are left in %s", now[quotaTotal],
		k.quotas[quotaTotal].left(), k.quotas[quotaTotal].limit, c.Plan.Location))}
}

// upgraded reports whether the deployment upgrades a pool of the stack.
func (c *Checker) upgraded(p Pool) bool {
	d, deployed := c.Deployed.Pools[p.Name]
	wanted := p.Version
	if wanted == "" {
		wanted = c.Plan.Cluster.Version
	}
	return deployed && wanted != "" && d.Version != "" && newer(wanted, d.Version)
}

// surging returns warnings for the largest surge: AKS upgrades one pool after another.
func (c *Checker) surging(k *catalogue, now demand, surge []demand) []Row {
	worst := demand{}
	for i, one := range surge {
		with := demand{}
		for name, n := range now {
			with[name] = n
		}
		own := demand{}
		own.add(k, c.Plan.Cluster.Pools[i], max(c.Plan.Cluster.Pools[i].Count-c.Deployed.Pools[c.Plan.Cluster.Pools[i].Name].Count, 0))
		for name, n := range one {
			with[name] += n - own[name]
		}
		for name, n := range with {
			worst[name] = max(worst[name], n)
		}
	}
	return c.exceeded(k, worst, warning, "the nodes and the surge nodes of an upgrade")
}

// exceeded returns a row for each quota that is less than what is needed.
func (c *Checker) exceeded(k *catalogue, d demand, row func(check, code, found, remedy string) Row, what string) []Row {
	var rows []Row
	for _, name := range slices.Sorted(maps.Keys(d)) {
		q, known := k.quotas[strings.ToLower(name)]
		if !known || d[name] <= q.left() {
			continue
		}
		rows = append(rows, row(checkQuota, "InsufficientVCPUQuota",
			fmt.Sprintf("%s need %d vCPUs of the quota %s in %s; %d of %d are left", what, d[name], name, c.Plan.Location, max(q.left(), 0), q.limit),
			fmt.Sprintf("az quota update --resource-name %s --scope %s/providers/Microsoft.Compute/locations/%s --resource-type dedicated --limit-object value=%d limit-object-type=LimitValue",
				name, c.subscriptionScope(), c.Plan.Location, q.used+d[name])))
	}
	return rows
}

// surgeNodes returns the number of nodes that an upgrade adds to a pool: a number, or a percentage
// of it, rounded up.
func surgeNodes(text string, nodes int) int {
	number, percent := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	if percent {
		n = int(math.Ceil(float64(n) * float64(nodes) / 100))
	}
	return n
}
