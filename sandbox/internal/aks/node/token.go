package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// tokenLifetime, in seconds, is what a kubelet asks for in a pod's own token.
const tokenLifetime = 3607

// writeToken asks for a token of the pod's service account, bound to the pod,
// writes it to file and returns when it should be renewed: after four fifths
// of its life, as a kubelet does.
func writeToken(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, file string) (renew time.Time, err error) {
	lifetime := int64(tokenLifetime)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: &lifetime,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID},
	}}
	name := pod.Spec.ServiceAccountName
	if name == "" {
		name = "default"
	}
	got, err := client.CoreV1().ServiceAccounts(pod.Namespace).CreateToken(ctx, name, request, metav1.CreateOptions{})
	if err != nil {
		return time.Time{}, fmt.Errorf("token of service account %s/%s: %w", pod.Namespace, name, err)
	}
	tmp := file + ".tmp"
	if err := os.WriteFile(tmp, []byte(got.Status.Token), 0o600); err != nil {
		return time.Time{}, fmt.Errorf("token of service account %s/%s: %w", pod.Namespace, name, err)
	}
	if err := os.Rename(tmp, file); err != nil {
		return time.Time{}, fmt.Errorf("token of service account %s/%s: %w", pod.Namespace, name, err)
	}
	life := time.Until(got.Status.ExpirationTimestamp.Time)
	return time.Now().Add(life * 4 / 5), nil
}

// writeKubeconfig is what a pod's service account folder is to a container.
// The token lies beside it, under its own name, so that it can be renewed.
func writeKubeconfig(file, tokenFile, server, caFile, namespace string) error {
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: sandbox
  cluster:
    server: %q
    certificate-authority: %q
users:
- name: pod
  user:
    tokenFile: %q
contexts:
- name: pod
  context:
    cluster: sandbox
    user: pod
    namespace: %q
current-context: pod
`, server, caFile, tokenFile, namespace)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("kubeconfig of a pod: %w", err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return fmt.Errorf("kubeconfig of a pod: %w", err)
	}
	return nil
}
