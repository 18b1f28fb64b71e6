package podtemplate

import (
	"fmt"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// checkContainers records what is wrong in containers and init containers alike: the webhook
// mutates both. It never sees ephemeral ones, which are added to running pods. Source: Kubernetes
// v1.34, pkg/apis/core/validation, ValidatePodTemplateSpec.
func checkContainers(l *problem.List, spec *corev1.PodSpecArgs) {
	if list, ok := known.As[corev1.EphemeralContainerArray](spec.EphemeralContainers); ok && len(list) > 0 {
		l.Add("spec.ephemeralContainers", "Kubernetes allows no ephemeral containers in a pod template", "remove them, kubectl debug adds them to a running pod")
	}
	for _, group := range []struct {
		path problem.Path
		in   corev1.ContainerArrayInput
	}{
		{"spec.initContainers", spec.InitContainers},
		{"spec.containers", spec.Containers},
	} {
		list, _ := known.As[corev1.ContainerArray](group.in)
		for i, in := range list {
			if container, ok := known.As[corev1.ContainerArgs](in); ok {
				checkContainer(l, group.path.Index(i), &container)
			}
		}
	}
}

// checkContainer records variables of the webhook that the container sets, and its token's path.
func checkContainer(l *problem.List, path problem.Path, c *corev1.ContainerArgs) {
	env, _ := known.As[corev1.EnvVarArray](c.Env)
	for i, in := range env {
		v, ok := known.As[corev1.EnvVarArgs](in)
		if !ok {
			continue
		}
		at := path.Field("env").Index(i)
		if name, ok := known.String(v.Name); ok && slices.Contains(azwi.InjectedEnv(), name) {
			l.Add(at+".name", fmt.Sprintf("%s set by the container wins over the value that the webhook injects", name), "remove it")
			continue
		}
		checkTokenPath(l, at+".value", v.Value)
	}
	checkTokenPaths(l, path+".command", c.Command)
	checkTokenPaths(l, path+".args", c.Args)

	mounts, _ := known.As[corev1.VolumeMountArray](c.VolumeMounts)
	for i, in := range mounts {
		if m, ok := known.As[corev1.VolumeMountArgs](in); ok {
			checkTokenPath(l, path.Field("volumeMounts").Index(i)+".mountPath", m.MountPath)
		}
	}
}

// checkTokenPaths records texts of a list that write the token's path out.
func checkTokenPaths(l *problem.List, path problem.Path, in pulumi.StringArrayInput) {
	list, _ := known.As[pulumi.StringArray](in)
	for i, s := range list {
		checkTokenPath(l, path.Index(i), s)
	}
}

// checkTokenPath records a text that writes the token's path out.
func checkTokenPath(l *problem.List, path problem.Path, in any) {
	text, ok := known.String(in)
	if !ok {
		return
	}
	if folder, found := azwi.TokenFolder(text); found {
		l.Add(path, fmt.Sprintf("%s is the webhook's own and has changed between its versions", folder), fmt.Sprintf("read the path from %s", azwi.EnvFederatedTokenFile))
	}
}
