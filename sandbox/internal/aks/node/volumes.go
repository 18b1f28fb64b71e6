package node

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// volumeSync keeps the folders of a pod's Secret volumes up to date.
type volumeSync struct {
	mounted map[string]string // mount path: folder
	cancel  context.CancelFunc
	wg      sync.WaitGroup
}

// mount creates a folder for each Secret that the container mounts, and keeps it up to date until
// stop. It returns the folders by mount path. Further calls return the same folders.
func (v *volumeSync) mount(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, c *corev1.Container, dir string) (map[string]string, error) {
	if v.mounted != nil {
		return v.mounted, nil
	}
	secrets := map[string]string{} // folder: Secret
	mounted := map[string]string{}
	keep := map[string]*corev1.SecretVolumeSource{}
	for _, m := range c.VolumeMounts {
		volume := findVolume(pod, m.Name)
		if volume == nil || isServiceAccountVolume(volume) {
			// The process gets its service account by a kubeconfig.
			continue
		}
		if volume.Secret == nil || m.SubPath != "" || m.SubPathExpr != "" {
			return nil, &waiting{reasonConfigError, fmt.Sprintf("volume %s: the sandbox mounts whole Secrets only", m.Name)}
		}
		folder := filepath.Join(dir, m.Name)
		secrets[folder], keep[folder] = volume.Secret.SecretName, volume.Secret
		mounted[m.MountPath] = folder
	}
	for folder, name := range secrets {
		if err := writeSecretVolume(ctx, client, pod.Namespace, keep[folder], folder); err != nil {
			if apierrors.IsNotFound(err) {
				return nil, &waiting{reasonCreating, fmt.Sprintf("MountVolume.SetUp failed for volume %q : secret %q not found", filepath.Base(folder), name)}
			}
			return nil, err
		}
	}
	watchCtx, cancel := context.WithCancel(context.Background())
	v.cancel, v.mounted = cancel, mounted
	for folder := range secrets {
		if err := v.follow(watchCtx, client, pod.Namespace, keep[folder], folder); err != nil {
			return nil, err
		}
	}
	return mounted, nil
}

// stop ends the updates.
func (v *volumeSync) stop() {
	if v.cancel != nil {
		v.cancel()
	}
	v.wg.Wait()
}

// follow writes the folder again whenever the Secret changes.
func (v *volumeSync) follow(ctx context.Context, client kubernetes.Interface, namespace string, source *corev1.SecretVolumeSource, folder string) error {
	only := fields.OneTermEqualSelector(metav1.ObjectNameField, source.SecretName).String()
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.FieldSelector = only }))
	informer := factory.Core().V1().Secrets().Informer()
	write := func(obj any) {
		if s, ok := obj.(*corev1.Secret); ok && s.Name == source.SecretName {
			// After a failed write the reader keeps the last complete version, until the next
			// change.
			_ = writeSecretDir(folder, secretFiles(s, source))
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: write, UpdateFunc: func(_, obj any) { write(obj) }})
	if err != nil {
		return fmt.Errorf("secret volume %s: %w", source.SecretName, err)
	}
	v.wg.Go(func() { informer.RunWithContext(ctx) })
	return nil
}

func writeSecretVolume(ctx context.Context, client kubernetes.Interface, namespace string, source *corev1.SecretVolumeSource, folder string) error {
	s, err := client.CoreV1().Secrets(namespace).Get(ctx, source.SecretName, metav1.GetOptions{})
	if apierrors.IsNotFound(err) && source.Optional != nil && *source.Optional {
		return writeSecretDir(folder, nil)
	}
	if err != nil {
		return err
	}
	return writeSecretDir(folder, secretFiles(s, source))
}

// secretFiles returns the files of a volume: the selected keys of its Secret, under their file
// names. Subfolders are not supported; a Secret of certificates has none.
func secretFiles(s *corev1.Secret, source *corev1.SecretVolumeSource) map[string][]byte {
	if len(source.Items) == 0 {
		return s.Data
	}
	files := map[string][]byte{}
	for _, item := range source.Items {
		if content, ok := s.Data[item.Key]; ok {
			files[filepath.Base(item.Path)] = content
		}
	}
	return files
}

func findVolume(pod *corev1.Pod, name string) *corev1.Volume {
	for i := range pod.Spec.Volumes {
		if pod.Spec.Volumes[i].Name == name {
			return &pod.Spec.Volumes[i]
		}
	}
	return nil
}

// isServiceAccountVolume reports whether admission added the volume for the pod's service account.
func isServiceAccountVolume(v *corev1.Volume) bool {
	return v.Projected != nil && strings.HasPrefix(v.Name, "kube-api-access-")
}
