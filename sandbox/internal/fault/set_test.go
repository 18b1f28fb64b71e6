package fault

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func openSet(t *testing.T, o Options, rules ...Rule) *Set {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Use(Profile{Rules: rules}); err != nil {
		t.Fatal(err)
	}
	return s
}

// service counts what it is asked.
type service struct {
	mu    sync.Mutex
	calls int
}

func (s *service) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	w.Header().Set("X-Served", "yes")
	w.WriteHeader(http.StatusCreated)
}

// ask sends a request to a host; aborted is true if its connection was closed.
func ask(s *Set, next http.Handler, host, method, path string) (rec *httptest.ResponseRecorder, aborted bool) {
	rec = httptest.NewRecorder()
	defer func() {
		if r := recover(); r != nil {
			aborted = r == http.ErrAbortHandler
		}
	}()
	s.Handler(host, next).ServeHTTP(rec, httptest.NewRequest(method, "https://"+host+path, nil))
	return rec, false
}

const vaultPath = group + "/providers/Microsoft.KeyVault/vaults/v"

func TestEffects(t *testing.T) {
	for reason, tc := range map[string]struct {
		host     string
		do       Effect
		status   int
		served   int
		aborted  bool
		inBody   string
		inHeader [2]string
	}{
		"ARM throttles":             {"management.azure.com", Effect{Status: 429, RetryAfter: Duration(7 * time.Second)}, 429, 0, false, "SubscriptionRequestsThrottled", [2]string{"Retry-After", "7"}},
		"ARM fails":                 {"management.azure.com", Effect{Status: 500}, 500, 0, false, "InternalServerError", [2]string{}},
		"Graph is not there":        {"graph.microsoft.com", Effect{Status: 503}, 503, 0, false, "ServiceUnavailable", [2]string{}},
		"a vault throttles":         {"v.vault.azure.net", Effect{Status: 429}, 429, 0, false, "VaultRequestTypeLimitReached", [2]string{}},
		"blobs are busy, in XML":    {"a.blob.core.windows.net", Effect{Status: 503}, 503, 0, false, "<Code>ServerBusy</Code>", [2]string{"x-ms-error-code", "ServerBusy"}},
		"Entra fails for a moment":  {"login.microsoftonline.com", Effect{Status: 503}, 503, 0, false, "AADSTS90033", [2]string{}},
		"a cut before the effect":   {"management.azure.com", Effect{Cut: Before}, 0, 0, true, "", [2]string{}},
		"a cut after the effect":    {"management.azure.com", Effect{Cut: After}, 0, 1, true, "", [2]string{}},
		"a delay":                   {"management.azure.com", Effect{Delay: Duration(time.Millisecond)}, 201, 1, false, "", [2]string{"X-Served", "yes"}},
		"an operation's end is not": {"management.azure.com", Effect{Operation: Fail}, 201, 1, false, "", [2]string{}},
	} {
		t.Run(reason, func(t *testing.T) {
			s, next := openSet(t, Options{}, Rule{Do: tc.do}), &service{}
			rec, aborted := ask(s, next, tc.host, "PUT", vaultPath)
			if aborted != tc.aborted || next.calls != tc.served {
				t.Fatalf("aborted %t, served %d", aborted, next.calls)
			}
			if aborted {
				return
			}
			if rec.Code != tc.status || !strings.Contains(rec.Body.String(), tc.inBody) || rec.Header().Get(tc.inHeader[0]) != tc.inHeader[1] && tc.inHeader[0] != "" {
				t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
			}
		})
	}
}

func TestHostsOfOthersAreLeftAlone(t *testing.T) {
	s, next := openSet(t, Options{}, Rule{Do: Effect{Status: 500}}), &service{}
	if rec, _ := ask(s, next, "azure.github.io", "GET", "/"); rec.Code != http.StatusCreated {
		t.Errorf("status %d", rec.Code)
	}
	if rec, _ := ask(nil, next, "management.azure.com", "GET", "/"); rec.Code != http.StatusCreated {
		t.Errorf("without a set: status %d", rec.Code)
	}
}

