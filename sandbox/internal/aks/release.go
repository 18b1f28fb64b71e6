package aks

import (
	"context"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// ForgetRelease removes Helm's records of a release from every running cluster, and none of its
// objects: a new installation under the same name takes the objects over. It is for a release whose
// installation was killed; Helm itself refuses to change a release that is "pending".
func (r *Runtime) ForgetRelease(ctx context.Context, namespace, name string) error {
	// Helm's storage driver gives its secrets these labels (helm.sh/helm/v3/pkg/storage/driver).
	records := metav1.ListOptions{LabelSelector: labels.Set{"owner": "helm", "name": name}.String()}
	var failed []error
	for _, c := range r.all() {
		i := c.current()
		if i == nil {
			continue
		}
		if err := i.admin.CoreV1().Secrets(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, records); err != nil {
			failed = append(failed, fmt.Errorf("cluster %s: forget release %s/%s: %w", c.spec().Name, namespace, name, err))
		}
	}
	return errors.Join(failed...)
}
