package chain

import (
	"fmt"
	"maps"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// newProbePod returns a pod of the service account like the workload's own. It is only created as a
// dry run. It meets Pod Security "restricted" and requests little, so that a strict namespace
// admits it to the webhook.
func newProbePod(t target) *corev1.Pod {
	labels := map[string]string{azwi.LabelUse: azwi.LabelUseValue}
	if t.workload.PodLabels != nil {
		// The stack lists the labels of its pods. None is added, so that a missing one is found.
		labels = maps.Clone(t.workload.PodLabels)
	}
	resources := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("16Mi")}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "verify-", Namespace: t.federation.Namespace, Labels: labels},
		Spec: corev1.PodSpec{
			ServiceAccountName: t.federation.ServiceAccount,
			RestartPolicy:      corev1.RestartPolicyNever,
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To[int64](65532),
				SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []corev1.Container{{
				Name:      "probe",
				Image:     "mcr.microsoft.com/oss/kubernetes/pause:3.10",
				Resources: corev1.ResourceRequirements{Requests: resources, Limits: resources},
				SecurityContext: &corev1.SecurityContext{
					AllowPrivilegeEscalation: ptr.To(false),
					Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
				},
			}},
		},
	}
}

// mutation is what the webhook injected into a pod.
type mutation struct {
	ClientID, TenantID, TokenFile, AuthorityHost string
	// Audience and Seconds (lifetime) of the projected token that TokenFile is.
	Audience string
	Seconds  int64

	injected bool // the webhook injected at least one variable
}

// readMutation returns what the webhook injected into a pod, and a sentence for each thing that is
// missing. The token file's path comes from the environment, audience and lifetime from the volume
// that is mounted there: the webhook's releases differ in all three.
func readMutation(pod *corev1.Pod) (m mutation, problems []string) {
	if len(pod.Spec.Containers) == 0 {
		return m, []string{"the pod came back without a container"}
	}
	container := pod.Spec.Containers[0]
	env := map[string]string{}
	for _, e := range container.Env {
		env[e.Name] = e.Value
	}
	var missing []string
	for _, name := range azwi.InjectedEnv() {
		if env[name] == "" {
			missing = append(missing, name)
		}
	}
	m = mutation{
		ClientID: env[azwi.EnvClientID], TenantID: env[azwi.EnvTenantID],
		TokenFile: env[azwi.EnvFederatedTokenFile], AuthorityHost: env[azwi.EnvAuthorityHost],
	}
	m.injected = len(missing) < len(azwi.InjectedEnv())
	if !m.injected {
		return m, []string{"the pod comes back unchanged: the webhook did not mutate it"}
	}
	if len(missing) > 0 {
		problems = append(problems, "the pod lacks "+strings.Join(missing, ", "))
	}
	if m.TokenFile == "" {
		return m, problems
	}
	projection := projectedToken(pod, container, m.TokenFile)
	if projection == nil {
		return m, append(problems, fmt.Sprintf("no projected service account token is mounted at %s", m.TokenFile))
	}
	m.Audience, m.Seconds = projection.Audience, ptr.Deref(projection.ExpirationSeconds, 0)
	if m.Audience == "" || m.Seconds <= 0 {
		problems = append(problems, "the projected token has no audience or no lifetime")
	}
	return m, problems
}

// projectedToken returns the token projection that a file of a container comes from, or nil.
func projectedToken(pod *corev1.Pod, container corev1.Container, file string) *corev1.ServiceAccountTokenProjection {
	for _, mount := range container.VolumeMounts {
		name, mounted := strings.CutPrefix(file, strings.TrimSuffix(mount.MountPath, "/")+"/")
		if !mounted {
			continue
		}
		for _, volume := range pod.Spec.Volumes {
			if volume.Name != mount.Name || volume.Projected == nil {
				continue
			}
			for _, source := range volume.Projected.Sources {
				if s := source.ServiceAccountToken; s != nil && path.Clean(s.Path) == path.Clean(name) {
					return s
				}
			}
		}
	}
	return nil
}
