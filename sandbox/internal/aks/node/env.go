package node

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

// configSources reads the objects that a container's environment refers to.
type configSources struct {
	configMap func(ctx context.Context, namespace, name string) (map[string]string, error)
	secret    func(ctx context.Context, namespace, name string) (map[string][]byte, error)
}

// environment resolves envFrom and env of a container as a kubelet does: later entries override
// earlier ones, and $(NAME) is replaced by the value of an earlier entry.
func environment(ctx context.Context, pod *corev1.Pod, c *corev1.Container, s configSources) (map[string]string, error) {
	env := map[string]string{}
	for _, from := range c.EnvFrom {
		values, err := s.allValues(ctx, pod.Namespace, from)
		if err != nil {
			return nil, err
		}
		for k, v := range values {
			env[from.Prefix+k] = v
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			env[e.Name] = expansion.Expand(e.Value, expansion.MappingFuncFor(env))
			continue
		}
		value, ok, err := s.value(ctx, pod, e)
		if err != nil {
			return nil, err
		}
		if ok {
			env[e.Name] = value
		}
	}
	return env, nil
}

func (s configSources) allValues(ctx context.Context, namespace string, from corev1.EnvFromSource) (map[string]string, error) {
	switch {
	case from.ConfigMapRef != nil:
		values, err := s.configMap(ctx, namespace, from.ConfigMapRef.Name)
		if isOptional(err, from.ConfigMapRef.Optional) {
			return nil, nil
		}
		return values, configError(err, "configmap", from.ConfigMapRef.Name)
	case from.SecretRef != nil:
		values, err := s.secret(ctx, namespace, from.SecretRef.Name)
		if isOptional(err, from.SecretRef.Optional) {
			return nil, nil
		}
		out := map[string]string{}
		for k, v := range values {
			out[k] = string(v)
		}
		return out, configError(err, "secret", from.SecretRef.Name)
	}
	return nil, nil
}

func (s configSources) value(ctx context.Context, pod *corev1.Pod, e corev1.EnvVar) (value string, ok bool, err error) {
	from := e.ValueFrom
	switch {
	case from.FieldRef != nil:
		value, err := field(pod, from.FieldRef.FieldPath)
		if err != nil {
			return "", false, &waiting{reasonConfigError, fmt.Sprintf("env %s: %v", e.Name, err)}
		}
		return value, true, nil
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		values, err := s.configMap(ctx, pod.Namespace, ref.Name)
		value, found := values[ref.Key]
		return keyRef{"configmap", ref.Name, ref.Key, ref.Optional}.resolve(value, found, err)
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		values, err := s.secret(ctx, pod.Namespace, ref.Name)
		value, found := values[ref.Key]
		return keyRef{"secret", ref.Name, ref.Key, ref.Optional}.resolve(string(value), found, err)
	}
	return "", false, &waiting{reasonConfigError, fmt.Sprintf("env %s: the sandbox resolves fields, config maps and secrets only", e.Name)}
}

// keyRef is a reference to one key of a ConfigMap or a Secret.
type keyRef struct {
	kind, name, key string
	optional        *bool
}

// resolve returns the value that was found for the reference, or an error that the pod's status
// shows.
func (r keyRef) resolve(value string, found bool, err error) (string, bool, error) {
	if isOptional(err, r.optional) {
		return "", false, nil
	}
	if err != nil {
		return "", false, configError(err, r.kind, r.name)
	}
	if !found && (r.optional == nil || !*r.optional) {
		return "", false, &waiting{reasonConfigError, fmt.Sprintf("couldn't find key %s in %s %s", r.key, r.kind, r.name)}
	}
	return value, found, nil
}

// isOptional reports whether an object does not exist and is not required.
func isOptional(err error, optional *bool) bool {
	return apierrors.IsNotFound(err) && optional != nil && *optional
}

// configError returns the error of reading an object. If the object does not exist, the pod's
// status shows that; any other error is retried.
func configError(err error, kind, name string) error {
	if apierrors.IsNotFound(err) {
		return &waiting{reasonConfigError, fmt.Sprintf("%s %q not found", kind, name)}
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", kind, name, err)
	}
	return nil
}

// field returns the fields that the downward API offers for environments.
func field(pod *corev1.Pod, path string) (string, error) {
	if key, ok := subscript(path, "metadata.labels"); ok {
		return pod.Labels[key], nil
	}
	if key, ok := subscript(path, "metadata.annotations"); ok {
		return pod.Annotations[key], nil
	}
	switch path {
	case "metadata.name":
		return pod.Name, nil
	case "metadata.namespace":
		return pod.Namespace, nil
	case "metadata.uid":
		return string(pod.UID), nil
	case "spec.nodeName":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.podIP":
		return pod.Status.PodIP, nil
	case "status.hostIP":
		return pod.Status.HostIP, nil
	}
	return "", fmt.Errorf("unsupported fieldPath: %s", path)
}

func subscript(path, of string) (key string, ok bool) {
	rest, ok := strings.CutPrefix(path, of+"['")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, "']")
}
