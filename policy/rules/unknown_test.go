package rules_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

var unknown = resource.MakeComputed(resource.NewProperty(""))

// clone copies a graph so that its values can be replaced.
func clone(resources []*graph.Resource) []*graph.Resource {
	list := make([]*graph.Resource, len(resources))
	for i, r := range resources {
		c := *r
		c.Inputs = replaceValues(r.Inputs, keep)
		if r.Outputs != nil {
			c.Outputs = replaceValues(r.Outputs, keep)
		}
		list[i] = &c
	}
	return list
}

func keep(v resource.PropertyValue) (resource.PropertyValue, bool) { return v, false }

// replaceValues copies properties. A value for which replace returns true is replaced as a whole.
func replaceValues(m resource.PropertyMap, replace func(resource.PropertyValue) (resource.PropertyValue, bool)) resource.PropertyMap {
	c := make(resource.PropertyMap, len(m))
	for _, key := range m.StableKeys() {
		c[key] = replaceValue(m[key], replace)
	}
	return c
}

func replaceValue(v resource.PropertyValue, replace func(resource.PropertyValue) (resource.PropertyValue, bool)) resource.PropertyValue {
	if with, stop := replace(v); stop {
		return with
	}
	switch {
	case v.IsArray():
		list := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, element := range v.ArrayValue() {
			list[i] = replaceValue(element, replace)
		}
		return resource.NewProperty(list)
	case v.IsObject():
		return resource.NewProperty(replaceValues(v.ObjectValue(), replace))
	case v.IsSecret():
		return resource.MakeSecret(replaceValue(v.SecretValue().Element, replace))
	}
	return v
}

// TestUnknownValueDoesNotAlarm makes the value of each violation unknown: the rule no longer
// reports it.
func TestUnknownValueDoesNotAlarm(t *testing.T) {
	for _, c := range loadCorpus(t) {
		for r := range check(c.Resources, c.Params) {
			if r.path == "" {
				continue // The violation is about the resource as a whole.
			}
			t.Run(c.File+"/"+r.rule, func(t *testing.T) {
				resources := clone(c.Resources)
				i := slices.IndexFunc(resources, func(o *graph.Resource) bool { return o.URN == r.urn })
				path, err := resource.ParsePropertyPath(r.path)
				if err != nil {
					t.Fatalf("%q is not a property path: %v", r.path, err)
				}
				changed := resources[i]
				if v, ok := path.Get(resource.NewProperty(changed.Inputs)); ok && v.IsComputed() {
					return // The rule knows where the value comes from.
				}
				root, ok := path.Add(resource.NewProperty(changed.Inputs), unknown)
				if !ok {
					t.Fatalf("no value can be set at %s", r.path)
				}
				changed.Inputs = root.ObjectValue()
				if changed.Outputs != nil {
					if root, ok := path.Add(resource.NewProperty(changed.Outputs), unknown); ok {
						changed.Outputs = root.ObjectValue()
					}
				}
				if _, still := check(resources, c.Params)[r]; still {
					t.Errorf("%s still reports %s of %s, which is no longer known", r.rule, r.path, changed.Name)
				}
			})
		}
	}
}

// TestUnknownValuesNeverAddAViolation makes random values unknown: no rule reports what it does not
// report when all values are known.
func TestUnknownValuesNeverAddAViolation(t *testing.T) {
	cases := loadCorpus(t)
	rapid.Check(t, func(t *rapid.T) {
		c := cases[rapid.IntRange(0, len(cases)-1).Draw(t, "case")]
		full := places(check(c.Resources, c.Params))
		share := rapid.SampledFrom([]int{1, 3, 10, 50}).Draw(t, "percent")
		resources := clone(c.Resources)
		for _, r := range resources {
			hide := func(v resource.PropertyValue) (resource.PropertyValue, bool) {
				return unknown, rapid.IntRange(1, 100).Draw(t, "hide") <= share
			}
			r.Inputs = replaceValues(r.Inputs, hide)
			if r.Outputs != nil {
				r.Outputs = replaceValues(r.Outputs, hide)
			}
		}
		for place, v := range places(check(resources, c.Params)) {
			if _, before := full[place]; !before && !slices.Contains(c.MayAlso, place.rule) {
				t.Errorf("%s: %s reports %s, %s: %s", c.File, place.rule, place.urn, v.Path, v.Problem)
			}
		}
	})
}

