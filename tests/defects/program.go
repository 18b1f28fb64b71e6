package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/stacks"
)

// defect is a known defect of the recipes, and how to plant it.
type defect struct {
	name string
	// rules are the policies that must find it. No others may.
	rules []string
	// typ and change rewrite the inputs of the resources of a type.
	typ    string
	change func(inputs pulumi.Map, issuer string) error
	// add registers a resource that the stack does not have.
	add func(ctx *pulumi.Context, s *recorder) error
}

// foreignIssuer is an issuer in the form of AKS, of no cluster.
const foreignIssuer = "https://westeurope.oic.prod-aks.azure.com/6d0b7f5e-7d4e-4b63-9a55-3a4f0f6f2c11/0a9c6bb2-1f5d-4c0b-8f83-7f4c3f6e9d21/"

// program returns the repository's program with the defects of a list like
// "password,chart-unpinned".
func program(list, issuer string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		chosen, err := choose(list)
		if err != nil {
			return err
		}
		s := &recorder{}
		if err := ctx.RegisterStackTransformation(s.transform(chosen, cmp.Or(issuer, foreignIssuer))); err != nil {
			return err
		}
		if err := stacks.Run(ctx); err != nil {
			return err
		}
		for _, d := range chosen {
			if d.add == nil {
				continue
			}
			if err := d.add(ctx, s); err != nil {
				return fmt.Errorf("planting %s: %w", d.name, err)
			}
		}
		return s.err
	}
}

// choose returns the defects of a list.
func choose(list string) ([]*defect, error) {
	var chosen []*defect
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		i := slices.IndexFunc(defects, func(d defect) bool { return d.name == name })
		if i < 0 {
			return nil, fmt.Errorf("DEFECT: there is no defect %q%s", name, didYouMean(name))
		}
		chosen = append(chosen, &defects[i])
	}
	return chosen, nil
}

func didYouMean(name string) string {
	var known []string
	for i := range defects {
		known = append(known, defects[i].name)
	}
	if near, ok := suggest.Nearest(name, known); ok {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return "; there are " + strings.Join(known, ", ")
}

// recorder keeps what the stack registers, for defects that are added to it.
type recorder struct {
	list []registered
	err  error
}

type registered struct {
	typ      string
	resource pulumi.Resource
	inputs   pulumi.Map
}

// transform returns the transformation that records every resource and applies the changes. The
// stack registers its resources one after the other, and transformations run before the
// registration returns.
func (s *recorder) transform(chosen []*defect, issuer string) pulumi.ResourceTransformation {
	return func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		inputs := inputsOf(args.Props)
		// A copy, because the engine may still read the other map when a defect reads this one.
		s.list = append(s.list, registered{args.Type, args.Resource, inputsOf(inputs)})
		changed := false
		for _, d := range chosen {
			if d.change == nil || d.typ != args.Type {
				continue
			}
			if err := d.change(inputs, issuer); err != nil && s.err == nil {
				s.err = fmt.Errorf("planting %s in %s: %w", d.name, args.Name, err)
			}
			changed = true
		}
		if !changed {
			return nil
		}
		return &pulumi.ResourceTransformationResult{Props: inputs, Opts: args.Opts}
	}
}

// first returns the first resource of a type that the stack registered.
func (s *recorder) first(typ string) (registered, error) {
	i := slices.IndexFunc(s.list, func(r registered) bool { return r.typ == typ })
	if i < 0 {
		return registered{}, fmt.Errorf("the stack has no %s", typ)
	}
	return s.list[i], nil
}

// firstAs returns the first resource of a type that the stack registered, as a resource of a Go
// type.
func firstAs[T pulumi.Resource](s *recorder, typ string) (T, error) {
	var zero T
	r, err := s.first(typ)
	if err != nil {
		return zero, err
	}
	typed, ok := r.resource.(T)
	if !ok {
		return zero, fmt.Errorf("the %s is a %T", typ, r.resource)
	}
	return typed, nil
}
