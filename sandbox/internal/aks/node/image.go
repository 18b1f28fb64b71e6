package node

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"
)

// WebhookTag is the only version of the webhook's image that the sandbox runs:
// the version of the module it is built from.
const WebhookTag = "v1.6.0"

// webhookRepository is how the repository of the webhook's image ends, in
// Microsoft's registry and in any mirror of it.
const webhookRepository = "workload-identity/webhook"

// noContainers is what a pod of any other image is told.
const noContainers = "the sandbox runs no containers; it runs the workload-identity webhook only"

// Reasons that a kubelet gives for a container that waits.
const (
	reasonImagePullBackOff = "ImagePullBackOff"
	reasonErrImagePull     = "ErrImagePull"
	reasonInvalidImage     = "InvalidImageName"
	reasonCreating         = "ContainerCreating"
	reasonConfigError      = "CreateContainerConfigError"
	reasonRunError         = "RunContainerError"
	reasonCrashLoop        = "CrashLoopBackOff"
)

// waiting is why a container does not run; nil means that it can.
type waiting struct{ reason, message string }

func (w *waiting) Error() string { return w.reason + ": " + w.message }

// checkImage says whether the sandbox can run an image as a local process.
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

// checkPod returns, for each container that cannot run, why. A pod runs only
// when that is empty. Init containers count: a pod waits for them.
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
			out[c.Name] = &waiting{reasonImagePullBackOff, noContainers + ", one to a pod"}
		}
	}
	return out
}
