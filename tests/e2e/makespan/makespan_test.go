package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestMeasure(t *testing.T) {
	at := func(from, to int) step { return step{time.Unix(int64(from), 0), time.Unix(int64(to), 0)} }
	steps := map[string]step{"group": at(0, 1), "aks": at(1, 11), "vault": at(2, 7), "role": at(7, 9), "sa": at(14, 15)}
	state := `{"deployment": {"resources": [
		{"urn": "group"}, {"urn": "aks", "dependencies": ["group"]}, {"urn": "vault", "dependencies": ["group"]},
		{"urn": "role", "dependencies": ["vault"]}, {"urn": "k8s", "dependencies": ["aks"]},
		{"urn": "sa", "provider": "k8s::id", "dependencies": []}]}}`
	got, err := measure(steps, []byte(state))
	if want := (span{makespan: 15 * time.Second, critical: 12 * time.Second}); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if _, err := measure(nil, []byte(state)); err == nil {
		t.Error("an update without events is accepted")
	}
}

func TestEventsOfComponentsAndUnchangedResourcesAreLeftOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events")
	text := `{"resourcePreEvent": {"metadata": {"op": "create", "urn": "a", "type": "x:y:Z", "new": {"custom": true}}}}
{"resourcePreEvent": {"metadata": {"op": "create", "urn": "component", "type": "x:y:C", "new": {}}}}
{"resourcePreEvent": {"metadata": {"op": "same", "urn": "b", "type": "x:y:Z", "new": {"custom": true}}}}
{"resourcePreEvent": {"metadata": {"op": "create", "urn": "half", "type": "x:y:Z", "new": {"custom": true}}}}
{"resOutputsEvent": {"metadata": {"op": "create", "urn": "a", "type": "x:y:Z", "new": {"custom": true}}}}
{"resOut`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	steps := watchEvents(file)()
	if len(steps) != 1 || steps["a"].to.IsZero() {
		t.Errorf("steps %v", steps)
	}
}
