package webhook

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

const (
	// DefaultNamespace is the namespace in the chart's own documentation.
	DefaultNamespace = "azure-workload-identity-system"
	// DefaultReleaseName is the release's name in the chart's own documentation.
	DefaultReleaseName = "workload-identity-webhook"

	// maxReleaseName is Helm's limit (pkg/chartutil, ValidateReleaseName).
	maxReleaseName = 53

	// releaseToken is the type of the Helm release, as in a state file.
	releaseToken = "kubernetes:helm.sh/v3:Release"
	// kubernetesVersion is the version of the Kubernetes provider that the binding is written for.
	// It is the one that the Kubernetes SDK in go.mod uses, so that a program needs one plugin. A
	// test compares the two.
	kubernetesVersion = "4.30.0"
)

// release returns the arguments of the Helm release.
func (args *WebhookReleaseArgs) release() *releaseArgs {
	chart := args.chart()
	r := &releaseArgs{
		Name:            pulumi.StringPtr(args.releaseName()),
		Namespace:       pulumi.StringPtr(args.namespace()),
		CreateNamespace: pulumi.BoolPtr(args.CreateNamespace == nil || *args.CreateNamespace),
		Chart:           pulumi.String(chart),
		// Resources that depend on the release rely on the webhook, so that Helm waits until it
		// serves. A failed installation is removed again.
		SkipAwait:     pulumi.BoolPtr(false),
		Atomic:        pulumi.BoolPtr(true),
		CleanupOnFail: pulumi.BoolPtr(true),
		Timeout:       inputs.IntOr(args.TimeoutSeconds, DefaultTimeoutSeconds),
		Values:        args.values(),
	}
	if !isLocalChart(chart) {
		r.Version = pulumi.StringPtr(args.version())
	}
	if !isLocalChart(chart) && !isOCIChart(chart) {
		r.RepositoryOpts = repositoryOptsArgs{Repo: pulumi.StringPtr(cmp.Or(args.Repository, DefaultRepository))}
	}
	return r
}

func (args *WebhookReleaseArgs) namespace() string { return cmp.Or(args.Namespace, DefaultNamespace) }

func (args *WebhookReleaseArgs) releaseName() string {
	return cmp.Or(args.ReleaseName, DefaultReleaseName)
}

func (args *WebhookReleaseArgs) checkNamespace(l *problem.List) {
	if args.Namespace == "" {
		return
	}
	if args.Namespace == "kube-system" {
		l.Add("namespace", "kube-system is the place of AKS's add-on, and its admissions enforcer keeps webhooks out", fmt.Sprintf("leave namespace out for %q", DefaultNamespace))
		return
	}
	l.AddError("namespace", kube.ValidateNamespace(args.Namespace))
}

func (args *WebhookReleaseArgs) checkReleaseName(l *problem.List) {
	name := args.ReleaseName
	if name == "" || len(name) <= maxReleaseName && kube.IsObjectName(name) {
		return
	}
	l.Add("releaseName", fmt.Sprintf("%q is not the name of a Helm release", name), fmt.Sprintf("use up to %d lower-case letters, digits, hyphens and dots, or leave it out for %q", maxReleaseName, DefaultReleaseName))
}

// release is a Helm release.
//
// This typed binding has only the properties that the package uses. It stays here because the SDK's
// package kubernetes/helm/v3 imports kubernetes/yaml, and with it all 69 packages of the Kubernetes
// SDK: a cold build of the program then takes 23 min 18 s of CPU instead of 8 min 16 s, 4.0 GB of
// build cache instead of 1.2 GB, and gives a binary of 197 MB instead of 93 MB (measured on two
// cores). Token, properties and version are those of the SDK, so that the engine sees no
// difference.
type release struct {
	pulumi.CustomResourceState

	Name      pulumi.StringPtrOutput `pulumi:"name"`
	Namespace pulumi.StringPtrOutput `pulumi:"namespace"`
	Version   pulumi.StringPtrOutput `pulumi:"version"`
	Status    releaseStatusOutput    `pulumi:"status"`
}

// releaseArgs are the inputs of a Helm release. The Kubernetes provider documents their meaning at
// helm.sh/v3.Release.
type releaseArgs struct {
	Atomic          pulumi.BoolPtrInput
	Chart           pulumi.StringInput
	CleanupOnFail   pulumi.BoolPtrInput
	Compat          pulumi.StringPtrInput
	CreateNamespace pulumi.BoolPtrInput
	Name            pulumi.StringPtrInput
	Namespace       pulumi.StringPtrInput
	RepositoryOpts  repositoryOptsInput
	SkipAwait       pulumi.BoolPtrInput
	Timeout         pulumi.IntPtrInput
	Values          pulumi.MapInput
	Version         pulumi.StringPtrInput
}

type releaseArgsPlain struct {
	Atomic          *bool           `pulumi:"atomic"`
	Chart           string          `pulumi:"chart"`
	CleanupOnFail   *bool           `pulumi:"cleanupOnFail"`
	Compat          *string         `pulumi:"compat"`
	CreateNamespace *bool           `pulumi:"createNamespace"`
	Name            *string         `pulumi:"name"`
	Namespace       *string         `pulumi:"namespace"`
	RepositoryOpts  *repositoryOpts `pulumi:"repositoryOpts"`
	SkipAwait       *bool           `pulumi:"skipAwait"`
	Timeout         *int            `pulumi:"timeout"`
	Values          map[string]any  `pulumi:"values"`
	Version         *string         `pulumi:"version"`
}

func (releaseArgs) ElementType() reflect.Type { return reflect.TypeFor[releaseArgsPlain]() }

// newRelease registers a Helm release.
func newRelease(ctx *pulumi.Context, name string, args *releaseArgs, opts ...pulumi.ResourceOption) (*release, error) {
	if args == nil || args.Chart == nil {
		return nil, errors.New("a Helm release needs a chart")
	}
	// The SDK's constructor sets it too. Without it the provider would keep the release's state in
	// the form of before 4.0.
	args.Compat = pulumi.StringPtr("true")

	var r release
	opts = append([]pulumi.ResourceOption{pulumi.Version(kubernetesVersion)}, opts...)
	if err := ctx.RegisterResource(releaseToken, name, args, &r, opts...); err != nil {
		return nil, err
	}
	return &r, nil
}

// status returns a field of the release's status, or "" if Helm does not report it.
func (r *release) status(field func(releaseStatus) *string) pulumi.StringOutput {
	return r.Status.ApplyT(func(s releaseStatus) string {
		if p := field(s); p != nil {
			return *p
		}
		return ""
	}).(pulumi.StringOutput)
}

// repositoryOpts names the chart repository of a Helm release.
type repositoryOpts struct {
	Repo *string `pulumi:"repo"`
}

type repositoryOptsInput interface {
	pulumi.Input
}

type repositoryOptsArgs struct {
	Repo pulumi.StringPtrInput `pulumi:"repo"`
}

func (repositoryOptsArgs) ElementType() reflect.Type { return reflect.TypeFor[repositoryOpts]() }

// releaseStatus is what Helm reports about a release.
type releaseStatus struct {
	AppVersion *string `pulumi:"appVersion"`
	Name       *string `pulumi:"name"`
	Namespace  *string `pulumi:"namespace"`
	Status     string  `pulumi:"status"`
	Version    *string `pulumi:"version"`
}

type releaseStatusOutput struct{ *pulumi.OutputState }

func (releaseStatusOutput) ElementType() reflect.Type { return reflect.TypeFor[releaseStatus]() }

func init() { pulumi.RegisterOutputType(releaseStatusOutput{}) }
