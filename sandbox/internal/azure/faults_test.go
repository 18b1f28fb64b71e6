package azure_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// TestReplication sets delays while the Azure runs, and sees what each makes fail until its time
// has passed.
func TestReplication(t *testing.T) {
	s := newSignIn(t)
	w := s.w
	use := func(d fault.Delays) {
		t.Helper()
		if err := w.faults.Use(fault.Profile{Delays: d}); err != nil {
			t.Fatal(err)
		}
	}
	credential := func() reply {
		return w.exchange(w.azure.Account().TenantID, s.clientID, s.issuer.sign(t, w.clock.now(), webSubject, nil), "https://vault.azure.net/.default")
	}
	rg := "/resourceGroups/rg"
	newPath, newIdentity := w.identity(rg, "new")
	for reason, tc := range map[string]struct {
		delays fault.Delays
		do     func() reply
		status int
		text   string
		then   int
	}{
		"a new principal is not found": {
			fault.Delays{Principal: fault.Duration(time.Minute)}, func() reply {
				body := assignment(w.sub(), readerRole, newIdentity.path("properties", "principalId"))
				delete(body["properties"].(object), "principalType")
				return w.arm("PUT", at(rg, uuid.NewString()), vAssignment, body)
			}, 400, "PrincipalNotFound", 201,
		},
		"a new identity takes no credential": {
			fault.Delays{Identity: fault.Duration(time.Minute)}, func() reply {
				return w.arm("PUT", newPath+"/federatedIdentityCredentials/web", vIdentity, fic(s.issuer.url, webSubject, audience))
			}, 400, "MS Graph resource not found", 201,
		},
		"a new credential is not accepted": {fault.Delays{Credential: fault.Duration(time.Minute)}, credential, 401, "AADSTS700213", 200},
	} {
		t.Run(reason, func(t *testing.T) {
			use(tc.delays)
			if got := tc.do(); got.status != tc.status || !strings.Contains(got.text, tc.text) {
				t.Errorf("at once: %d %s", got.status, got.text)
			}
			use(fault.Delays{})
			if reason == "a new principal is not found" {
				w.clock.advance(11 * time.Second) // the delay of a sandbox without a profile
			}
			if got := tc.do(); got.status != tc.then {
				t.Errorf("without the delay: %d %s", got.status, got.text)
			}
		})
	}
}

// TestOperationsEndAsRulesSay lets the creation of a cluster fail and be canceled.
func TestOperationsEndAsRulesSay(t *testing.T) {
	for end, want := range map[string]struct{ state, code string }{
		fault.Fail:   {"Failed", "InternalOperationError"},
		fault.Cancel: {"Canceled", "OperationCanceled"},
	} {
		w := newWorld(t, quiet)
		path := clusterPath(w.group("rg"), "aks")
		id, err := w.faults.Add(fault.Rule{Times: 1, Match: fault.Match{Method: "PUT", Name: "aks"}, Do: fault.Effect{Operation: end}})
		if err != nil {
			t.Fatal(err)
		}
		polled := w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 201))
		if polled.path("status") != want.state || polled.path("error", "code") != want.code {
			t.Errorf("%s: operation %s", id, polled.text)
		}
		if got := must(t, w.arm("GET", path, vCluster, nil), 200).path("properties", "provisioningState"); got != want.state {
			t.Errorf("%s: the cluster is %s", end, got)
		}
		// The cluster can be written again, and then runs.
		must(t, w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 200)), 200)
		if got := must(t, w.arm("GET", path, vCluster, nil), 200).path("properties", "provisioningState"); got != "Succeeded" {
			t.Errorf("%s: after another PUT the cluster is %s", end, got)
		}
	}
}

// TestDeletionsFailAsRulesSay lets the deletions of a cluster and of its group fail once.
func TestDeletionsFailAsRulesSay(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	path := w.cluster(rg, "aks")
	for _, name := range []string{"aks", "rg"} {
		_, err := w.faults.Add(fault.Rule{Times: 1, Match: fault.Match{Method: "DELETE", Name: name}, Do: fault.Effect{Operation: fault.Fail}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ path, version string }{{path, vCluster}, {rg, vGroup}} {
		w.poll(must(t, w.arm("DELETE", tc.path, tc.version, nil), 202))
		must(t, w.arm("GET", tc.path, tc.version, nil), 200)
		w.poll(must(t, w.arm("DELETE", tc.path, tc.version, nil), 202))
		must(t, w.arm("GET", tc.path, tc.version, nil), 404)
	}
}
