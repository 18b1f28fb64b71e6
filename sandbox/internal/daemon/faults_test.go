package daemon

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/proxy"
)

// TestFaults sets faults as the command line does, and sees that requests through the proxy meet
// them, also in the next daemon.
func TestFaults(t *testing.T) {
	h := openHome(t)
	client, ended := serve(t, h, false)
	status := func() int {
		ca, err := proxy.OpenCA(h.CADir())
		if err != nil {
			t.Fatal(err)
		}
		resp, err := ca.Client(client.Running.URL()).Get("https://management.azure.com/subscriptions?api-version=2022-12-01")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	stop := func() {
		if err := client.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-ended
	}
	id, err := client.AddFault(t.Context(), fault.Rule{Match: fault.Match{Service: fault.ARM}, Do: fault.Effect{Status: 503}})
	if err != nil {
		t.Fatal(err)
	}
	if got := status(); got != http.StatusServiceUnavailable {
		t.Errorf("with a rule: %d", got)
	}
	stop()
	client, ended = serve(t, h, false)
	if got := status(); got != http.StatusServiceUnavailable {
		t.Errorf("in the next daemon: %d", got)
	}
	if err := client.ReleaseFault(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != http.StatusUnauthorized {
		t.Errorf("without the rule: %d", got)
	}
	err = client.UseFaults(t.Context(), fault.Profile{Rules: []fault.Rule{{}}})
	if err == nil || !strings.Contains(err.Error(), "0 effects") {
		t.Errorf("a wrong profile: %v", err)
	}
	if err := client.Outage(t.Context(), fault.APIServer, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := client.RecordCalls(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if err := client.RotateKeys(t.Context()); err != nil {
		t.Fatal(err) // there is no cluster
	}
	s, err := client.Faults(t.Context())
	if err != nil || s.Outages[fault.APIServer] < 3500 || s.Profile.Name != fault.None {
		t.Errorf("%+v, %v", s, err)
	}
	stop()
}
