package pulumitest

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Build registers what a test is about under a name, with the options that the run wants it to
// have.
type Build func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error

// Matrix runs a case in every way that must work, and returns the plain update: as update, as
// preview with the same registrations, twice under different names in one program, with explicit
// providers for the packages, which must then be used everywhere, and under a transformation, which
// must reach every child.
func Matrix(t *testing.T, o Options, packages []string, build Build) *Result {
	t.Helper()
	up := Run(t, func(ctx *pulumi.Context) error { return build(ctx, "one") }, o)

	t.Run("preview registers the same", func(t *testing.T) {
		o := o
		o.DryRun = true
		preview := Run(t, func(ctx *pulumi.Context) error { return build(ctx, "one") }, o)
		if diff := cmp.Diff(up.Names(), preview.Names()); diff != "" {
			t.Errorf("-update +preview:\n%s", diff)
		}
	})
	t.Run("twice in one program without a clash", func(t *testing.T) {
		both := Run(t, func(ctx *pulumi.Context) error {
			return errors.Join(build(ctx, "one"), build(ctx, "two"))
		}, o)
		if len(both.Resources) < 2*len(up.Resources)-sharedProviders(both) {
			t.Errorf("two of them have %d resources, one has %d", len(both.Resources), len(up.Resources))
		}
	})
	t.Run("a transformation reaches every child", func(t *testing.T) {
		seen := map[string]bool{}
		var mu sync.Mutex
		watch := pulumi.Transformations([]pulumi.ResourceTransformation{
			func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
				mu.Lock()
				defer mu.Unlock()
				seen[args.Name] = true
				return nil
			},
		})
		watched := Run(t, func(ctx *pulumi.Context) error { return build(ctx, "one", watch) }, o)
		for _, r := range watched.Resources {
			if !isStack(r.Parent) && strings.HasPrefix(r.Name, "one") && !seen[r.Name] {
				t.Errorf("%s is out of a transformation's reach: its parent or options are lost", r.Name)
			}
		}
	})
	t.Run("with explicit providers", func(t *testing.T) {
		o := o
		o.Explicit = packages
		explicit := Run(t, func(ctx *pulumi.Context) error {
			list, err := newProviders(ctx, packages)
			if err != nil {
				return err
			}
			return build(ctx, "one", pulumi.Providers(list...))
		}, o)
		for _, call := range explicit.Calls {
			if call.Provider == "" {
				t.Errorf("%s is called on the default provider", call.Token)
			}
		}
	})
	return up
}

// sharedProviders counts the providers outside components, which a case may share between its two
// instances.
func sharedProviders(r *Result) int {
	n := 0
	for _, res := range r.Resources {
		if res.isProvider() && isStack(res.Parent) {
			n++
		}
	}
	return n
}

type provider struct{ pulumi.ProviderResourceState }

// NewProvider registers a provider of a package, for tests that need one.
func NewProvider(ctx *pulumi.Context, pkg, name string) (pulumi.ProviderResource, error) {
	var p provider
	if err := ctx.RegisterResource(providerPrefix+pkg, name, pulumi.Map{}, &p); err != nil {
		return nil, err
	}
	return &p, nil
}

func newProviders(ctx *pulumi.Context, packages []string) ([]pulumi.ProviderResource, error) {
	list := make([]pulumi.ProviderResource, 0, len(packages))
	for _, pkg := range packages {
		p, err := NewProvider(ctx, pkg, "explicit-"+pkg)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}
