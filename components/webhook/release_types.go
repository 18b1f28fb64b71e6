package webhook

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

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

func (repositoryOptsArgs) ElementType() reflect.Type {
	return reflect.TypeOf((*repositoryOpts)(nil)).Elem()
}

// releaseStatus is what Helm reports about a release.
type releaseStatus struct {
	AppVersion *string `pulumi:"appVersion"`
	Name       *string `pulumi:"name"`
	Namespace  *string `pulumi:"namespace"`
	Status     string  `pulumi:"status"`
	Version    *string `pulumi:"version"`
}

type releaseStatusOutput struct{ *pulumi.OutputState }

func (releaseStatusOutput) ElementType() reflect.Type {
	return reflect.TypeOf((*releaseStatus)(nil)).Elem()
}

func init() {
	pulumi.RegisterOutputType(releaseStatusOutput{})
}