func TestWhichCalls(t *testing.T) {
	for reason, tc := range map[string]struct {
		rule Rule
		want string // of five calls, those that fail
	}{
		"all":                     {Rule{}, "xxxxx"},
		"from the third on":       {Rule{Nth: 3}, "..xxx"},
		"the second and third":    {Rule{Nth: 2, Times: 2}, ".xx.."},
		"none of another service": {Rule{Match: Match{Service: Graph}}, "....."},
		"none with no luck":       {Rule{Chance: 1e-12}, "....."},
	} {
		tc.rule.Do = Effect{Status: 500}
		s, got := openSet(t, Options{}, tc.rule), ""
		for range 5 {
			rec, _ := ask(s, &service{}, "management.azure.com", "PUT", vaultPath)
			got += map[int]string{500: "x", 201: "."}[rec.Code]
		}
		if got != tc.want {
			t.Errorf("%s: %s, want %s", reason, got, tc.want)
		}
	}
}

// TestChanceIsRepeatable compares two sets of the same seed.
func TestChanceIsRepeatable(t *testing.T) {
	run := func(seed uint64) (got string) {
		s := openSet(t, Options{})
		if err := s.Use(Profile{Seed: seed, Rules: []Rule{{Chance: 0.5, Do: Effect{Status: 500}}}}); err != nil {
			t.Fatal(err)
		}
		for range 64 {
			rec, _ := ask(s, &service{}, "management.azure.com", "PUT", vaultPath)
			got += map[int]string{500: "x", 201: "."}[rec.Code]
		}
		return got
	}
	first, again, other := run(1), run(1), run(2)
	if first != again || first == other || !strings.Contains(first, "x") || !strings.Contains(first, ".") {
		t.Errorf("seed 1: %s, again %s, seed 2: %s", first, again, other)
	}
}

