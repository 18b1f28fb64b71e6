package node

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Pool is a node pool: what decides its Node objects.
type Pool struct {
	Name   string
	Mode   string // System or User
	OSType string // Linux or Windows
	VMSize string
	Count  int
	// Labels and Taints ("key=value:Effect") are the pool's own, beside AKS's.
	Labels map[string]string
	Taints []string
	// Zones are the availability zones that the nodes are spread over; none: they are in no zone.
	Zones []string
	// MaxPods is how many pods a node takes; 0: AKS's default.
	MaxPods int
}

// ours notes on a node which of its labels and taints are the pool's, so that
// those it loses go from the node, and what others put there stays.
const ours = "sandbox.invalid/of-pool"

// zone is that of the pool's n-th node, as AKS writes it: region and number.
func (p Pool) zone(location string, ordinal int) string {
	if len(p.Zones) == 0 {
		return ""
	}
	return location + "-" + p.Zones[ordinal%len(p.Zones)]
}

// taints reads the pool's; what is not one has been refused before.
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

// mark is the note about the pool's labels and taints.
func (p Pool) mark() string {
	names := slices.Sorted(maps.Keys(p.Labels))
	for _, t := range p.taints() {
		names = append(names, taintName(t))
	}
	return strings.Join(names, ",")
}

func taintName(t corev1.Taint) string { return fmt.Sprintf("%s:%s", t.Key, t.Effect) }

// adjust makes the labels and taints of a node those of its pool, and reports
// whether that changed it.
func adjust(have, want *corev1.Node) bool {
	changed := have.Annotations[ours] != want.Annotations[ours]
	before := strings.Split(have.Annotations[ours], ",")
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
	have.Annotations[ours] = want.Annotations[ours]
	return changed
}

// sameTaints compares without regard to order.
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
