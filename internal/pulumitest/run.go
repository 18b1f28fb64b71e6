package pulumitest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// Options are how a program runs.
type Options struct {
	// DryRun runs a preview: ids and synthesised outputs are unknown.
	DryRun bool
	// Config is the stack's configuration, with full keys ("project:key").
	Config map[string]string
	// Fakes answer in addition to, or instead of, the standard ones.
	Fakes Fakes
	// Stacks are the outputs of other stacks, by their full names, for references to them.
	Stacks map[string]resource.PropertyMap
	// RootTypes are the custom types that may stand outside a component. Providers always may.
	RootTypes []string
	// Explicit are the packages whose resources must not use the default provider; kubernetes
	// always is.
	Explicit []string
}

// Export is a stack output.
type Export struct {
	Value         any
	Known, Secret bool
}

// Result is what a program did.
type Result struct {
	// Resources by URN.
	Resources map[string]*Resource
	// Calls in the order in which they arrived.
	Calls []Call
	// Log is what the program logged.
	Log []Message
	// Exports by name.
	Exports map[string]Export
	// Err is the program's error.
	Err error
}

// Run runs a program that must succeed, and checks the rules of the package.
func Run(t testing.TB, program pulumi.RunFunc, o Options) *Result {
	t.Helper()
	result := Try(t, program, o)
	if result.Err != nil {
		t.Fatalf("the program failed: %v", result.Err)
	}
	return result
}

// Try runs a program that may fail. The rules are checked only if it does not.
func Try(t testing.TB, program pulumi.RunFunc, o Options) *Result {
	t.Helper()
	m := &recorder{
		fakes:     standardFakes().with(o.Fakes),
		dryRun:    o.DryRun,
		stacks:    o.Stacks,
		resources: map[string]*Resource{},
		outputs:   map[string][]resource.PropertyMap{},
	}
	addr, log, stop, err := serve(m)
	if err != nil {
		t.Fatalf("starting the monitor: %v", err)
	}
	var exported *pulumi.Context
	err = pulumi.RunErr(func(ctx *pulumi.Context) error {
		exported = ctx
		return program(ctx)
	}, func(info *pulumi.RunInfo) {
		info.Project, info.Stack = Project, Stack
		info.MonitorAddr, info.EngineAddr = addr, addr
		info.DryRun, info.Config = o.DryRun, o.Config
	})
	if err := stop(); err != nil {
		t.Errorf("stopping the monitor: %v", err)
	}

	result := &Result{Resources: m.resources, Calls: m.calls, Log: log.messages, Err: err, Exports: map[string]Export{}}
	if err != nil {
		return result
	}
	for urn, list := range m.outputs {
		if res, ok := m.resources[urn]; ok && len(list) > 0 {
			res.Outputs = list[0]
		}
	}
	for name, in := range exported.GetCurrentExportMap() {
		result.Exports[name] = await(t, in)
	}
	for _, violation := range append(m.violations, result.violations(m.outputs, o)...) {
		t.Error(violation)
	}
	return result
}

// await resolves an exported input; the run is over, so that nothing blocks.
func await(t testing.TB, in pulumi.Input) Export {
	t.Helper()
	resolved, err := internals.UnsafeAwaitOutput(context.Background(), pulumi.ToOutput(in))
	if err != nil {
		t.Fatalf("an export failed: %v", err)
	}
	return Export{Value: resolved.Value, Known: resolved.Known, Secret: resolved.Secret}
}

// Get finds the one resource of that type and name.
func (r *Result) Get(t testing.TB, typ, name string) *Resource {
	t.Helper()
	for _, res := range r.Resources {
		if res.Type == typ && res.Name == name {
			return res
		}
	}
	t.Fatalf("no %s %q; there are:\n%s", typ, name, r.Graph())
	return nil
}

// ByType lists the resources of a type by name.
func (r *Result) ByType(typ string) []*Resource {
	var list []*Resource
	for _, res := range r.Resources {
		if res.Type == typ {
			list = append(list, res)
		}
	}
	slices.SortFunc(list, func(a, b *Resource) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// Names lists type and name of every resource, sorted: what a preview and an update must have in
// common.
func (r *Result) Names() []string {
	list := make([]string, 0, len(r.Resources))
	for _, res := range r.Resources {
		list = append(list, res.Type+" "+res.Name)
	}
	slices.Sort(list)
	return list
}

// Reaches reports whether from waits for to, directly or by others.
func (r *Result) Reaches(from, to *Resource) bool {
	seen := map[string]bool{}
	queue := from.Dependencies()
	for len(queue) > 0 {
		urn := queue[0]
		queue = queue[1:]
		if urn == to.URN {
			return true
		}
		next, ok := r.Resources[urn]
		if seen[urn] || !ok {
			continue
		}
		seen[urn] = true
		queue = append(queue, next.Dependencies()...)
	}
	return false
}

// Plain lists where the needle can be read: in inputs and outputs of resources and in exports,
// unless they are marked as secret.
func (r *Result) Plain(needle string) []string {
	var found []string
	for _, urn := range slices.Sorted(maps.Keys(r.Resources)) {
		res := r.Resources[urn]
		for which, properties := range map[string]resource.PropertyMap{"inputs": res.Inputs, "outputs": res.Outputs} {
			for _, path := range plainPaths(resource.NewProperty(properties), needle) {
				found = append(found, res.Name+" "+which+path)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Exports)) {
		e := r.Exports[name]
		if !e.Secret && len(plainPaths(resource.NewPropertyValue(e.Value), needle)) > 0 {
			found = append(found, "export "+name)
		}
	}
	slices.Sort(found)
	return found
}
