package node

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"pgregory.net/rapid"
)

var testCluster = Cluster{SubscriptionID: "sub", NodeResourceGroup: "MC_rg_c_eastus", Location: "eastus", Suffix: "01234567", Version: "v1.34.4"}

func names(nodes []*corev1.Node) (out []string) {
	for _, n := range nodes {
		out = append(out, n.Name)
	}
	return out
}

func TestDesiredNames(t *testing.T) {
	got := names(testCluster.desired([]Pool{
		{Name: "system", Mode: "System", OSType: "Linux", Count: 2},
		{Name: "none", Count: 0},
		{Name: "win", OSType: "Windows", Count: 1},
		{Name: "big", Count: 37},
	}))
	want := []string{"aks-system-01234567-vmss000000", "aks-system-01234567-vmss000001", "akswin000000"}
	if diff := cmp.Diff(want, got[:3]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// Azure numbers the members of a scale set in base 36.
	if last := got[len(got)-1]; last != "aks-big-01234567-vmss000010" {
		t.Errorf("member 36 is %s", last)
	}
}

func TestDesiredLabels(t *testing.T) {
	n := testCluster.desired([]Pool{{Name: "user", Mode: "User", OSType: "Linux", VMSize: "Standard_D4s_v5", Count: 1}})[0]
	for label, want := range map[string]string{
		"kubernetes.io/os": "linux", "kubernetes.io/hostname": n.Name,
		"kubernetes.azure.com/agentpool": "user", "kubernetes.azure.com/mode": "user",
		"kubernetes.azure.com/cluster":     "MC_rg_c_eastus",
		"node.kubernetes.io/instance-type": "Standard_D4s_v5", "topology.kubernetes.io/region": "eastus",
	} {
		if got := n.Labels[label]; got != want {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
	want := "azure:///subscriptions/sub/resourceGroups/mc_rg_c_eastus/providers/Microsoft.Compute/virtualMachineScaleSets/aks-user-01234567-vmss/virtualMachines/0"
	if n.Spec.ProviderID != want {
		t.Errorf("provider id %s", n.Spec.ProviderID)
	}
}

func TestDesiredHasThePoolsSettings(t *testing.T) {
	nodes := testCluster.desired([]Pool{{
		Name: "spot", Mode: "User", Count: 3, Zones: []string{"1", "3"}, MaxPods: 30, Taints: []string{"sku=gpu:NoSchedule", "dedicated:NoExecute"},
		Labels: map[string]string{"team": "a", "kubernetes.azure.com/mode": "mine"},
	}})
	var zones []string
	for _, n := range nodes {
		zones = append(zones, n.Labels["topology.kubernetes.io/zone"])
	}
	if diff := cmp.Diff([]string{"eastus-1", "eastus-3", "eastus-1"}, zones); diff != "" {
		t.Errorf("zones -want +got:\n%s", diff)
	}
	want := []corev1.Taint{{Key: "sku", Value: "gpu", Effect: corev1.TaintEffectNoSchedule}, {Key: "dedicated", Effect: corev1.TaintEffectNoExecute}}
	if diff := cmp.Diff(want, nodes[0].Spec.Taints); diff != "" {
		t.Errorf("taints -want +got:\n%s", diff)
	}
	if nodes[0].Labels["team"] != "a" || nodes[0].Labels["kubernetes.azure.com/mode"] != "user" || nodes[0].Status.Capacity.Pods().Value() != 30 {
		t.Errorf("labels %v, %s pods", nodes[0].Labels, nodes[0].Status.Capacity.Pods())
	}
}

// TestNodesFollowTheirPool changes a pool's labels and taints; those of other origin stay.
func TestNodesFollowTheirPool(t *testing.T) {
	client := fake.NewClientset()
	a, err := New(Options{Client: client, Informers: informers.NewSharedInformerFactory(client, 0), Cluster: testCluster, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	pool := Pool{Name: "p", Mode: "User", Count: 1, Labels: map[string]string{"team": "a", "tier": "x"}, Taints: []string{"sku=gpu:NoSchedule"}}
	get := func() *corev1.Node {
		t.Helper()
		if err := a.SetPools(t.Context(), []Pool{pool}); err != nil {
			t.Fatal(err)
		}
		list, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("%d nodes, %v", len(list.Items), err)
		}
		return &list.Items[0]
	}
	n := get()
	n.Labels["mine"], n.Spec.Taints = "kept", append(n.Spec.Taints, corev1.Taint{Key: "mine", Effect: corev1.TaintEffectNoSchedule})
	if _, err := client.CoreV1().Nodes().Update(t.Context(), n, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	pool.Labels, pool.Taints = map[string]string{"team": "b"}, []string{"sku=cpu:NoSchedule"}
	n = get()
	labels := map[string]string{"team": n.Labels["team"], "tier": n.Labels["tier"], "mine": n.Labels["mine"]}
	if diff := cmp.Diff(map[string]string{"team": "b", "tier": "", "mine": "kept"}, labels); diff != "" {
		t.Errorf("labels -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]corev1.Taint{{Key: "mine", Effect: corev1.TaintEffectNoSchedule}, {Key: "sku", Value: "cpu", Effect: corev1.TaintEffectNoSchedule}}, n.Spec.Taints); diff != "" {
		t.Errorf("taints -want +got:\n%s", diff)
	}
	pool.Labels, pool.Taints = nil, nil
	if n = get(); n.Labels["team"] != "" || len(n.Spec.Taints) != 1 || n.Labels["mine"] != "kept" {
		t.Errorf("pool without labels and taints: labels %v, taints %v", n.Labels, n.Spec.Taints)
	}
}

func TestNodeNamesAreLegalAndDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := Pool{
			Name:   rapid.StringMatching(`[a-z][a-z0-9]{0,5}`).Draw(t, "name"),
			OSType: rapid.SampledFrom([]string{"Linux", "Windows", ""}).Draw(t, "os"),
			Count:  rapid.IntRange(0, 100).Draw(t, "count"),
		}
		seen := map[string]bool{}
		for _, name := range names(testCluster.desired([]Pool{pool})) {
			if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 || seen[name] {
				t.Fatalf("%s: %v, seen before: %v", name, problems, seen[name])
			}
			seen[name] = true
		}
		if len(seen) != pool.Count {
			t.Fatalf("%d nodes, want %d", len(seen), pool.Count)
		}
	})
}

func TestVCPUs(t *testing.T) {
	for size, want := range map[string]int64{
		"Standard_D4s_v5": 4, "Standard_DS2_v2": 2, "Standard_B2ms": 2, "Standard_NC24ads_A100_v4": 24,
		"Standard_M128-32ms": 128, "": 0, "Standard": 0, "odd_": 0,
	} {
		if got := vCPUs(size); got != want {
			t.Errorf("%q: %d, want %d", size, got, want)
		}
	}
}

func newTestAgent(t *testing.T, client *fake.Clientset) *Agent {
	t.Helper()
	a, err := New(Options{
		Client: client, Informers: informers.NewSharedInformerFactory(client, 0), Cluster: testCluster,
		Pods: t.TempDir(), Logs: t.TempDir(), Run: t.TempDir(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Stop)
	return a
}

func TestSetPools(t *testing.T) {
	client := fake.NewClientset()
	a := newTestAgent(t, client)
	set := func(count int) map[string]string {
		t.Helper()
		if err := a.SetPools(t.Context(), []Pool{{Name: "p", Mode: "System", OSType: "Linux", VMSize: "Standard_D2s_v5", Count: count}}); err != nil {
			t.Fatal(err)
		}
		list, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ips := map[string]string{}
		for _, n := range list.Items {
			if !nodeReady(&n) || len(n.Spec.Taints) > 0 {
				t.Errorf("node %s: ready %v, taints %v", n.Name, nodeReady(&n), n.Spec.Taints)
			}
			ips[n.Name] = internalIP(&n)
		}
		return ips
	}
	const zero, one = "aks-p-01234567-vmss000000", "aks-p-01234567-vmss000001"
	if diff := cmp.Diff(map[string]string{zero: "10.224.0.4"}, set(1)); diff != "" {
		t.Errorf("first: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{zero: "10.224.0.4", one: "10.224.0.5"}, set(2)); diff != "" {
		t.Errorf("scaled out: -want +got:\n%s", diff)
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "x", UID: "u"}, Spec: corev1.PodSpec{NodeName: one}}
	if _, err := client.CoreV1().Pods("default").Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{zero: "10.224.0.4"}, set(1)); diff != "" {
		t.Errorf("scaled in: -want +got:\n%s", diff)
	}
	if pods, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); err != nil || len(pods.Items) > 0 {
		t.Errorf("pods of the removed node: %v, %v", pods, err)
	}
}

func TestRemoveTaintLeavesOthers(t *testing.T) {
	n := &corev1.Node{Spec: corev1.NodeSpec{Taints: []corev1.Taint{{Key: "mine"}, {Key: corev1.TaintNodeNotReady}}}}
	if !removeTaint(n, corev1.TaintNodeNotReady) || len(n.Spec.Taints) != 1 || n.Spec.Taints[0].Key != "mine" {
		t.Errorf("taints %v", n.Spec.Taints)
	}
	if removeTaint(n, corev1.TaintNodeNotReady) {
		t.Error("a second removal reports a change")
	}
}
