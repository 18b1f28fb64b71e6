// Package recovery repairs the state of a stack after a deployment was killed.
//
// Before the engine creates a resource it records that it will, with the inputs, among them the
// name that it chose. If the deployment ends before the engine records the result, the state has a
// pending operation, and the resource may exist. `pulumi refresh --clear-pending-creates` would
// forget it, and leave an orphan or a name that is taken. `pulumi refresh --import-pending-creates`
// loses it too (CLI 3.245.0: the operation is marked as an import, and the next snapshot drops it).
// Here the resource is put into the state with its id, which follows from its inputs or is found in
// Microsoft Graph; the refresh that comes next reads its outputs, or removes it if it does not
// exist.
package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Directory finds objects whose ids Microsoft Graph chooses.
type Directory interface {
	// Find returns the objects of a collection, such as /applications, that match an OData filter;
	// an empty filter is all.
	Find(ctx context.Context, collection, filter string) ([]map[string]any, error)
}

// Resources reads from Azure Resource Manager.
type Resources interface {
	// Wait returns when no operation on the resource goes on, whether it exists or not.
	Wait(ctx context.Context, id string) error
	// In returns the ids of the resources in a resource group, without child resources; none if the
	// group does not exist.
	In(ctx context.Context, groupID string) ([]string, error)
}

// Finding is what became of one pending operation.
type Finding struct {
	URN string
	// Done is what was done with it, in words.
	Done string
	// ID is that of the resource that was put into the state; "" for none.
	ID string
	// Todo is a command that has to run before the next update; "" for none.
	Todo string
}

// State is the export of a stack. Members that this package does not know are kept.
type State struct {
	document   map[string]any
	deployment map[string]any
}

// Read reads what `pulumi stack export` prints.
func Read(in io.Reader) (*State, error) {
	decoder := json.NewDecoder(in)
	decoder.UseNumber()
	s := &State{}
	if err := decoder.Decode(&s.document); err != nil {
		return nil, fmt.Errorf("the input is not what `pulumi stack export` prints: %w", err)
	}
	s.deployment, _ = s.document["deployment"].(map[string]any)
	if s.deployment == nil {
		return nil, errors.New("the input is not what `pulumi stack export` prints: it has no deployment")
	}
	return s, nil
}

// Write writes what `pulumi stack import` reads.
func (s *State) Write(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	return encoder.Encode(s.document)
}

// Options are what Recover asks. Directory and Resources may be nil if nothing in the state needs
// them.
type Options struct {
	// Subscription is the one of the stack's resources; their inputs do not name it.
	Subscription string
	Directory    Directory
	Resources    Resources
}

// Recover replaces the pending operations of the state by the resources that they may have made.
func (s *State) Recover(ctx context.Context, o Options) ([]Finding, error) {
	operations, _ := s.deployment["pending_operations"].([]any)
	resources, _ := s.deployment["resources"].([]any)
	finder := &finder{Options: o, known: knownIDs(resources)}
	var findings []Finding
	for _, o := range operations {
		operation, _ := o.(map[string]any)
		r := resourceOf(operation)
		if r == nil {
			return nil, errors.New("the state has a pending operation without a resource; `pulumi state repair` looks at it")
		}
		if text(operation, "type") != "creating" {
			findings = append(findings, Finding{URN: text(r, "urn"), Done: "in the state already; the refresh reads it"})
			continue
		}
		f, err := finder.find(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text(r, "urn"), err)
		}
		if f.ID != "" {
			finder.known[f.ID] = true
			resources = adopt(resources, r, f.ID)
		}
		findings = append(findings, f)
	}
	s.deployment["resources"] = resources
	delete(s.deployment, "pending_operations")
	duplicates, err := finder.duplicates(ctx, resources)
	if err != nil {
		return nil, err
	}
	orphans, err := finder.orphans(ctx, resources)
	return slices.Concat(findings, duplicates, orphans), err
}

// adopt adds a resource to those of the state. One that it replaces is to be deleted, as after a
// replacement that the engine has recorded.
func adopt(resources []any, r map[string]any, id string) []any {
	for _, have := range resources {
		old, _ := have.(map[string]any)
		if text(old, "urn") == text(r, "urn") && old["delete"] != true {
			old["delete"] = true
		}
	}
	r["id"] = id
	return append(resources, r)
}

func resourceOf(operation map[string]any) map[string]any {
	r, _ := operation["resource"].(map[string]any)
	return r
}

// knownIDs returns the ids that resources of the state have.
func knownIDs(resources []any) map[string]bool {
	known := map[string]bool{}
	for _, r := range resources {
		m, _ := r.(map[string]any)
		known[text(m, "id")] = true
	}
	return known
}

// text returns a member that is a string, or "".
func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}
