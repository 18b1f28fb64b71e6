package native

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestCreateRefusesWhatExists(t *testing.T) {
	fake := newFakeARM()
	fake.resources[strings.ToLower(groupID)] = map[string]any{"id": groupID, "location": "westeurope"}
	p := provider(t, fake, t.TempDir(), nil)
	_, err := create(t, p, groupToken, "g", props("resourceGroupName", "rg", "location", "westeurope"), false)
	if err == nil || !strings.Contains(err.Error(), "cannot create already existing resource") ||
		!strings.Contains(err.Error(), "pulumi import") {
		t.Errorf("want azure-native's refusal with advice, got %v", err)
	}
	if fake.count("PUT") != 0 {
		t.Error("the resource was written nevertheless")
	}
}

// killed sends a PUT to the service and then behaves as if the process had been killed.
func killed(t *testing.T, fake *fakeARM, journal string, inputs resource.PropertyMap) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	fake.after = func(_ string, doc map[string]any) {
		doc["properties"] = map[string]any{"provisioningState": "Creating"}
		cancel()
	}
	fake.polls = 1
	p := provider(t, fake, journal, nil)
	req := plugin.CreateRequest{Properties: inputs}
	req.URN, req.Name, req.Type = urnOf(groupToken, "g")
	// Reading the resource after the operation fails too, as in a process that has ended.
	fake.refuse = func(r *http.Request) (int, string, string) {
		if ctx.Err() != nil {
			return http.StatusForbidden, "gone", "gone"
		}
		return 0, "", ""
	}
	if _, err := p.Create(ctx, req); err == nil {
		t.Fatal("the creation was not interrupted")
	}
	fake.refuse, fake.after = nil, fillIn
}

func TestInterruptedCreationIsTakenOverByTheSameResourceOnly(t *testing.T) {
	fake, journal := newFakeARM(), t.TempDir()
	p := provider(t, fake, journal, nil)
	first := checkCall{groupToken, "g", props("location", "westeurope"), nil, nil}.run(t, p).Properties
	killed(t, fake, journal, first)
	begun := bridgeJournal(journal)
	urn, _, _ := urnOf(groupToken, "g")
	if entry, ok := begun.Find(urn); !ok || entry.Done {
		t.Fatalf("recorded: %v, %+v; want a begun creation that the engine does not know", ok, entry)
	}

	p = provider(t, fake, journal, nil)
	again := checkCall{groupToken, "g", props("location", "westeurope"), nil,
		func(r *plugin.CheckRequest) { r.RandomSeed = []byte("another seed") }}.run(t, p).Properties
	if again["resourceGroupName"].V != first["resourceGroupName"].V {
		t.Fatalf("the random name %v was lost, now %v", first["resourceGroupName"], again["resourceGroupName"])
	}
	if _, err := create(t, p, groupToken, "other", again, false); err == nil {
		t.Error("another resource took it over")
	}
	go func() { // the service continues the accepted operation
		time.Sleep(20 * time.Millisecond)
		fake.mu.Lock()
		defer fake.mu.Unlock()
		for id, doc := range fake.resources {
			fillIn(id, doc)
		}
	}()
	res, err := create(t, p, groupToken, "g", again, false)
	if err != nil {
		t.Fatalf("the second run does not finish the creation: %v", err)
	}
	if got := len(fake.resources); got != 1 {
		t.Errorf("%d resource groups, want the one", got)
	}
	// The engine knows the resource now: a replacement gets another name.
	known := provider(t, fake, journal, nil)
	checkCall{groupToken, "g", props("location", "eastus"), again, nil}.run(t, known)
	other := checkCall{groupToken, "g", props("location", "eastus"), nil,
		func(r *plugin.CheckRequest) { r.RandomSeed = []byte("a third seed") }}.run(t, known).Properties["resourceGroupName"]
	if other.V == again["resourceGroupName"].V {
		t.Errorf("a replacement would get its predecessor's name %v", other)
	}
	// After the deletion a new resource can have the name.
	req := plugin.DeleteRequest{ID: res.ID}
	req.URN, req.Name, req.Type = urnOf(groupToken, "g")
	if _, err := provider(t, fake, journal, nil).Delete(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if _, ok := begun.Find(urn); ok {
		t.Error("the journal still has an entry after the deletion")
	}
}

func TestFailedOperationKeepsTheID(t *testing.T) {
	fake := newFakeARM()
	fake.polls, fake.outcome, fake.after = 1, "Failed", fillIn
	p := provider(t, fake, "", nil)
	_, err := create(t, p, clusterToken, "c", cluster, false)
	var rpc *rpcerror.Error
	rpc, _ = rpcerror.FromError(err)
	if err == nil || rpc == nil || len(rpc.Details()) != 1 {
		t.Fatalf("want a partial failure, got %v", err)
	}
	detail, ok := rpc.Details()[0].(*pulumirpc.ErrorResourceInitFailed)
	if !ok || detail.Id != clusterID || detail.Properties.Fields["fqdn"] != nil ||
		detail.Properties.Fields["enableRBAC"] == nil || detail.Inputs.Fields["dnsPrefix"] == nil {
		t.Errorf("detail: %v", rpc.Details())
	}
	if !strings.Contains(err.Error(), `Code="QuotaExceeded" Message="no cores left"`) {
		t.Errorf("the reason is lost: %v", err)
	}
}

func TestCancelStopsWaitingAndKeepsTheID(t *testing.T) {
	fake := newFakeARM()
	fake.polls = 1 << 30
	p := provider(t, fake, "", nil)
	fake.after = func(id string, doc map[string]any) {
		fillIn(id, doc)
		if err := p.SignalCancellation(context.Background()); err != nil {
			t.Error(err)
		}
	}
	_, err := create(t, p, clusterToken, "c", cluster, false)
	rpc, _ := rpcerror.FromError(err)
	if rpc == nil || len(rpc.Details()) != 1 {
		t.Fatalf("want a partial failure, got %v", err)
	}
}

func TestErrorOfARefusalHasTheRequestAndARemedy(t *testing.T) {
	fake := newFakeARM()
	fake.refuse = func(r *http.Request) (int, string, string) {
		if r.Method == http.MethodPut {
			return http.StatusBadRequest, "PrincipalNotFound", "Principal p does not exist in the directory d."
		}
		return 0, "", ""
	}
	journal := t.TempDir()
	p := provider(t, fake, journal, nil)
	_, err := create(t, p, roleToken, "r", props("scope", "/subscriptions/s", "roleAssignmentName", "n",
		"principalId", "p", "roleDefinitionId", "r"), false)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`PUT https://management.azure.com/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/n`,
		`Code="PrincipalNotFound" Message="Principal p does not exist in the directory d."`, "principalType",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	urn, _, _ := urnOf(roleToken, "r")
	if e, ok := bridgeJournal(journal).Find(urn); ok {
		t.Errorf("a refused creation is still recorded as begun: %+v", e)
	}
}
