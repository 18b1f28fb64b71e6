package aks

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

func TestCallOf(t *testing.T) {
	object := &auditv1.ObjectReference{Resource: "serviceaccounts", Namespace: "shop", Name: "orders"}
	for reason, tc := range map[string]struct {
		event auditv1.Event
		want  fault.Call
		when  fault.When
		ok    bool
	}{
		"a change that arrives": {
			auditv1.Event{Stage: auditv1.StageRequestReceived, Verb: "patch", RequestURI: "/api/v1/x", ObjectRef: object},
			fault.Call{Service: fault.Kubernetes, Method: "PATCH", Type: "serviceaccounts", Name: "orders", Scope: "shop", Resource: "/api/v1/x"}, fault.Before, true,
		},
		"a change whose answer is sent": {
			auditv1.Event{Stage: auditv1.StageResponseComplete, Verb: "create", ObjectRef: &auditv1.ObjectReference{Resource: "pods", Subresource: "eviction"}},
			fault.Call{Service: fault.Kubernetes, Method: "POST", Type: "pods/eviction"}, fault.After, true,
		},
		"a dry run":                 {auditv1.Event{Verb: "patch", RequestURI: "/api/v1/x?dryRun=All&force=true"}, fault.Call{}, "", false},
		"a change by the sandbox":   {auditv1.Event{Verb: "create", UserAgent: userAgent}, fault.Call{}, "", false},
		"a read that slips through": {auditv1.Event{Verb: "get"}, fault.Call{}, "", false},
	} {
		got, when, ok := callOf(tc.event)
		if diff := cmp.Diff(tc.want, got); diff != "" || when != tc.when || ok != tc.ok {
			t.Errorf("%s: %q %t %s", reason, when, ok, diff)
		}
	}
}

func TestAuditorRefusesBeforeTheEffectOnly(t *testing.T) {
	faults, err := fault.Open(fault.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := faults.Add(fault.Rule{Match: fault.Match{Type: "secrets"}, Do: fault.Effect{Status: 503}}); err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]int{
		`{"items":[{"stage":"RequestReceived","verb":"create","objectRef":{"resource":"secrets"}}]}`:  http.StatusForbidden,
		`{"items":[{"stage":"ResponseComplete","verb":"create","objectRef":{"resource":"secrets"}}]}`: http.StatusOK,
		`{"items":[{"stage":"RequestReceived","verb":"create","objectRef":{"resource":"pods"}}]}`:     http.StatusOK,
		`nonsense`: http.StatusBadRequest,
	} {
		rec := httptest.NewRecorder()
		auditor{faults: faults}.ServeHTTP(rec, httptest.NewRequest("POST", auditPath, strings.NewReader(body)))
		if rec.Code != want {
			t.Errorf("%s: %d", body, rec.Code)
		}
	}
}
