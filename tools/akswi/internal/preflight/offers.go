package preflight

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// region checks that the subscription has the region.
func (c *Checker) region(ctx context.Context) []Row {
	if c.Plan.Location == "" {
		return []Row{problem(checkRegion, "NoLocation", "the stack names no location", c.set("location", "westeurope"))}
	}
	all, err := list[struct {
		Name string `json:"name"`
	}](ctx, c.azure, c.subscriptionScope()+"/locations", apiSubscriptions, "")
	if err != nil {
		return []Row{cannotRead(checkRegion, err)}
	}
	var known []string
	for _, l := range all {
		known = append(known, l.Name)
	}
	if slices.Contains(known, c.Plan.Location) {
		return []Row{ok(checkRegion, c.Plan.Location)}
	}
	near, found := suggest.Nearest(c.Plan.Location, known)
	if !found {
		near = "REGION"
	}
	return []Row{problem(checkRegion, "LocationNotAvailable", fmt.Sprintf("the subscription has no region %q", c.Plan.Location), c.set("location", near))}
}

// offeredMinor is a minor version of Kubernetes that a region offers.
type offeredMinor struct {
	Version      string `json:"version"`
	IsDefault    bool   `json:"isDefault"`
	IsPreview    bool   `json:"isPreview"`
	Capabilities struct {
		SupportPlan []string `json:"supportPlan"`
	} `json:"capabilities"`
	PatchVersions map[string]any `json:"patchVersions"`
}

// has reports whether the minor version is that of a version, and has its patch.
func (m offeredMinor) has(v string) bool {
	if v == m.Version {
		return true
	}
	_, patch := m.PatchVersions[v]
	return patch
}

// kubernetes checks the versions of the cluster and of its pools.
func (c *Checker) kubernetes(ctx context.Context) []Row {
	if c.Plan.Cluster == nil {
		return []Row{ok(checkKubernetes, "the stack creates no cluster")}
	}
	var answer struct {
		Values []offeredMinor `json:"values"`
	}
	err := c.azure.get(ctx, c.subscriptionScope()+"/providers/Microsoft.ContainerService/locations/"+c.Plan.Location+"/kubernetesVersions", apiKubernetes, &answer)
	if err != nil {
		return []Row{cannotRead(checkKubernetes, err)}
	}
	wanted := map[string]string{} // path by version
	if v := c.Plan.Cluster.Version; v != "" {
		wanted[v] = "cluster.kubernetesVersion"
	}
	for _, p := range c.Plan.Cluster.Pools {
		if p.Version != "" && wanted[p.Version] == "" {
			wanted[p.Version] = p.Path + ".orchestratorVersion"
		}
	}
	var rows []Row
	for _, v := range slices.Sorted(maps.Keys(wanted)) {
		if row, bad := c.offeredVersion(answer.Values, v, wanted[v]); bad {
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 {
		return rows
	}
	if len(wanted) == 0 {
		return []Row{ok(checkKubernetes, "AKS's default, "+defaultVersion(answer.Values))}
	}
	return []Row{ok(checkKubernetes, strings.Join(slices.Sorted(maps.Keys(wanted)), ", ")+" in "+c.Plan.Location)}
}

// offeredVersion returns a row if a version cannot be had.
func (c *Checker) offeredVersion(offered []offeredMinor, v, path string) (Row, bool) {
	plan := c.Plan.Cluster.SupportPlan
	i := slices.IndexFunc(offered, func(m offeredMinor) bool { return m.has(v) })
	remedy := c.set(path, usable(offered, plan, c.Deployed.Version))
	// A version that the stack has deployed already is not asked for again.
	row := problem
	if c.Deployed.Cluster && c.Deployed.Version == v {
		row = warning
	}
	switch {
	case i < 0:
		return row(checkKubernetes, "K8sVersionNotSupported", fmt.Sprintf("%s: %s does not offer Kubernetes %s", path, c.Plan.Location, v), remedy), true
	case slices.Contains(offered[i].Capabilities.SupportPlan, plan):
		if offered[i].IsPreview {
			return warning(checkKubernetes, "Preview", fmt.Sprintf("%s: Kubernetes %s is a preview in %s", path, v, c.Plan.Location), remedy), true
		}
		return Row{}, false
	case plan == planOfficial:
		return row(checkKubernetes, "K8sVersionNotSupported",
			fmt.Sprintf("%s: Kubernetes %s has long-term support only, which takes the tier Premium and the plan %s", path, v, planLongTerm), remedy), true
	}
	return row(checkKubernetes, "K8sVersionNotSupported", fmt.Sprintf("%s: Kubernetes %s is not in the support plan %s", path, v, plan), remedy), true
}

// usable returns the version to use instead: the next minor of a deployed cluster, since an upgrade
// cannot skip one, else AKS's default, else the newest.
func usable(offered []offeredMinor, plan, deployed string) string {
	best := ""
	for _, m := range offered {
		if !slices.Contains(m.Capabilities.SupportPlan, plan) || m.IsPreview {
			continue
		}
		if best == "" || newer(m.Version, best) || m.IsDefault {
			best = m.Version
		}
		if m.IsDefault {
			break
		}
		if deployed != "" && newer(m.Version, deployed) {
			return m.Version
		}
	}
	if best == "" {
		return "VERSION"
	}
	return best
}

func defaultVersion(offered []offeredMinor) string {
	for _, m := range offered {
		if m.IsDefault {
			return m.Version
		}
	}
	return "which the region does not name"
}

// newer reports whether a version is newer than another; false if one of them is no version.
func newer(a, b string) bool {
	x, errX := version.ParseGeneric(a)
	y, errY := version.ParseGeneric(b)
	return errX == nil && errY == nil && y.LessThan(x)
}
