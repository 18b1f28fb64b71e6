package entra

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
)

func ownerID(n int) string { return fmt.Sprintf("55555555-0000-4000-8000-%012d", n) }

func ownerIDs(n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = ownerID(i)
	}
	return list
}

func TestOwnersOfANewObject(t *testing.T) {
	me := any(bridgetest.Object)
	for reason, tc := range map[string]struct {
		named []any // nil: the program names none
		want  any   // sorted; nil: the state has null
	}{
		"the caller loses what it is not named for":       {nil, nil},
		"the caller that is named stays":                  {[]any{me}, []any{me}},
		"others take the caller's place":                  {[]any{ownerID(1), ownerID(0)}, ownerIDs(2)},
		"owners that the first request has no room for":   {ownerIDs(25), ownerIDs(25)},
		"an empty list names nobody, as if it was absent": {[]any{}, nil},
	} {
		t.Run(reason, func(t *testing.T) {
			p := provider(t, newGraph(), "")
			in := inputs("displayName", "app")
			if tc.named != nil {
				in = inputs("displayName", "app", "owners", tc.named)
			}
			app := create(t, p, applicationToken, in)
			in = inputs("clientId", app.Properties["clientId"].StringValue())
			if tc.named != nil {
				in["owners"] = resource.NewPropertyValue(tc.named)
			}
			for _, made := range []plugin.CreateResponse{app, create(t, p, principalToken, in)} {
				if diff := cmp.Diff(tc.want, made.Properties["owners"].Mappable()); diff != "" {
					t.Errorf("owners of %s (-want +got):\n%s", made.ID, diff)
				}
			}
		})
	}
}

func TestOwnersOfAnExistingObject(t *testing.T) {
	fake := newGraph()
	p := provider(t, fake, "")
	app := create(t, p, applicationToken, inputs("displayName", "app", "owners", []any{bridgetest.Object}))
	change := func(old, now []any) any {
		t.Helper()
		req := plugin.UpdateRequest{ID: app.ID, OldInputs: inputs("displayName", "app", "owners", old), NewInputs: inputs("displayName", "b", "owners", now)}
		req.URN, req.Name, req.Type = urnOf(applicationToken)
		res, err := p.Update(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return res.Properties["owners"].Mappable()
	}
	fake.owners[string(app.ID)] = append(fake.owners[string(app.ID)], ownerID(7))
	if diff := cmp.Diff([]any{bridgetest.Object, ownerID(7)}, change([]any{bridgetest.Object}, []any{bridgetest.Object})); diff != "" {
		t.Errorf("another owner, whom the program neither named before nor now (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{ownerID(1), ownerID(2)}, change([]any{bridgetest.Object}, []any{ownerID(2), ownerID(1)})); diff != "" {
		t.Errorf("others than before (-want +got):\n%s", diff)
	}
}
