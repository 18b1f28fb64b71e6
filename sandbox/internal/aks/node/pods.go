package node

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"
)

var selectAll = labels.Everything()

// sync brings one pod to its desired state.
func (a *Agent) sync(ctx context.Context, key types.NamespacedName) error {
	pod, err := a.pods.Pods(key.Namespace).Get(key.Name)
	if apierrors.IsNotFound(err) {
		a.stopOthers(key, "")
		return nil
	}
	if err != nil {
		return err
	}
	// A new pod of the same name may have replaced an old one since the last sync.
	a.stopOthers(key, pod.UID)
	if pod.Spec.NodeName == "" {
		return a.schedule(ctx, pod)
	}
	if !a.owns(pod.Spec.NodeName) {
		return nil
	}
	if pod.DeletionTimestamp != nil {
		return a.finishDeletion(ctx, pod)
	}
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		a.stopRunner(pod.UID)
		return nil
	}
	if len(pod.Spec.Containers) == 0 {
		return nil // the API server refuses such pods
	}
	if refused := checkPod(pod); len(refused) > 0 {
		return a.setStatus(ctx, pod, "", refusedStatus(pod, refused))
	}
	return a.run(pod)
}

// schedule binds a pod to a node, or writes into its status why no node fits.
func (a *Agent) schedule(ctx context.Context, pod *corev1.Pod) error {
	if pod.DeletionTimestamp != nil || len(pod.Spec.SchedulingGates) > 0 || pod.Spec.SchedulerName != corev1.DefaultSchedulerName {
		return nil
	}
	a.scheduling.Lock()
	defer a.scheduling.Unlock()
	nodes, err := a.nodes.List(selectAll)
	if err != nil {
		return err
	}
	load, err := a.load()
	if err != nil {
		return err
	}
	name, reason := chooseNode(pod, nodes, load)
	if name == "" {
		return a.updateStatus(ctx, pod, func(s *corev1.PodStatus) {
			setCondition(s, corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable, Message: reason})
		})
	}
	err = a.client.CoreV1().Pods(pod.Namespace).Bind(ctx, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: name},
	}, metav1.CreateOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		// The pod was deleted, or bound by another scheduler: the informer will report it.
		return nil
	}
	if err != nil {
		return fmt.Errorf("bind %s/%s to %s: %w", pod.Namespace, pod.Name, name, err)
	}
	a.assigned[pod.UID] = name
	return nil
}

// load returns the number of pods of each node, including those that were bound just now.
func (a *Agent) load() (map[string]int, error) {
	pods, err := a.pods.List(selectAll)
	if err != nil {
		return nil, err
	}
	load := map[string]int{}
	pending := map[types.UID]bool{}
	for _, p := range pods {
		if p.Spec.NodeName == "" {
			pending[p.UID] = true
			continue
		}
		load[p.Spec.NodeName]++
	}
	for uid, name := range a.assigned {
		if !pending[uid] {
			delete(a.assigned, uid)
			continue
		}
		load[name]++
	}
	return load, nil
}

// finishDeletion deletes the object once the process has ended, as a kubelet does.
func (a *Agent) finishDeletion(ctx context.Context, pod *corev1.Pod) error {
	a.stopRunner(pod.UID)
	now := int64(0)
	err := a.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
		GracePeriodSeconds: &now,
		Preconditions:      metav1.NewUIDPreconditions(string(pod.UID)),
	})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		return fmt.Errorf("delete %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}

// run starts a runner for the pod if it has none.
func (a *Agent) run(pod *corev1.Pod) error {
	ip, err := a.ips.claim(string(pod.UID), pod.Status.PodIP)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped || a.runners[pod.UID] != nil {
		return nil
	}
	a.runners[pod.UID] = startRunner(a, pod, ip)
	return nil
}

// stopRunner ends the pod's process and returns when it has ended.
func (a *Agent) stopRunner(uid types.UID) {
	a.mu.Lock()
	r := a.runners[uid]
	a.mu.Unlock()
	if r != nil {
		r.stop()
		a.mu.Lock()
		// The runner is removed after the end of the process, so that no second process starts
		// before.
		delete(a.runners, uid)
		a.mu.Unlock()
	}
	a.ips.release(string(uid))
}

// stopOthers ends the processes of earlier pods of the same name.
func (a *Agent) stopOthers(key types.NamespacedName, keep types.UID) {
	a.mu.Lock()
	var others []types.UID
	for uid, r := range a.runners {
		if uid != keep && podKey(r.pod) == key {
			others = append(others, uid)
		}
	}
	a.mu.Unlock()
	for _, uid := range others {
		a.stopRunner(uid)
	}
}

// setStatus writes the status of a pod with the given container states.
func (a *Agent) setStatus(ctx context.Context, pod *corev1.Pod, ip string, containers containerStates) error {
	hostIP := ""
	if n, err := a.nodes.Get(pod.Spec.NodeName); err == nil {
		hostIP = internalIP(n)
	}
	return a.updateStatus(ctx, pod, func(s *corev1.PodStatus) { podStatus(s, pod, hostIP, ip, containers) })
}

// updateStatus writes a status only if it differs from the given pod's, so that a write does not
// lead to another sync of the same pod.
func (a *Agent) updateStatus(ctx context.Context, pod *corev1.Pod, change func(*corev1.PodStatus)) error {
	current := pod
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		if current.UID != pod.UID {
			// Another pod has the name now.
			return nil
		}
		next := current.DeepCopy()
		change(&next.Status)
		if equalStatus(&current.Status, &next.Status) {
			return nil
		}
		_, err := a.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, next, metav1.UpdateOptions{})
		if apierrors.IsConflict(err) {
			fresh, getErr := a.client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
			if getErr != nil {
				return getErr
			}
			current = fresh
		}
		return err
	})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("status of %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}
