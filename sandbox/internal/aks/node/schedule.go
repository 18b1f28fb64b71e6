package node

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	corehelpers "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// chooseNode returns the name of a node for a pod: of the nodes that fit, the one with the fewest
// pods, and the first by name if several have as few. It considers what decides where a pod may run
// (node selector, required node affinity, taints, cordons), and neither resources nor spreading,
// because the sandbox's nodes have no load.
//
// If no node fits, the reason has the real scheduler's words.
func chooseNode(pod *corev1.Pod, nodes []*corev1.Node, load map[string]int) (name, reason string) {
	nodes = slices.Clone(nodes)
	slices.SortFunc(nodes, func(a, b *corev1.Node) int { return strings.Compare(a.Name, b.Name) })
	required := nodeaffinity.GetRequiredNodeAffinity(pod)

	refused := map[string]int{}
	best := ""
	for _, n := range nodes {
		if why := mismatch(pod, n, required); why != "" {
			refused[why]++
			continue
		}
		if best == "" || load[n.Name] < load[best] {
			best = n.Name
		}
	}
	if best != "" {
		return best, ""
	}
	return "", unschedulable(len(nodes), refused)
}

// mismatch returns why a pod cannot run on a node, or "".
func mismatch(pod *corev1.Pod, n *corev1.Node, required nodeaffinity.RequiredNodeAffinity) string {
	if n.Spec.Unschedulable {
		return "node(s) were unschedulable"
	}
	taint, found := corehelpers.FindMatchingUntoleratedTaint(n.Spec.Taints, pod.Spec.Tolerations, func(t *corev1.Taint) bool {
		return t.Effect == corev1.TaintEffectNoSchedule || t.Effect == corev1.TaintEffectNoExecute
	})
	if found {
		return fmt.Sprintf("node(s) had untolerated taint {%s: %s}", taint.Key, taint.Value)
	}
	// An error means an invalid selector, which matches no node either.
	if ok, err := required.Match(n); err != nil || !ok {
		return "node(s) didn't match Pod's node affinity/selector"
	}
	return ""
}

func unschedulable(total int, refused map[string]int) string {
	if total == 0 {
		return "no nodes available to schedule pods"
	}
	var parts []string
	for why, n := range refused {
		parts = append(parts, fmt.Sprintf("%d %s", n, why))
	}
	slices.Sort(parts)
	return fmt.Sprintf("0/%d nodes are available: %s.", total, strings.Join(parts, ", "))
}
