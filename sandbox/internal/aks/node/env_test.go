package node

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestEnvironment(t *testing.T) {
	notFound := apierrors.NewNotFound(schema.GroupResource{}, "x")
	s := configSources{
		configMap: func(_ context.Context, ns, name string) (map[string]string, error) {
			if ns != "wi" || name != "config" {
				return nil, notFound
			}
			return map[string]string{"AZURE_TENANT_ID": "t", "A": "from config"}, nil
		},
		secret: func(context.Context, string, string) (map[string][]byte, error) {
			return nil, errors.New("no connection")
		},
	}
	yes := true
	ref := func(name string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: name} }
	fieldRef := func(path string) *corev1.EnvVarSource {
		return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "wi", Name: "p", Labels: map[string]string{"a/b": "l"}},
		Status:     corev1.PodStatus{PodIP: "10.244.0.2"},
	}
	for name, tc := range map[string]struct {
		c       corev1.Container
		want    map[string]string
		waiting string
		err     bool
	}{
		"a config map, with a prefix": {
			c:    corev1.Container{EnvFrom: []corev1.EnvFromSource{{Prefix: "P_", ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: ref("config")}}}},
			want: map[string]string{"P_AZURE_TENANT_ID": "t", "P_A": "from config"}},
		"env overrides envFrom, and refers to earlier entries": {
			c: corev1.Container{
				EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: ref("config")}}},
				Env:     []corev1.EnvVar{{Name: "B", Value: "[$(A)] $$(A) $(C)"}, {Name: "A", Value: "mine"}}},
			want: map[string]string{"AZURE_TENANT_ID": "t", "A": "mine", "B": "[from config] $(A) $(C)"}},
		"fields": {
			c: corev1.Container{Env: []corev1.EnvVar{
				{Name: "NS", ValueFrom: fieldRef("metadata.namespace")}, {Name: "N", ValueFrom: fieldRef("metadata.name")},
				{Name: "L", ValueFrom: fieldRef("metadata.labels['a/b']")}, {Name: "IP", ValueFrom: fieldRef("status.podIP")}}},
			want: map[string]string{"NS": "wi", "N": "p", "L": "l", "IP": "10.244.0.2"}},
		"a key": {
			c: corev1.Container{Env: []corev1.EnvVar{{Name: "T", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
				LocalObjectReference: ref("config"), Key: "AZURE_TENANT_ID"}}}}},
			want: map[string]string{"T": "t"}},
		"a missing config map delays the pod": {
			c:       corev1.Container{EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: ref("none")}}}},
			waiting: reasonConfigError},
		"a missing config map that is optional does not": {
			c:    corev1.Container{EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: ref("none"), Optional: &yes}}}},
			want: map[string]string{}},
		"a missing key delays the pod": {
			c: corev1.Container{Env: []corev1.EnvVar{{Name: "T", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
				LocalObjectReference: ref("config"), Key: "none"}}}}},
			waiting: reasonConfigError},
		"an unknown field": {
			c: corev1.Container{Env: []corev1.EnvVar{{Name: "X", ValueFrom: fieldRef("spec.nonsense")}}}, waiting: reasonConfigError},
		"a failed read is an error, and not in the pod's status": {
			c:   corev1.Container{EnvFrom: []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: ref("s")}}}},
			err: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := environment(t.Context(), pod, &tc.c, s)
			var w *waiting
			reason := ""
			if errors.As(err, &w) {
				reason = w.reason
			}
			if reason != tc.waiting || (err != nil) != (tc.err || tc.waiting != "") {
				t.Fatalf("error %v, want reason %q", err, tc.waiting)
			}
			if diff := cmp.Diff(tc.want, got); err == nil && diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
