package podtemplate

import (
	"fmt"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

const (
	// labelOS is the node label by which pods select an operating system.
	labelOS = "kubernetes.io/os"
	windows = "windows"
)

// checkAnnotations records annotations for which the webhook would deny the pod. Source:
// pkg/webhook of azure-workload-identity v1.6.0.
func checkAnnotations(l *problem.List, in pulumi.StringMapInput, spec *corev1.PodSpecArgs) {
	annotations, _ := known.As[pulumi.StringMap](in)
	at := func(key string) problem.Path { return "metadata.annotations." + problem.Path(key) }

	if _, proxy := annotations[azwi.AnnotationInjectProxySidecar]; proxy {
		if host, ok := known.Bool(spec.HostNetwork); ok && host {
			l.Add("spec.hostNetwork", fmt.Sprintf("hostNetwork and the annotation %s exclude each other", azwi.AnnotationInjectProxySidecar), "the webhook denies such pods, whatever the annotation's value")
		}
		if onWindows(spec) {
			l.Add(at(azwi.AnnotationInjectProxySidecar), "the migration proxy runs on Linux only", "let the program on Windows use the default credential instead")
		}
	}
	if text, ok := known.String(annotations[azwi.AnnotationProxySidecarPort]); ok {
		if port, err := strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
			l.Add(at(azwi.AnnotationProxySidecarPort), fmt.Sprintf("%q is not a port", text), "use a number from 1 to 65535, or leave it out for 8000")
		}
	}
	if text, ok := known.String(annotations[azwi.AnnotationTokenExpiration]); ok {
		seconds, err := strconv.Atoi(text)
		if err != nil {
			l.Add(at(azwi.AnnotationTokenExpiration), fmt.Sprintf("%q is not a number of seconds", text), "the webhook would deny every pod")
			return
		}
		l.AddError(at(azwi.AnnotationTokenExpiration), azwi.ValidateTokenExpiration(seconds))
	}
}

// onWindows reports whether the pod names Windows as its operating system.
func onWindows(spec *corev1.PodSpecArgs) bool {
	if podOS, ok := known.As[corev1.PodOSArgs](spec.Os); ok {
		if name, ok := known.String(podOS.Name); ok && name == windows {
			return true
		}
	}
	selector, _ := known.As[pulumi.StringMap](spec.NodeSelector)
	name, ok := known.String(selector[labelOS])
	return ok && name == windows
}
