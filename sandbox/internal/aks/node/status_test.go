package node

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestPodStatus(t *testing.T) {
	pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}}}
	running := containerStates{"c": {startedAt: metav1.Now(), ready: true, id: "sandbox://1"}}
	crashed := containerStates{"c": {waiting: &waiting{reasonCrashLoop, "x"}, restarts: 1, last: &corev1.ContainerStateTerminated{ExitCode: 1}}}
	refused := containerStates{"c": {waiting: &waiting{reasonImagePullBackOff, noContainers}}}
	for name, tc := range map[string]struct {
		states containerStates
		phase  corev1.PodPhase
		ready  corev1.ConditionStatus
	}{
		"a container that never ran leaves the pod pending": {refused, corev1.PodPending, corev1.ConditionFalse},
		"a container that runs and is ready":                {running, corev1.PodRunning, corev1.ConditionTrue},
		"a container that crashed has run":                  {crashed, corev1.PodRunning, corev1.ConditionFalse},
	} {
		t.Run(name, func(t *testing.T) {
			var s corev1.PodStatus
			podStatus(&s, pod, "10.224.0.4", "10.244.0.2", tc.states)
			conditions := map[corev1.PodConditionType]corev1.ConditionStatus{}
			for _, c := range s.Conditions {
				conditions[c.Type] = c.Status
			}
			want := map[corev1.PodConditionType]corev1.ConditionStatus{
				corev1.PodInitialized: corev1.ConditionTrue, corev1.ContainersReady: tc.ready, corev1.PodReady: tc.ready}
			if diff := cmp.Diff(want, conditions); diff != "" || s.Phase != tc.phase {
				t.Errorf("phase %s, want %s; conditions -want +got:\n%s", s.Phase, tc.phase, diff)
			}
		})
	}

	t.Run("unchanged conditions keep their time and are not written again", func(t *testing.T) {
		var first corev1.PodStatus
		podStatus(&first, pod, "10.224.0.4", "10.244.0.2", running)
		past := metav1.NewTime(time.Now().Add(-time.Hour))
		for i := range first.Conditions {
			first.Conditions[i].LastTransitionTime = past
		}
		second := *first.DeepCopy()
		podStatus(&second, pod, "10.224.0.4", "10.244.0.2", running)
		if !equalStatus(&first, &second) {
			t.Errorf("-first +second:\n%s", cmp.Diff(first, second))
		}
		podStatus(&second, pod, "10.224.0.4", "10.244.0.2", crashed)
		for _, c := range second.Conditions {
			if moved := !c.LastTransitionTime.Equal(&past); moved != (c.Type != corev1.PodInitialized) {
				t.Errorf("%s: transition moved: %v", c.Type, moved)
			}
		}
	})
}
