package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Result is the outcome of one case.
type Result struct {
	Case Case
	// Fields are the fields that differ; Excused has the reason for each that the case declares.
	Fields  []Field
	Excused []Difference
	// Stale are the declared differences that do not exist.
	Stale []Difference
	// Err is the reason for which the case could not be replayed.
	Err error
}

// Agrees reports whether the sandbox's answers are the real ones.
func (r Result) Agrees() bool { return r.Err == nil && len(r.Fields) == 0 && len(r.Excused) == 0 }

// Run replays a case against a new sandbox in the folder dir. A case about differences alone needs
// the providers and no Azure.
func Run(ctx context.Context, dir string, c Case) Result {
	create := newWorld
	if !slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Do != "diff" }) {
		create = newProviders
	}
	w, err := create(ctx, dir, c.Location)
	if err != nil {
		return Result{Case: c, Err: err}
	}
	r := &replay{world: w, ctx: ctx, known: map[string]*known{}}
	var fields []Field
	for i, step := range c.Steps {
		found, err := r.step(step)
		if err != nil {
			return Result{Case: c, Err: errors.Join(fmt.Errorf("step %d (%s): %w", i+1, step.Do, err), w.close())}
		}
		fields = append(fields, found...)
	}
	res := Result{Case: c, Err: w.close()}
	res.sort(fields)
	return res
}

// sort separates the fields that the case excuses from those that it does not.
func (r *Result) sort(fields []Field) {
	used := map[int]bool{}
	for _, f := range fields {
		i := slices.IndexFunc(r.Case.Differs, func(d Difference) bool { return d.covers(f.Path) })
		if i < 0 {
			r.Fields = append(r.Fields, f)
			continue
		}
		used[i] = true
	}
	for i, d := range r.Case.Differs {
		if used[i] {
			r.Excused = append(r.Excused, d)
		} else {
			r.Stale = append(r.Stale, d)
		}
	}
}

func (d Difference) covers(path string) bool {
	if prefix, ok := strings.CutSuffix(d.Path, "*"); ok {
		return strings.HasPrefix(path, prefix)
	}
	return d.Path == path
}

// known is a resource of a case, as the engine's state would have it.
type known struct {
	token, id       string
	inputs, outputs resource.PropertyMap
}

type replay struct {
	*world
	ctx   context.Context
	known map[string]*known
}

// step replays one step and returns the fields that differ.
func (r *replay) step(s Step) ([]Field, error) {
	if s.Name == "" {
		s.Name = "it"
	}
	k := r.known[s.Name]
	if k == nil {
		k = &known{}
	}
	if s.Type == "" {
		s.Type = k.token
	}
	var err error
	if s, err = r.expandRequest(s); err != nil {
		return nil, err
	}
	if s.Do == "http" {
		return r.http(s)
	}
	provider, _, _ := strings.Cut(s.Type, ":")
	server := r.providers[provider]
	if server == nil {
		return nil, fmt.Errorf("type %q has no provider", s.Type)
	}
	if s.Do == "invoke" {
		return r.invoke(server, s)
	}
	k.token = s.Type
	r.known[s.Name] = k
	c := call{replay: r, server: server, step: s, known: k}
	got, err := c.do()
	return r.compared(s, got, err)
}

// compared returns the fields in which an answer or an error differs from what the step expects.
func (r *replay) compared(s Step, got answer, failed error) ([]Field, error) {
	var err error
	if s.Want, err = r.expandAnswer(s.Want); err != nil {
		return nil, errors.Join(failed, err)
	}
	switch want := s.Want.Error; {
	case failed != nil && want == "":
		return nil, failed
	case failed != nil && !strings.Contains(failed.Error(), want):
		return []Field{{Path: s.Name + ".error", Want: fmt.Sprintf("%q", want), Got: fmt.Sprintf("%q", failed)}}, nil
	case failed != nil:
		return nil, nil
	case want != "":
		return []Field{{Path: s.Name + ".error", Want: fmt.Sprintf("%q", want), Got: "no error"}}, nil
	}
	return compare(s, got), nil
}

