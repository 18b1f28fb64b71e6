// Package webhook has the component WebhookRelease: the mutating webhook of Azure Workload
// Identity, installed from its Helm chart.
package webhook

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/outputs"
)

// Type is the component's type token.
const Type = "aks-workload-identity:index:WebhookRelease"

// WebhookRelease is the mutating webhook that gives labelled pods their token and environment.
//
// It is complete when the webhook serves: Helm waits for the Deployment, and the webhook is ready
// only once it is registered. Resources that create labelled pods depend on the release:
//
//	pulumi.DependsOn([]pulumi.Resource{hook.Release})
//
// They cannot depend on the component: the Go SDK (v3.245.0, Context.getOpts) takes a component's
// children as they are known at that moment. A goroutine may not have registered the child yet, and
// the resource then depends on nothing.
//
// The chart's webhook fails closed: without it no labelled pod can be created. The cluster is the
// one of the caller's options (Cluster.InCluster).
//
// With Adopt, one update takes over the release that Helm has under the same name and namespace,
// and upgrades it to what the arguments say. Values that it was given before and that the arguments
// do not repeat are lost. It relies on the engine's import, which reads what exists and then
// updates what differs (pulumi/pulumi, pull request 19339), and on the Kubernetes provider, which
// reads a release by its "namespace/name" (provider/pkg/provider/helm_release.go, v4.30.0). A
// release that does not exist is an error, so that a wrong name is not taken for a new
// installation. Objects that were applied without Helm are no release and cannot be adopted. After
// that update the stack owns the release, and destroy uninstalls it. Adopt then changes nothing and
// is best removed, because the engine refuses to replace a resource that is still to be imported.
//
//nolint:revive // the stutter keeps the name that the multi-language schema shows
type WebhookRelease struct {
	pulumi.ResourceState

	// Release is the Helm release, complete when the webhook serves, for the option DependsOn. Go
	// only.
	Release pulumi.Resource

	// Namespace is where the webhook runs.
	Namespace pulumi.StringOutput `pulumi:"namespace"`
	// ReleaseName is the Helm release's name.
	ReleaseName pulumi.StringOutput `pulumi:"releaseName"`
	// Version is the chart's version that Helm reports.
	Version pulumi.StringOutput `pulumi:"version"`
	// AppVersion is the webhook's version that Helm reports.
	AppVersion pulumi.StringOutput `pulumi:"appVersion"`
	// Status is Helm's status of the release, "deployed" once the webhook serves.
	Status pulumi.StringOutput `pulumi:"status"`
}

// NewWebhookRelease registers a WebhookRelease. Its one child is <name>-release.
//
// Bad arguments are reported all at once, before anything is registered, in an error that unwraps
// to *errors.InputPropertiesError.
func NewWebhookRelease(ctx *pulumi.Context, name string, args *WebhookReleaseArgs, opts ...pulumi.ResourceOption) (*WebhookRelease, error) {
	if args == nil {
		args = &WebhookReleaseArgs{}
	}
	if err := args.Validate(name); err != nil {
		return nil, err
	}

	w := &WebhookRelease{}
	if err := ctx.RegisterComponentResource(Type, name, w, opts...); err != nil {
		return nil, fmt.Errorf("registering webhook release %q: %w", name, err)
	}
	in := args.release()
	release, err := newRelease(ctx, name+"-release", in, args.releaseOptions(w, name, in.Values)...)
	if err != nil {
		return nil, fmt.Errorf("registering the Helm release of %q: %w", name, err)
	}

	w.Release = release
	w.Namespace = release.Namespace.Elem()
	w.ReleaseName = release.Name.Elem()
	w.Version = release.status(func(s releaseStatus) *string { return s.Version })
	w.AppVersion = release.status(func(s releaseStatus) *string { return s.AppVersion })
	w.Status = release.status(func(s releaseStatus) *string { return &s.Status })
	outputs.Register(ctx, w, pulumi.Map{
		"namespace":   w.Namespace,
		"releaseName": w.ReleaseName,
		"version":     w.Version,
		"appVersion":  w.AppVersion,
		"status":      w.Status,
	})
	return w, nil
}

// releaseOptions returns the options of the Helm release with these values.
func (args *WebhookReleaseArgs) releaseOptions(parent pulumi.Resource, name string, values pulumi.MapInput) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{
		pulumi.Parent(parent),
		// The chart's cluster-scoped objects have fixed names, so that two releases cannot coexist.
		pulumi.DeleteBeforeReplace(true),
	}
	if args.Adopt {
		// The provider's id of a release: see parseFqName in its helm_release.go.
		opts = append(opts, pulumi.Import(pulumi.ID(args.namespace()+"/"+args.releaseName())))
	}
	return append(opts, args.guards(name, values)...)
}