// TestEachUnknownValueNeverAddsAViolation makes each value unknown in turn, for those that a random
// choice rarely hits.
func TestEachUnknownValueNeverAddsAViolation(t *testing.T) {
	for _, c := range loadCorpus(t) {
		t.Run(c.File, func(t *testing.T) {
			full := places(check(c.Resources, c.Params))
			for n := 0; ; n++ {
				resources, hidden := hideNth(c, n)
				if !hidden {
					return
				}
				for place, v := range places(check(resources, c.Params)) {
					if _, before := full[place]; !before && !slices.Contains(c.MayAlso, place.rule) {
						t.Errorf("with value %d unknown, %s reports %s, %s: %s", n, place.rule, place.urn, v.Path, v.Problem)
					}
				}
			}
		})
	}
}

// hideNth makes the nth value of a graph unknown, in its inputs and outputs.
func hideNth(c corpus.Case, n int) (resources []*graph.Resource, hidden bool) {
	resources = clone(c.Resources)
	at := 0
	for _, r := range resources {
		hide := func(resource.PropertyValue) (resource.PropertyValue, bool) {
			at++
			return unknown, at-1 == n
		}
		before := r.Inputs
		r.Inputs = replaceValues(before, hide)
		if at <= n {
			continue
		}
		if d := before.Diff(r.Inputs); d != nil && r.Outputs != nil {
			for _, key := range d.Keys() {
				r.Outputs[key] = r.Inputs[key]
			}
		}
		return resources, true
	}
	return resources, false
}

// place is a rule and the resource that it reports.
type place struct{ rule, urn string }

func places(found map[report]rule.Violation) map[place]rule.Violation {
	list := map[place]rule.Violation{}
	for r, v := range found {
		list[place{r.rule, r.urn}] = v
	}
	return list
}

// TestSecretsAreCheckedAndNotShown makes long texts secret: the rules report the same, without the
// texts.
func TestSecretsAreCheckedAndNotShown(t *testing.T) {
	const longEnough = 8
	for _, c := range loadCorpus(t) {
		t.Run(c.File, func(t *testing.T) {
			resources := clone(c.Resources)
			hidden := map[string]bool{}
			for _, r := range resources {
				wrap := func(v resource.PropertyValue) (resource.PropertyValue, bool) {
					if !v.IsString() || len(v.StringValue()) < longEnough {
						return v, v.IsSecret()
					}
					hidden[v.StringValue()] = true
					return resource.MakeSecret(v), true
				}
				r.Inputs = replaceValues(r.Inputs, wrap)
				if r.Outputs != nil {
					r.Outputs = replaceValues(r.Outputs, wrap)
				}
			}
			want, got := check(c.Resources, c.Params), check(resources, c.Params)
			if a, b := slices.Sorted(maps.Keys(placeSet(want))), slices.Sorted(maps.Keys(placeSet(got))); !slices.Equal(a, b) {
				t.Errorf("with secrets %v report, without %v", b, a)
			}
			for r, v := range got {
				list := []rule.Violation{v}
				rule.Redact(list, resources...)
				for secret := range hidden {
					if strings.Contains(list[0].Value+"\n"+list[0].Problem, secret) {
						t.Errorf("%s shows %q: %s (%s)", r.rule, secret, list[0].Problem, list[0].Value)
					}
				}
			}
		})
	}
}

func placeSet(found map[report]rule.Violation) map[string]bool {
	set := map[string]bool{}
	for r := range found {
		set[r.rule+" "+r.urn+" "+r.path] = true
	}
	return set
}
