package node

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Pool has the settings of a node pool that its Node objects depend on.
type Pool struct {
	Name   string
	Mode   string // System or User
	OSType string // Linux or Windows
	VMSize string
	Count  int
	// Labels and Taints ("key=value:Effect") are set by the user, in addition to AKS's.
	Labels map[string]string
	Taints []string
	// Zones are the availability zones of the nodes; without any the nodes are in no zone.
	Zones []string
	// MaxPods is the number of pods that a node accepts; 0 means AKS's default.
	MaxPods int
}

// poolAnnotation lists the labels and taints of a node that come from its pool. Those that the pool
// loses are removed from the node; those of other origin stay.
const poolAnnotation = "sandbox.invalid/of-pool"

// zone returns the zone of the pool's n-th node as AKS writes it: region and number.
func (p Pool) zone(location string, ordinal int) string {
	if len(p.Zones) == 0 {
		return ""
	}
	return location + "-" + p.Zones[ordinal%len(p.Zones)]
}

// taints returns the pool's taints. Invalid ones were refused when the pool was created.
func (p Pool) taints() []corev1.Taint {
	var out []corev1.Taint
	for _, text := range p.Taints {
		pair, effect, found := strings.Cut(text, ":")
		if !found {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		out = append(out, corev1.Taint{Key: key, Value: value, Effect: corev1.TaintEffect(effect)})
	}
	return out
}

// annotation returns the value of poolAnnotation for the pool.
func (p Pool) annotation() string {
	names := slices.Sorted(maps.Keys(p.Labels))
	for _, t := range p.taints() {
		names = append(names, taintName(t))
	}
	return strings.Join(names, ",")
}

func taintName(t corev1.Taint) string { return fmt.Sprintf("%s:%s", t.Key, t.Effect) }

// adjust sets the labels and taints of a node to those of its pool, and reports whether the node
// changed.
func adjust(have, want *corev1.Node) bool {
	changed := have.Annotations[poolAnnotation] != want.Annotations[poolAnnotation]
	before := strings.Split(have.Annotations[poolAnnotation], ",")
	for key := range have.Labels {
		if _, stays := want.Labels[key]; !stays && slices.Contains(before, key) {
			delete(have.Labels, key)
			changed = true
		}
	}
	for key, value := range want.Labels {
		if have.Labels[key] != value {
			if have.Labels == nil {
				have.Labels = map[string]string{}
			}
			have.Labels[key] = value
			changed = true
		}
	}
	kept := slices.DeleteFunc(slices.Clone(have.Spec.Taints), func(t corev1.Taint) bool {
		return slices.Contains(before, taintName(t)) || slices.ContainsFunc(want.Spec.Taints, func(w corev1.Taint) bool { return taintName(w) == taintName(t) })
	})
	taints := append(kept, want.Spec.Taints...)
	if !sameTaints(have.Spec.Taints, taints) {
		have.Spec.Taints = taints
		changed = true
	}
	if have.Annotations == nil {
		have.Annotations = map[string]string{}
	}
	have.Annotations[poolAnnotation] = want.Annotations[poolAnnotation]
	return changed
}

// sameTaints reports whether two lists have the same taints, in any order.
func sameTaints(a, b []corev1.Taint) bool {
	text := func(list []corev1.Taint) []string {
		var out []string
		for _, t := range list {
			out = append(out, t.ToString())
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(text(a), text(b))
}
