package node

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	k8stesting "k8s.io/client-go/testing"
)

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not seen: %s", what)
}

func testPod(name, node string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID("uid-" + name)},
		Spec: corev1.PodSpec{NodeName: node, SchedulerName: corev1.DefaultSchedulerName,
			Containers: []corev1.Container{{Name: "c", Image: "nginx"}}},
	}
}

// bindings returns the nodes that the agent bound pods to, by pod.
func bindings(client *fake.Clientset) map[string]string {
	out := map[string]string{}
	for _, action := range client.Actions() {
		if create, ok := action.(k8stesting.CreateAction); ok && action.GetSubresource() == "binding" {
			b := create.GetObject().(*corev1.Binding)
			out[b.Name] = b.Target.Name
		}
	}
	return out
}

func TestAgent(t *testing.T) {
	const node = "aks-p-01234567-vmss000000"
	client := fake.NewClientset()
	a := newTestAgent(t, client)
	pods := client.CoreV1().Pods("default")
	create := func(p *corev1.Pod) {
		t.Helper()
		if _, err := pods.Create(t.Context(), p, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	get := func(name string) *corev1.Pod {
		p, err := pods.Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			return &corev1.Pod{}
		}
		return p
	}

	create(testPod("early", ""))
	eventually(t, "a pod without a node has the reason in its status", func() bool {
		c := get("early").Status.Conditions
		return len(c) == 1 && c[0].Reason == corev1.PodReasonUnschedulable && c[0].Message == "no nodes available to schedule pods"
	})
	if err := a.SetPools(t.Context(), []Pool{{Name: "p", Mode: "System", OSType: "Linux", Count: 1}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is bound once there is a node", func() bool { return bindings(client)["early"] == node })

	create(testPod("other", node))
	eventually(t, "another image waits, with the reason", func() bool {
		s := get("other").Status
		return s.Phase == corev1.PodPending && s.HostIP == "10.224.0.4" && len(s.ContainerStatuses) == 1 &&
			s.ContainerStatuses[0].State.Waiting.Reason == reasonImagePullBackOff &&
			s.ContainerStatuses[0].State.Waiting.Message == noContainers
	})

	empty := testPod("empty", node)
	empty.Spec.Containers = nil
	create(empty) // must not stop the agent: the rest of the test needs it

	foreign := testPod("foreign", "some-other-node")
	create(foreign)
	custom := testPod("custom", "")
	custom.Spec.SchedulerName = "mine"
	create(custom)
	gated := testPod("gated", "")
	gated.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "wait"}}
	create(gated)

	leaving := testPod("leaving", node)
	now := metav1.Now()
	leaving.DeletionTimestamp, leaving.Finalizers = &now, []string{"test/hold"}
	create(leaving)
	eventually(t, "a pod that is being deleted is removed", func() bool {
		_, err := pods.Get(t.Context(), "leaving", metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	})
	// The earlier pods have been processed by now: other pods are not changed.
	if got := bindings(client); len(got) != 1 {
		t.Errorf("bindings %v", got)
	}
	if s := get("foreign").Status; len(s.ContainerStatuses) > 0 {
		t.Errorf("a pod of another node got a status: %+v", s)
	}
	if addr, ok := a.Local("10.244.0.2", 9443); ok {
		t.Errorf("something listens: %s", addr)
	}
}
