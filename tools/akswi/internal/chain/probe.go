package chain

import (
	"fmt"
	"maps"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// probePod is a pod of the service account as the workload's own would be. It is only ever created as a dry run. It
// meets Pod Security "restricted" and asks for little, so that a strict namespace lets it through to the webhook.
func probePod(t target) *corev1.Pod {
	labels := map[string]string{azwi.LabelUse: azwi.LabelUseValue}
	if t.workload.PodLabels != nil {
		// The stack says which labels its pods carry: a missing one must show, so none is added.
		labels = maps.Clone(t.workload.PodLabels)
	}
	yes, no, user := true, false, int64(65532)
	little := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("16Mi")}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "verify-", Namespace: t.federation.Namespace, Labels: labels},
		Spec: corev1.PodSpec{
			ServiceAccountName: t.federation.ServiceAccount,
			RestartPolicy:      corev1.RestartPolicyNever,
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot: &yes, RunAsUser: &user,
				SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []corev1.Container{{
				Name:      "probe",
				Image:     "mcr.microsoft.com/oss/kubernetes/pause:3.10",
				Resources: corev1.ResourceRequirements{Requests: little, Limits: little},
				SecurityContext: &corev1.SecurityContext{
					AllowPrivilegeEscalation: &no,
					Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
				},
			}},
		},
	}
}

// mutation is what the webhook put into a pod.
type mutation struct {
	ClientID, TenantID, TokenFile, AuthorityHost string
	// Audience and Seconds (lifetime) of the projected token that the token file is.
	Audience string
	Seconds  int64

	touched bool // the webhook did something
}

// readMutation reads a mutated pod. The token file's path comes from the environment, audience and lifetime from the
// volume that is mounted there: the webhook's releases differ in all three. Problems name what is missing.
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
	m.touched = len(missing) < len(azwi.InjectedEnv())
	if !m.touched {
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
	m.Audience = projection.Audience
	if projection.ExpirationSeconds != nil {
		m.Seconds = *projection.ExpirationSeconds
	}
	if m.Audience == "" || m.Seconds <= 0 {
		problems = append(problems, "the projected token has no audience or no lifetime")
	}
	return m, problems
}

// projectedToken finds the projection that a file in a container is.
func projectedToken(pod *corev1.Pod, container corev1.Container, file string) *corev1.ServiceAccountTokenProjection {
	for _, mount := range container.VolumeMounts {
		inside, below := strings.CutPrefix(file, strings.TrimSuffix(mount.MountPath, "/")+"/")
		if !below {
			continue
		}
		for _, volume := range pod.Spec.Volumes {
			if volume.Name != mount.Name || volume.Projected == nil {
				continue
			}
			for _, source := range volume.Projected.Sources {
				if s := source.ServiceAccountToken; s != nil && path.Clean(s.Path) == path.Clean(inside) {
					return s
				}
			}
		}
	}
	return nil
}
