package node

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"
)

// WebhookTag is the only version of the webhook's image that the sandbox runs: that of the module
// that it is built from.
const WebhookTag = "v1.6.0"

// webhookRepository is the end of the repository's name of the webhook's image, in Microsoft's
// registry and in mirrors.
const webhookRepository = "workload-identity/webhook"

// noContainers is the message in the status of a pod with any other image.
const noContainers = "the sandbox runs no containers; it runs the workload-identity webhook only"

// The reasons that a kubelet gives for a waiting container.
const (
	reasonImagePullBackOff = "ImagePullBackOff"
	reasonErrImagePull     = "ErrImagePull"
	reasonInvalidImage     = "InvalidImageName"
	reasonCreating         = "ContainerCreating"
	reasonConfigError      = "CreateContainerConfigError"
	reasonRunError         = "RunContainerError"
	reasonCrashLoop        = "CrashLoopBackOff"
)

// waiting is the reason why a container does not run.
type waiting struct{ reason, message string }

func (w *waiting) Error() string { return w.reason + ": " + w.message }

// checkImage returns why the sandbox cannot run an image as a local process, or nil.
func checkImage(image string) *waiting {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return &waiting{reasonInvalidImage, fmt.Sprintf("couldn't parse image name %q: %v", image, err)}
	}
	path := reference.Path(named)
	if path != webhookRepository && !strings.HasSuffix(path, "/"+webhookRepository) {
		return &waiting{reasonImagePullBackOff, noContainers}
	}
	tagged, ok := reference.TagNameOnly(named).(reference.NamedTagged)
	if !ok || tagged.Tag() != WebhookTag {
		return &waiting{reasonErrImagePull, fmt.Sprintf("%s is not in the sandbox: it carries the workload-identity webhook %s only", image, WebhookTag)}
	}
	return nil
}

// checkPod returns the reasons why containers cannot run, by container. A pod runs only if there
// are none. Init containers count, because a pod waits for them.
func checkPod(pod *corev1.Pod) map[string]*waiting {
	out := map[string]*waiting{}
	for _, c := range pod.Spec.InitContainers {
		out[c.Name] = &waiting{reasonImagePullBackOff, noContainers}
	}
	for _, c := range pod.Spec.Containers {
		if w := checkImage(c.Image); w != nil {
			out[c.Name] = w
		}
	}
	if len(out) == 0 && len(pod.Spec.Containers) != 1 {
		for _, c := range pod.Spec.Containers {
			out[c.Name] = &waiting{reasonImagePullBackOff, noContainers + ", one container for each pod"}
		}
	}
	return out
}