// answer is what the sandbox answered to a step.
type answer struct {
	id              string
	inputs, outputs resource.PropertyMap
	failures        []string
	diff            *pulumirpc.DiffResponse
}

// compare returns the fields of an answer that differ from what the case expects.
func compare(s Step, got answer) []Field {
	w, at := s.Want, s.Name+"."
	var out []Field
	if w.ID != "" {
		out = match(at+"id", w.ID, got.id, out)
	}
	if w.Inputs != nil {
		out = match(at+"inputs", w.Inputs, plainMap(got.inputs), out)
	}
	if w.Outputs != nil {
		out = match(at+"outputs", w.Outputs, plainMap(got.outputs), out)
	}
	if w.Failures != nil || len(got.failures) > 0 {
		out = match(at+"failures", list(w.Failures), list(got.failures), out)
	}
	if w.Gone != (s.Do == "read" && got.id == "") && (s.Do == "read" || s.Do == "import") {
		out = append(out, Field{Path: at + "gone", Want: fmt.Sprint(w.Gone), Got: fmt.Sprint(got.id == "")})
	}
	for path, want := range w.Has {
		out = match(at+path, want, lookup(got, path), out)
	}
	return append(out, compareDiff(s, got.diff)...)
}

// compareDiff compares the answer of the step diff.
func compareDiff(s Step, got *pulumirpc.DiffResponse) []Field {
	w, at := s.Want, s.Name+"."
	if got == nil {
		return nil
	}
	var out []Field
	if w.Detailed != nil {
		detailed := map[string]any{}
		for path, d := range got.DetailedDiff {
			detailed[path] = strings.ToLower(strings.ReplaceAll(d.Kind.String(), "_", " "))
		}
		want := map[string]any{}
		for path, kind := range w.Detailed {
			want[path] = kind
		}
		out = match(at+"detailed", want, detailed, out)
	}
	if w.Changes != "" {
		out = match(at+"changes", w.Changes, strings.ToLower(strings.TrimPrefix(got.Changes.String(), "DIFF_")), out)
	}
	if w.Replaces != nil {
		out = match(at+"replaces", list(w.Replaces), list(got.Replaces), out)
	}
	if w.DeleteFirst != nil {
		out = match(at+"deleteBeforeReplace", *w.DeleteFirst, got.DeleteBeforeReplace, out)
	}
	return out
}

// lookup returns the field of an answer at a path such as outputs.sku.name.
func lookup(got answer, path string) any {
	root := resource.NewObjectProperty(resource.PropertyMap{
		"inputs": resource.NewObjectProperty(got.inputs), "outputs": resource.NewObjectProperty(got.outputs),
	})
	p, err := resource.ParsePropertyPath(path)
	if err != nil {
		return err
	}
	v, ok := p.Get(root)
	if !ok {
		// The path may lead through a secret.
		if v, ok = p.Get(value.BareValue(root)); !ok {
			return absentValue{}
		}
	}
	return plain(v)
}

func list(texts []string) []any {
	out := make([]any, len(texts))
	for i, t := range slices.Sorted(slices.Values(texts)) {
		out[i] = t
	}
	return out
}

// invoke calls a function; its result is compared as outputs.
func (r *replay) invoke(server pulumirpc.ResourceProviderServer, s Step) ([]Field, error) {
	res, err := server.Invoke(r.ctx, &pulumirpc.InvokeRequest{Tok: s.Type, Args: marshal(propertyMap(s.Inputs))})
	if err != nil {
		return r.compared(s, answer{}, err)
	}
	var got answer
	for _, f := range res.Failures {
		got.failures = append(got.failures, f.Reason)
	}
	if got.outputs, err = unmarshal(res.Return); err != nil {
		return nil, err
	}
	r.known[s.Name] = &known{outputs: got.outputs}
	return r.compared(s, got, nil)
}
