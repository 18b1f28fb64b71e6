package node

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// containerState is the state of one container.
type containerState struct {
	waiting   *waiting // nil: the container runs
	startedAt metav1.Time
	ready     bool
	restarts  int32
	last      *corev1.ContainerStateTerminated
	id        string
}

type containerStates map[string]containerState

// refusedStatus returns the states of a pod that cannot run: every container waits, also those that
// could run.
func refusedStatus(pod *corev1.Pod, refused map[string]*waiting) containerStates {
	out := containerStates{}
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		w := refused[c.Name]
		if w == nil {
			w = &waiting{reason: reasonCreating}
		}
		out[c.Name] = containerState{waiting: w}
	}
	return out
}

// podStatus sets the status to the states of the containers. The times of unchanged conditions
// stay.
func podStatus(s *corev1.PodStatus, pod *corev1.Pod, hostIP, podIP string, containers containerStates) {
	s.HostIP, s.HostIPs = hostIP, nil
	if hostIP != "" {
		s.HostIPs = []corev1.HostIP{{IP: hostIP}}
	}
	s.PodIP, s.PodIPs = podIP, nil
	if podIP != "" {
		s.PodIPs = []corev1.PodIP{{IP: podIP}}
	}
	if s.StartTime == nil {
		now := metav1.Now()
		s.StartTime = &now
	}
	s.InitContainerStatuses = containerStatuses(pod.Spec.InitContainers, containers)
	s.ContainerStatuses = containerStatuses(pod.Spec.Containers, containers)

	ready, started := true, true
	for _, c := range s.ContainerStatuses {
		ready = ready && c.Ready
		// A container that crashed has run: the pod's phase does not return to Pending.
		started = started && (c.State.Running != nil || c.LastTerminationState.Terminated != nil)
	}
	s.Phase = corev1.PodPending
	if started {
		s.Phase = corev1.PodRunning
	}
	initialized := len(pod.Spec.InitContainers) == 0
	setCondition(s, condition(corev1.PodInitialized, initialized, "ContainersNotInitialized"))
	setCondition(s, condition(corev1.ContainersReady, ready, "ContainersNotReady"))
	setCondition(s, condition(corev1.PodReady, ready, "ContainersNotReady"))
}

func condition(kind corev1.PodConditionType, ok bool, reasonIfNot string) corev1.PodCondition {
	if ok {
		return corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue}
	}
	return corev1.PodCondition{Type: kind, Status: corev1.ConditionFalse, Reason: reasonIfNot}
}

func containerStatuses(containers []corev1.Container, states containerStates) []corev1.ContainerStatus {
	var out []corev1.ContainerStatus
	for _, c := range containers {
		state := states[c.Name]
		started := state.waiting == nil
		cs := corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, ImageID: "", ContainerID: state.id,
			Ready: state.ready, Started: &started, RestartCount: state.restarts,
		}
		if state.waiting != nil {
			cs.State.Waiting = &corev1.ContainerStateWaiting{Reason: state.waiting.reason, Message: state.waiting.message}
		} else {
			cs.State.Running = &corev1.ContainerStateRunning{StartedAt: state.startedAt}
		}
		cs.LastTerminationState.Terminated = state.last
		out = append(out, cs)
	}
	return out
}

// setCondition replaces the condition of the same type. The time of the last transition changes
// only with the status.
func setCondition(s *corev1.PodStatus, c corev1.PodCondition) {
	for i, old := range s.Conditions {
		if old.Type != c.Type {
			continue
		}
		c.LastTransitionTime = old.LastTransitionTime
		if old.Status != c.Status {
			c.LastTransitionTime = metav1.Now()
		}
		// The API server sets the observed generation.
		c.ObservedGeneration = old.ObservedGeneration
		s.Conditions[i] = c
		return
	}
	c.LastTransitionTime = metav1.Now()
	s.Conditions = append(s.Conditions, c)
}

func equalStatus(a, b *corev1.PodStatus) bool { return equality.Semantic.DeepEqual(a, b) }
