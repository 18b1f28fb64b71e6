package webhook

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/outputs"
)

// registerOutputs takes the component's outputs from the Helm release and
// registers them once.
func (w *WebhookRelease) registerOutputs(ctx *pulumi.Context, r *release) {
	status := func(field func(releaseStatus) *string) pulumi.StringOutput {
		return r.Status.ApplyT(func(s releaseStatus) string {
			if p := field(s); p != nil {
				return *p
			}
			return ""
		}).(pulumi.StringOutput)
	}
	w.Namespace = r.Namespace.Elem()
	w.ReleaseName = r.Name.Elem()
	w.Version = status(func(s releaseStatus) *string { return s.Version })
	w.AppVersion = status(func(s releaseStatus) *string { return s.AppVersion })
	w.Status = status(func(s releaseStatus) *string { return &s.Status })
	outputs.Register(ctx, w, pulumi.Map{
		"namespace":   w.Namespace,
		"releaseName": w.ReleaseName,
		"version":     w.Version,
		"appVersion":  w.AppVersion,
		"status":      w.Status,
	})
}
