package stacks

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
)

// WebhookMode is who runs the mutating webhook in the cluster.
type WebhookMode string

const (
	// WebhookAddon switches AKS's managed add-on on.
	WebhookAddon WebhookMode = "addon"
	// WebhookChart installs the pinned Helm chart.
	WebhookChart WebhookMode = "chart"
	// WebhookNone installs nothing: the webhook runs already, or another team installs it.
	WebhookNone WebhookMode = "none"
)

var _ = arguments.Enum(WebhookAddon, WebhookChart, WebhookNone)

// Webhook says who runs the mutating webhook.
type Webhook struct {
	// Mode is addon, AKS's managed add-on, which AKS keeps up to date; chart, the pinned Helm
	// chart; or none, where the webhook runs already or another team installs it. Default: addon.
	Mode WebhookMode `config:"mode"`
	// Chart has the chart's settings, for mode chart only. Default: the component's defaults.
	Chart *Chart `config:"chart"`
}

// SetDefaults sets the defaults of the receiver's own fields.
func (w *Webhook) SetDefaults() { w.Mode = WebhookAddon }

// Chart has the settings of the webhook's Helm chart: every argument of the WebhookRelease
// component that the stack does not set itself.
type Chart struct {
	webhook.WebhookReleaseArgs
}

// OwnedKeys returns the component's arguments that the stack sets itself.
func (Chart) OwnedKeys() []string { return []string{"tenantId", "cloud", "workloadIdentityAddon"} }

// webhookArgs returns the component's arguments, but for those that only the graph knows; nil when
// the stack does not install the chart.
func (c *Config) webhookArgs() *webhook.WebhookReleaseArgs {
	if c.Webhook.Mode != WebhookChart {
		return nil
	}
	args := webhook.WebhookReleaseArgs{}
	if c.Webhook.Chart != nil {
		args = c.Webhook.Chart.WebhookReleaseArgs
	}
	args.Cloud = c.Cloud
	return &args
}

// webhookNamespace returns where the stack installs the webhook, or "" when it does not.
func (c *Config) webhookNamespace() string {
	args := c.webhookArgs()
	if args == nil {
		return ""
	}
	return cmp.Or(args.Namespace, webhook.DefaultNamespace)
}

func (v *validator) webhook() {
	w := v.config.Webhook
	if w.Chart == nil || w.Mode == WebhookChart {
		return
	}
	v.Add(v.root("webhook").Field("chart"), fmt.Sprintf("has chart settings, but mode is %s", w.Mode),
		"set mode to chart, or remove the chart settings: add-on and chart install the same cluster-wide names and cannot stand side by side")
}

// registerWebhook registers the webhook's chart, in mode chart.
func (g *graph) registerWebhook(ctx *pulumi.Context) error {
	args := g.config.webhookArgs()
	if args == nil {
		return nil
	}
	args.TenantId = g.cluster.TenantId
	args.WorkloadIdentityAddon = g.cluster.WorkloadIdentityAddon.ToBoolPtrOutput()
	release, err := webhook.NewWebhookRelease(ctx, "webhook", args, g.cluster.InCluster()...)
	if err != nil {
		return err
	}
	g.webhook = release
	for _, t := range g.targets {
		t.webhook = release.Release
	}
	return nil
}