func TestLimits(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := openSet(t, Options{Now: func() time.Time { return now }})
	credential := func(identity, name string) string {
		return group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + identity + "/federatedIdentityCredentials/" + name
	}
	err := s.Use(Profile{Compress: 2, Limits: []Limit{{
		Match: Match{Service: ARM, Method: "PUT"}, Per: "resource", Burst: 1, PerSecond: 0.25,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	status := func(identity, name string) (int, string) {
		rec, _ := ask(s, &service{}, "management.azure.com", "PUT", credential(identity, name))
		return rec.Code, rec.Header().Get("Retry-After")
	}
	for _, step := range []struct {
		reason, identity, name string
		later                  time.Duration
		want                   int
		wait                   string
	}{
		{"the first is in the bucket", "a", "1", 0, 201, ""},
		{"the second waits, in compressed time", "a", "2", 0, 429, "2"},
		{"a refused one takes no token", "a", "2", time.Second, 429, "1"},
		{"another identity has its own bucket", "b", "1", 0, 201, ""},
		{"the bucket is filled again", "a", "2", time.Second, 201, ""},
	} {
		now = now.Add(step.later)
		if code, wait := status(step.identity, step.name); code != step.want || wait != step.wait {
			t.Errorf("%s: %d, Retry-After %q", step.reason, code, wait)
		}
	}
}

func TestHold(t *testing.T) {
	for _, when := range []When{Before, After} {
		synctest.Test(t, func(t *testing.T) {
			s, next := openSet(t, Options{}, Rule{ID: "h", Times: 1, Do: Effect{Hold: when}}), &service{}
			answered := make(chan int, 1)
			go func() {
				rec, _ := ask(s, next, "management.azure.com", "PUT", vaultPath)
				answered <- rec.Code
			}()
			synctest.Wait()
			if s.State().Held["h"] != 1 || len(answered) != 0 || next.calls != map[When]int{Before: 0, After: 1}[when] {
				t.Errorf("%s: held %v, %d calls served", when, s.State().Held, next.calls)
			}
			if err := s.Release("h"); err != nil {
				t.Fatal(err)
			}
			if code := <-answered; code != http.StatusCreated || len(s.State().Profile.Rules) != 0 {
				t.Errorf("%s: status %d, rules %v", when, code, s.State().Profile.Rules)
			}
		})
	}
}

func TestReleaseOfNoRule(t *testing.T) {
	if err := openSet(t, Options{}).Release("x"); err == nil || !strings.Contains(err.Error(), `"x"`) {
		t.Errorf("error %v", err)
	}
}

// TestKillIsRemembered lets a rule kill the sandbox once; the next sandbox goes on.
func TestKillIsRemembered(t *testing.T) {
	file := filepath.Join(t.TempDir(), "faults.json")
	killed := 0
	s := openSet(t, Options{File: file, Kill: func() { killed++ }}, Rule{Times: 1, Do: Effect{Kill: Before}})
	ask(s, &service{}, "management.azure.com", "PUT", vaultPath)
	next, err := Open(Options{File: file, Kill: func() { killed++ }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	rec, _ := ask(next, &service{}, "management.azure.com", "PUT", vaultPath)
	if killed != 1 || rec.Code != http.StatusCreated {
		t.Errorf("killed %d times, then status %d", killed, rec.Code)
	}
}

func TestOperation(t *testing.T) {
	cluster := group + "/providers/Microsoft.ContainerService/managedClusters/c"
	for reason, tc := range map[string]struct {
		do   Effect
		want error
	}{
		"fails":       {Effect{Operation: Fail}, errFailed},
		"is canceled": {Effect{Operation: Cancel, Late: Duration(time.Minute)}, ErrCanceled},
		"ends late":   {Effect{Late: Duration(time.Minute)}, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := openSet(t, Options{}, Rule{Match: Match{Type: "Microsoft.ContainerService/managedClusters"}, Do: tc.do})
			began := time.Now()
			if err := s.Operation(t.Context(), "PUT", cluster); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v", reason, err)
			}
			if took := time.Since(began); took != time.Duration(tc.do.Late) {
				t.Errorf("%s: took %s", reason, took)
			}
			if err := s.Operation(t.Context(), "DELETE", group); err != nil {
				t.Errorf("%s: another resource: %v", reason, err)
			}
		})
	}
	var none *Set
	if err := none.Operation(t.Context(), "PUT", cluster); err != nil {
		t.Errorf("without a set: %v", err)
	}
}

func TestOutage(t *testing.T) {
	now := time.Now()
	var stopped []string
	s := openSet(t, Options{Now: func() time.Time { return now }, Stopped: func(part string) { stopped = append(stopped, part) }})
	if err := s.Outage("etcd", time.Second); err == nil {
		t.Error("an unknown part is accepted")
	}
	if err := s.Outage(APIServer, time.Second); err != nil {
		t.Fatal(err)
	}
	down := []bool{s.Down(APIServer), s.Down(Webhook)}
	now = now.Add(time.Second)
	if diff := cmp.Diff([]bool{true, false, false}, append(down, s.Down(APIServer))); diff != "" || len(stopped) != 1 {
		t.Errorf("%s; stopped %v", diff, stopped)
	}
}

func TestDelaysAreCompressedAndSkewIsNot(t *testing.T) {
	s := openSet(t, Options{})
	err := s.Use(Profile{Compress: 10, Delays: Delays{RoleEffect: Duration(time.Minute), Skew: Duration(-time.Hour)}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Delays{RoleEffect: Duration(6 * time.Second), Skew: Duration(-time.Hour)}, s.Delays()); diff != "" {
		t.Error(diff)
	}
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	if got := s.Clock(func() time.Time { return at })(); !got.Equal(at.Add(-time.Hour)) {
		t.Errorf("clock %s", got)
	}
}

func TestRecord(t *testing.T) {
	s := openSet(t, Options{})
	call := func(method string) { ask(s, &service{}, "management.azure.com", method, vaultPath) }
	call("PUT")
	s.Record(true)
	call("GET")
	call("DELETE")
	s.Record(false)
	call("PUT")
	if calls := s.State().Calls; len(calls) != 1 || calls[0].Method != "DELETE" {
		t.Errorf("recorded %v", calls)
	}
}

func TestAudit(t *testing.T) {
	call := Call{Service: Kubernetes, Method: "POST", Type: "serviceaccounts"}
	for reason, tc := range map[string]struct {
		do       Effect
		fails    When // the moment at which the call is refused
		cut, die When
	}{
		"an error":                {Effect{Status: 503}, Before, "", ""},
		"a cut before the effect": {Effect{Cut: Before}, "", Before, ""},
		"a cut after the effect":  {Effect{Cut: After}, "", After, ""},
		"a kill after the effect": {Effect{Kill: After}, "", "", After},
	} {
		var killed, cut bool
		s := openSet(t, Options{Kill: func() { killed = true }}, Rule{Times: 1, Do: tc.do})
		for _, when := range []When{Before, After} {
			killed, cut = false, false
			err := s.Audit(context.Background(), call, when, func() { cut = true })
			if (err != nil) != (when == tc.fails) || cut != (when == tc.cut) || killed != (when == tc.die) {
				t.Errorf("%s, %s: %v, cut %t, killed %t", reason, when, err, cut, killed)
			}
		}
	}
}
