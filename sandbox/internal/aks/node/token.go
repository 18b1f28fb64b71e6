package node

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/natefinch/atomic"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// tokenLifetime is the lifetime, in seconds, that a kubelet requests for a pod's own token.
const tokenLifetime = 3607

// writeToken requests a token of the pod's service account, bound to the pod, and writes it to
// file. It returns when to renew it: after four fifths of its lifetime, as a kubelet does.
func writeToken(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, file string) (renew time.Time, err error) {
	lifetime := int64(tokenLifetime)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: &lifetime,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID},
	}}
	name := cmp.Or(pod.Spec.ServiceAccountName, "default")
	got, err := client.CoreV1().ServiceAccounts(pod.Namespace).CreateToken(ctx, name, request, metav1.CreateOptions{})
	if err != nil {
		return time.Time{}, fmt.Errorf("token of service account %s/%s: %w", pod.Namespace, name, err)
	}
	if err := atomic.WriteFile(file, strings.NewReader(got.Status.Token)); err != nil {
		return time.Time{}, fmt.Errorf("token of service account %s/%s: %w", pod.Namespace, name, err)
	}
	life := time.Until(got.Status.ExpirationTimestamp.Time)
	return time.Now().Add(life * 4 / 5), nil
}
