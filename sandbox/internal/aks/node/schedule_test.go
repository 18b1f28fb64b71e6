package node

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func testNode(name string, change func(*corev1.Node)) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelOSStable: "linux"}}}
	if change != nil {
		change(n)
	}
	return n
}

func tainted(effect corev1.TaintEffect) func(*corev1.Node) {
	return func(n *corev1.Node) {
		n.Spec.Taints = []corev1.Taint{{Key: "CriticalAddonsOnly", Value: "true", Effect: effect}}
	}
}

func TestChooseNode(t *testing.T) {
	windows := func(n *corev1.Node) { n.Labels[corev1.LabelOSStable] = "windows" }
	linux := corev1.PodSpec{NodeSelector: map[string]string{corev1.LabelOSStable: "linux"}}
	byName := func(name string) corev1.PodSpec {
		// The DaemonSet controller selects a node by this affinity.
		return corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{name}}},
			}}}}}}
	}
	for name, tc := range map[string]struct {
		pod    corev1.PodSpec
		nodes  []*corev1.Node
		load   map[string]int
		want   string
		reason string
	}{
		"the first by name if several have as few pods": {
			nodes: []*corev1.Node{testNode("b", nil), testNode("a", nil)}, want: "a"},
		"the one with the fewest pods": {
			nodes: []*corev1.Node{testNode("a", nil), testNode("b", nil)}, load: map[string]int{"a": 2, "b": 1}, want: "b"},
		"only a node that matches the node selector": {
			pod: linux, nodes: []*corev1.Node{testNode("a", windows), testNode("b", nil)}, want: "b"},
		"a DaemonSet's pod is bound to its node": {
			pod: byName("b"), nodes: []*corev1.Node{testNode("a", nil), testNode("b", nil)}, load: map[string]int{"b": 9}, want: "b"},
		"a taint keeps pods away": {
			nodes: []*corev1.Node{testNode("a", tainted(corev1.TaintEffectNoSchedule)), testNode("b", nil)}, load: map[string]int{"b": 9}, want: "b"},
		"a toleration allows them": {
			pod:   corev1.PodSpec{Tolerations: []corev1.Toleration{{Key: "CriticalAddonsOnly", Operator: corev1.TolerationOpExists}}},
			nodes: []*corev1.Node{testNode("a", tainted(corev1.TaintEffectNoExecute))}, want: "a"},
		"the effect PreferNoSchedule does not keep pods away": {
			nodes: []*corev1.Node{testNode("a", tainted(corev1.TaintEffectPreferNoSchedule))}, want: "a"},
		"a cordoned node gets no pods": {
			nodes:  []*corev1.Node{testNode("a", func(n *corev1.Node) { n.Spec.Unschedulable = true })},
			reason: "0/1 nodes are available: 1 node(s) were unschedulable."},
		"the message has every reason with its number of nodes": {
			pod:   linux,
			nodes: []*corev1.Node{testNode("a", windows), testNode("b", windows), testNode("c", tainted(corev1.TaintEffectNoSchedule))},
			reason: "0/3 nodes are available: 1 node(s) had untolerated taint {CriticalAddonsOnly: true}, " +
				"2 node(s) didn't match Pod's node affinity/selector."},
		"no nodes at all": {reason: "no nodes available to schedule pods"},
	} {
		t.Run(name, func(t *testing.T) {
			got, reason := chooseNode(&corev1.Pod{Spec: tc.pod}, tc.nodes, tc.load)
			if got != tc.want || reason != tc.reason {
				t.Errorf("got %q, %q\nwant %q, %q", got, reason, tc.want, tc.reason)
			}
		})
	}
}
