package region

import (
	"slices"
	"strconv"
	"strings"
)

// Support plans of a Kubernetes version.
const (
	PlanOfficial = "KubernetesOfficial"
	PlanLongTerm = "AKSLongTermSupport"
)

// RealVersion is the Kubernetes version that every cluster of the sandbox runs, whichever version
// was requested. currentKubernetesVersion shows it.
const RealVersion = "1.34.4"

// Minor is a minor version of Kubernetes that a region offers.
type Minor struct {
	Version string   // such as 1.34
	Plans   []string // support plans; never empty
	Patches []string // newest last
	Default bool     // what a cluster without a version gets
}

// minors are the versions around the one that the sandbox runs: the three newest with community
// support, the older ones with long-term support only. Each version is in long-term support since
// 1.27 (https://learn.microsoft.com/azure/aks/long-term-support), and AKS has several patches of
// each (https://learn.microsoft.com/azure/aks/supported-kubernetes-versions).
var minors = []Minor{
	{Version: "1.30", Plans: []string{PlanLongTerm}, Patches: []string{"1.30.13", "1.30.14"}},
	{Version: "1.31", Plans: []string{PlanLongTerm}, Patches: []string{"1.31.12", "1.31.13"}},
	{Version: "1.32", Plans: []string{PlanOfficial, PlanLongTerm}, Patches: []string{"1.32.8", "1.32.9"}},
	{Version: "1.33", Plans: []string{PlanOfficial, PlanLongTerm}, Patches: []string{"1.33.4", "1.33.5"}},
	{Version: "1.34", Plans: []string{PlanOfficial, PlanLongTerm}, Patches: []string{"1.34.3", RealVersion}, Default: true},
}

// Minors lists the minor versions that the region offers, oldest first.
func (s Settings) Minors() []Minor {
	var offered []Minor
	for _, m := range minors {
		if plans, set := s.KubernetesVersions[m.Version]; set {
			m.Plans = plans
		}
		if len(m.Plans) > 0 {
			offered = append(offered, m)
		}
	}
	// Without the usual default it is the newest version with community support.
	if !slices.ContainsFunc(offered, func(m Minor) bool { return m.Default && slices.Contains(m.Plans, PlanOfficial) }) {
		for i := range offered {
			offered[i].Default = false
		}
		for i := len(offered) - 1; i >= 0; i-- {
			if slices.Contains(offered[i].Plans, PlanOfficial) {
				offered[i].Default = true
				break
			}
		}
	}
	return offered
}

// DefaultVersion returns the version of a cluster that names none; "" if every version needs
// long-term support. It has no patch: pulumi-azure-native's recording
// upgrade-containerservice-agentpool/2.90.0 shows kubernetesVersion "1.30" and
// currentKubernetesVersion "1.30.10" of such a cluster.
func (s Settings) DefaultVersion() string {
	for _, m := range s.Minors() {
		if m.Default {
			return m.Version
		}
	}
	return ""
}

// Plans returns the support plans in which the region offers a version, major.minor or with a
// patch; empty if it does not offer the version.
func (s Settings) Plans(version string) []string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return nil
	}
	for _, m := range s.Minors() {
		if m.Version != parts[0]+"."+parts[1] {
			continue
		}
		if len(parts) == 3 && !m.hasPatch(parts[2]) {
			return nil
		}
		return m.Plans
	}
	return nil
}

// hasPatch reports whether AKS has a patch of the minor version. Older patches than the listed ones
// stay usable for existing clusters, so that only newer ones are refused.
func (m Minor) hasPatch(patch string) bool {
	newest := m.Patches[len(m.Patches)-1]
	have, err1 := strconv.Atoi(newest[strings.LastIndex(newest, ".")+1:])
	want, err2 := strconv.Atoi(patch)
	return err1 == nil && err2 == nil && want <= have
}
