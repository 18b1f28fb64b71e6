package node

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"runtime"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Cluster is what the Node objects need to know about their cluster.
type Cluster struct {
	SubscriptionID    string
	NodeResourceGroup string
	Location          string
	// Suffix is the eight digits in the nodes' names.
	Suffix string
	// Version is the Kubernetes version that the nodes report, such as v1.34.4.
	Version string
}

// The labels of AKS's nodes.
const (
	labelPool       = "kubernetes.azure.com/agentpool"
	labelPoolLegacy = "agentpool"
	labelMode       = "kubernetes.azure.com/mode"
	labelCluster    = "kubernetes.azure.com/cluster"
)

// firstNodeIP is the first address that AKS's default subnet gives to a node.
var firstNodeIP = netip.MustParseAddr("10.224.0.4")

// podsPerNode is AKS's default with an overlay network.
const podsPerNode = 250

// desired returns the nodes of all pools, without their status.
func (c Cluster) desired(pools []Pool) []*corev1.Node {
	var out []*corev1.Node
	for _, p := range pools {
		for i := range p.Count {
			out = append(out, c.node(p, i))
		}
	}
	return out
}

func (c Cluster) node(p Pool, ordinal int) *corev1.Node {
	os := strings.ToLower(p.OSType)
	if os == "" {
		os = "linux"
	}
	// Azure numbers the members of a scale set in base 36, with six digits.
	member := strconv.FormatInt(int64(ordinal), 36)
	member = strings.Repeat("0", max(0, 6-len(member))) + member
	scaleSet := fmt.Sprintf("aks-%s-%s-vmss", p.Name, c.Suffix)
	name := scaleSet + member
	if os == "windows" {
		// Windows limits host names to 15 characters.
		scaleSet = "aks" + p.Name
		name = scaleSet + member
	}
	labels := map[string]string{}
	maps.Copy(labels, p.Labels)
	maps.Copy(labels, map[string]string{
		corev1.LabelHostname:           name,
		corev1.LabelOSStable:           os,
		corev1.LabelArchStable:         runtime.GOARCH,
		corev1.LabelInstanceTypeStable: p.VMSize,
		corev1.LabelTopologyRegion:     c.Location,
		labelPool:                      p.Name,
		labelPoolLegacy:                p.Name,
		labelMode:                      strings.ToLower(p.Mode),
		labelCluster:                   c.NodeResourceGroup,
	})
	if zone := p.zone(c.Location, ordinal); zone != "" {
		labels[corev1.LabelTopologyZone] = zone
	}
	pods := int64(p.MaxPods)
	if pods == 0 {
		pods = podsPerNode
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels, Annotations: map[string]string{poolAnnotation: p.annotation()}},
		Spec: corev1.NodeSpec{Taints: p.taints(), ProviderID: fmt.Sprintf(
			"azure:///subscriptions/%s/resourceGroups/%s/providers/Microsoft.Compute/virtualMachineScaleSets/%s/virtualMachines/%d",
			c.SubscriptionID, strings.ToLower(c.NodeResourceGroup), scaleSet, ordinal)},
		Status: corev1.NodeStatus{Capacity: corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(pods, resource.DecimalSI)}},
	}
}

// SetPools makes the cluster's nodes those of the pools. The pods of a removed node are deleted, as
// those of a drained node are.
func (a *Agent) SetPools(ctx context.Context, pools []Pool) error {
	existing, err := a.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("nodes: %w", err)
	}
	have := map[string]*corev1.Node{}
	usedIPs := map[string]bool{}
	for i := range existing.Items {
		n := &existing.Items[i]
		have[n.Name] = n
		usedIPs[internalIP(n)] = true
	}
	want := a.cluster.desired(pools)
	wanted := map[string]bool{}
	for _, n := range want {
		wanted[n.Name] = true
	}
	a.setNodes(wanted)

	for name := range have {
		if !wanted[name] {
			if err := a.removeNode(ctx, name); err != nil {
				return err
			}
		}
	}
	for _, n := range want {
		if err := a.ensureNode(ctx, n, have[n.Name], usedIPs); err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
	}
	return nil
}

