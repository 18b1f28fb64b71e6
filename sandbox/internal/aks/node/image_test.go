package node

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestCheckImage(t *testing.T) {
	for image, reason := range map[string]string{
		"mcr.microsoft.com/oss/azure/workload-identity/webhook:v1.6.0":                                                                  "",
		"mcr.microsoft.com/oss/v2/azure/workload-identity/webhook:v1.6.0":                                                               "",
		"mirror.example:5000/workload-identity/webhook:v1.6.0":                                                                          "",
		"mcr.microsoft.com/oss/azure/workload-identity/webhook:v1.5.1":                                                                  reasonErrImagePull,
		"mcr.microsoft.com/oss/azure/workload-identity/webhook":                                                                         reasonErrImagePull,
		"mcr.microsoft.com/oss/azure/workload-identity/webhook@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef": reasonErrImagePull,
		"example.com/not-workload-identity/webhook:v1.6.0":                                                                              reasonImagePullBackOff,
		"mcr.microsoft.com/oss/azure/workload-identity/proxy:v1.6.0":                                                                    reasonImagePullBackOff,
		"nginx":    reasonImagePullBackOff,
		"Bad Name": reasonInvalidImage,
	} {
		got := ""
		if w := checkImage(image); w != nil {
			got = w.reason
		}
		if got != reason {
			t.Errorf("%s: %q, want %q", image, got, reason)
		}
	}
}

func TestCheckPod(t *testing.T) {
	hook := corev1.Container{Name: "hook", Image: "r/workload-identity/webhook:v1.6.0"}
	side := corev1.Container{Name: "side", Image: "nginx"}
	for name, tc := range map[string]struct {
		spec corev1.PodSpec
		want []string
	}{
		"the webhook alone runs":                  {corev1.PodSpec{Containers: []corev1.Container{hook}}, nil},
		"a sidecar of another image does not run": {corev1.PodSpec{Containers: []corev1.Container{hook, side}}, []string{"side"}},
		"a pod with an init container waits":      {corev1.PodSpec{InitContainers: []corev1.Container{side}, Containers: []corev1.Container{hook}}, []string{"side"}},
		"two webhooks in one pod do not run":      {corev1.PodSpec{Containers: []corev1.Container{hook, {Name: "two", Image: hook.Image}}}, []string{"hook", "two"}},
	} {
		t.Run(name, func(t *testing.T) {
			refused := checkPod(&corev1.Pod{Spec: tc.spec})
			if len(refused) != len(tc.want) {
				t.Errorf("got %v, want %v", refused, tc.want)
			}
			for _, c := range tc.want {
				if refused[c] == nil {
					t.Errorf("container %s runs", c)
				}
			}
		})
	}
}