func (a *Agent) removeNode(ctx context.Context, name string) error {
	if err := a.client.CoreV1().Nodes().Delete(ctx, name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("node %s: %w", name, err)
	}
	pods, err := a.client.CoreV1().Pods("").List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=" + name})
	if err != nil {
		return fmt.Errorf("pods of node %s: %w", name, err)
	}
	now := int64(0)
	for _, p := range pods.Items {
		a.stopRunner(p.UID)
		err := a.client.CoreV1().Pods(p.Namespace).Delete(ctx, p.Name, metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: metav1.NewUIDPreconditions(string(p.UID))})
		if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			return fmt.Errorf("pod %s/%s of node %s: %w", p.Namespace, p.Name, name, err)
		}
	}
	return nil
}

func (a *Agent) ensureNode(ctx context.Context, want, have *corev1.Node, usedIPs map[string]bool) error {
	nodes := a.client.CoreV1().Nodes()
	if have == nil {
		created, err := nodes.Create(ctx, want, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		have = created
	}
	// Admission adds the taint not-ready to every new node. The controller that removes it does not
	// run, because nodes here have no heartbeat.
	changed := removeTaint(have, corev1.TaintNodeNotReady)
	if adjust(have, want) || changed {
		updated, err := nodes.Update(ctx, have, metav1.UpdateOptions{})
		if err != nil {
			return err
		}
		have = updated
	}
	if nodeReady(have) {
		return nil
	}
	have.Status = nodeStatus(have, want.Status.Capacity[corev1.ResourcePods], freeNodeIP(usedIPs), a.cluster.Version)
	_, err := nodes.UpdateStatus(ctx, have, metav1.UpdateOptions{})
	return err
}

func removeTaint(n *corev1.Node, key string) bool {
	var kept []corev1.Taint
	for _, t := range n.Spec.Taints {
		if t.Key != key {
			kept = append(kept, t)
		}
	}
	changed := len(kept) != len(n.Spec.Taints)
	n.Spec.Taints = kept
	return changed
}

func freeNodeIP(used map[string]bool) string {
	ip := firstNodeIP
	for used[ip.String()] {
		ip = ip.Next()
	}
	used[ip.String()] = true
	return ip.String()
}

func nodeStatus(n *corev1.Node, pods resource.Quantity, ip, version string) corev1.NodeStatus {
	now := metav1.Now()
	condition := func(kind corev1.NodeConditionType, status corev1.ConditionStatus, reason, message string) corev1.NodeCondition {
		return corev1.NodeCondition{Type: kind, Status: status, Reason: reason, Message: message, LastHeartbeatTime: now, LastTransitionTime: now}
	}
	capacity := corev1.ResourceList{corev1.ResourcePods: pods}
	if n := vCPUs(n.Labels[corev1.LabelInstanceTypeStable]); n > 0 {
		capacity[corev1.ResourceCPU] = *resource.NewQuantity(n, resource.DecimalSI)
	}
	return corev1.NodeStatus{
		Capacity:    capacity,
		Allocatable: capacity,
		Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeInternalIP, Address: ip},
			{Type: corev1.NodeHostName, Address: n.Name},
		},
		Conditions: []corev1.NodeCondition{
			condition(corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory", "the sandbox watches no memory"),
			condition(corev1.NodeDiskPressure, corev1.ConditionFalse, "KubeletHasNoDiskPressure", "the sandbox watches no disk"),
			condition(corev1.NodePIDPressure, corev1.ConditionFalse, "KubeletHasSufficientPID", "the sandbox watches no processes"),
			condition(corev1.NodeReady, corev1.ConditionTrue, "KubeletReady", "a node of the sandbox: "+noContainers),
		},
		NodeInfo: corev1.NodeSystemInfo{
			KubeletVersion:          version,
			OperatingSystem:         n.Labels[corev1.LabelOSStable],
			Architecture:            n.Labels[corev1.LabelArchStable],
			OSImage:                 "sandbox",
			ContainerRuntimeVersion: "sandbox://0",
		},
	}
}

// vCPUs returns the number of processors in the name of a size, by Azure's naming convention:
// Standard_D4s_v5 has 4. It returns 0 if there is none.
func vCPUs(size string) int64 {
	_, rest, _ := strings.Cut(size, "_")
	rest = strings.TrimLeft(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	n, err := strconv.ParseInt(rest[:end], 10, 16)
	if err != nil {
		return 0
	}
	return n
}

func internalIP(n *corev1.Node) string {
	for _, a := range n.Status.Addresses {
		if a.Type == corev1.NodeInternalIP {
			return a.Address
		}
	}
	return ""
}

func nodeReady(n *corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}
