package azure_test

import (
	"context"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/lease"
	"github.com/google/uuid"
)

const (
	leaseA = "11111111-1111-1111-1111-111111111111"
	leaseB = "22222222-2222-2222-2222-222222222222"
)

// leases returns a client of a container and of a blob in it, and the clock of their world.
func leases(t *testing.T) (*azblob.Client, func(id string) *lease.BlobClient, *world) {
	t.Helper()
	s := newSignIn(t)
	client, principal := s.blobs(t, "acct1")
	must(t, s.w.arm("PUT", at("", uuid.NewString()), vAssignment, assignment(s.w.sub(), blobContributor, principal)), 201)
	if err := put(t, client, "one", "a", "1"); err != nil {
		t.Fatal(err)
	}
	return client, func(id string) *lease.BlobClient {
		l, err := lease.NewBlobClient(client.ServiceClient().NewContainerClient("one").NewBlobClient("a"), &lease.BlobClientOptions{LeaseID: &id})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}, s.w
}

// TestLeaseActions walks through the table of the outcomes of lease operations by lease state
// (https://learn.microsoft.com/rest/api/storageservices/lease-blob#outcomes-of-lease-operations-on-blobs-by-lease-state).
func TestLeaseActions(t *testing.T) {
	client, holder, w := leases(t)
	ctx := context.Background()
	acquire := func(id string, seconds int32) func() error {
		return func() error { _, err := holder(id).AcquireLease(ctx, seconds, nil); return err }
	}
	renew := func(id string) func() error {
		return func() error { _, err := holder(id).RenewLease(ctx, nil); return err }
	}
	release := func(id string) func() error {
		return func() error { _, err := holder(id).ReleaseLease(ctx, nil); return err }
	}
	change := func(id, to string) func() error {
		return func() error { _, err := holder(id).ChangeLease(ctx, to, nil); return err }
	}
	end := func(seconds int32) func() error {
		return func() error {
			_, err := holder(leaseA).BreakLease(ctx, &lease.BlobBreakOptions{BreakPeriod: &seconds})
			return err
		}
	}
	// Each state is reached from none by these steps.
	states := map[string]func(){
		"available": func() {},
		"leased":    func() { noError(t, acquire(leaseA, 60)()) },
		"infinite":  func() { noError(t, acquire(leaseA, -1)()) },
		"breaking":  func() { noError(t, acquire(leaseA, 60)()); noError(t, end(30)()) },
		"broken":    func() { noError(t, acquire(leaseA, 60)()); noError(t, end(0)()) },
		"expired":   func() { noError(t, acquire(leaseA, 15)()); w.clock.advance(16 * time.Second) },
	}
	actions := map[string]func() error{
		"acquire A": acquire(leaseA, 15), "acquire B": acquire(leaseB, 15), "renew A": renew(leaseA), "renew B": renew(leaseB),
		"release A": release(leaseA), "release B": release(leaseB), "change A to B": change(leaseA, leaseB), "change B to A": change(leaseB, leaseA),
		"break": end(10),
	}
	const (
		present, mismatch, missing = "LeaseAlreadyPresent", "LeaseIdMismatchWithLeaseOperation", "LeaseNotPresentWithLeaseOperation"
		noAcquire, noChange        = "LeaseIsBreakingAndCannotBeAcquired", "LeaseIsBreakingAndCannotBeChanged"
		noRenew                    = "LeaseIsBrokenAndCannotBeRenewed"
	)
	refused := map[string]map[string]string{
		"available": {"renew A": missing, "renew B": missing, "release A": missing, "release B": missing, "change A to B": missing, "change B to A": missing, "break": missing},
		"leased":    {"acquire B": present, "renew B": mismatch, "release B": mismatch},
		"infinite":  {"acquire B": present, "renew B": mismatch, "release B": mismatch},
		"breaking":  {"acquire A": noAcquire, "acquire B": noAcquire, "renew A": noRenew, "renew B": mismatch, "release B": mismatch, "change A to B": noChange, "change B to A": mismatch},
		"broken":    {"renew A": noRenew, "renew B": mismatch, "release B": mismatch, "change A to B": missing, "change B to A": mismatch},
		"expired":   {"renew B": mismatch, "release B": mismatch, "change A to B": missing, "change B to A": mismatch},
	}
	for state, reach := range states {
		for action, do := range actions {
			t.Run(action+" when "+state, func(t *testing.T) {
				if _, err := client.DeleteBlob(ctx, "one", "a", &azblob.DeleteBlobOptions{AccessConditions: leased(leaseA)}); err != nil {
					_, _ = holder(leaseA).BreakLease(ctx, &lease.BlobBreakOptions{BreakPeriod: to.Ptr(int32(0))})
					if _, err := client.DeleteBlob(ctx, "one", "a", nil); err != nil {
						t.Fatal(err)
					}
				}
				noError(t, put(t, client, "one", "a", "1"))
				reach()
				err := do()
				want := refused[state][action]
				if want == "" {
					noError(t, err)
					return
				}
				refusedWith(t, action, err, 409, want)
			})
		}
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func leased(id string) *blob.AccessConditions {
	return &blob.AccessConditions{LeaseAccessConditions: &blob.LeaseAccessConditions{LeaseID: &id}}
}

func leasedContainer(id string) *container.AccessConditions {
	return &container.AccessConditions{LeaseAccessConditions: &container.LeaseAccessConditions{LeaseID: &id}}
}

func TestALeaseProtectsItsBlob(t *testing.T) {
	client, holder, w := leases(t)
	ctx := context.Background()
	write := func(id string) error {
		o := &azblob.UploadBufferOptions{}
		if id != "" {
			o.AccessConditions = leased(id)
		}
		_, err := client.UploadBuffer(ctx, "one", "a", []byte("2"), o)
		return err
	}
	fetch := func(id string) error {
		_, err := client.DownloadStream(ctx, "one", "a", &azblob.DownloadStreamOptions{AccessConditions: leased(id)})
		return err
	}
	refusedWith(t, "a lease ID without a lease", write(leaseA), 412, "LeaseNotPresentWithBlobOperation")
	_, err := holder(leaseA).AcquireLease(ctx, 15, nil)
	noError(t, err)
	refusedWith(t, "a write without the lease ID", write(""), 412, "LeaseIdMissing")
	refusedWith(t, "a write with another lease ID", write(leaseB), 412, "LeaseIdMismatchWithBlobOperation")
	refusedWith(t, "a read with another lease ID", fetch(leaseB), 412, "LeaseIdMismatchWithBlobOperation")
	_, err = client.DeleteBlob(ctx, "one", "a", nil)
	refusedWith(t, "a deletion without the lease ID", err, 412, "LeaseIdMissing")
	noError(t, fetch(leaseA))
	noError(t, write(leaseA))
	if _, err := read(t, client, "one", "a"); err != nil {
		t.Errorf("reading needs no lease ID: %v", err)
	}
	got, err := client.ServiceClient().NewContainerClient("one").NewBlobClient("a").GetProperties(ctx, nil)
	noError(t, err)
	if *got.LeaseState != lease.StateTypeLeased || *got.LeaseStatus != lease.StatusTypeLocked || *got.LeaseDuration != lease.DurationTypeFixed {
		t.Errorf("the properties show %v %v %v", *got.LeaseState, *got.LeaseStatus, *got.LeaseDuration)
	}
	w.clock.advance(16 * time.Second)
	refusedWith(t, "the lease ID after the lease has expired", write(leaseA), 412, "LeaseLost")
	_, err = holder(leaseA).RenewLease(ctx, nil)
	noError(t, err)
	w.clock.advance(16 * time.Second)
	noError(t, write(""))
	_, err = holder(leaseA).RenewLease(ctx, nil)
	refusedWith(t, "renewing after somebody else has written", err, 409, "LeaseNotPresentWithLeaseOperation")
	broken, err := holder(leaseA).AcquireLease(ctx, -1, nil)
	noError(t, err)
	period, err := holder(*broken.LeaseID).BreakLease(ctx, nil)
	if err != nil || *period.LeaseTime != 0 {
		t.Errorf("an infinite lease breaks at once: %v %v", period.LeaseTime, err)
	}
}

func TestALeaseProtectsItsContainerFromDeletion(t *testing.T) {
	client, _, w := leases(t)
	ctx := context.Background()
	id := leaseA
	l, err := lease.NewContainerClient(client.ServiceClient().NewContainerClient("one"), &lease.ContainerClientOptions{LeaseID: &id})
	noError(t, err)
	_, err = l.AcquireLease(ctx, 60, nil)
	noError(t, err)
	_, err = client.DeleteContainer(ctx, "one", nil)
	refusedWith(t, "a deletion without the lease ID", err, 412, "LeaseIdMissing")
	_, err = client.DeleteContainer(ctx, "one", &azblob.DeleteContainerOptions{AccessConditions: leasedContainer(leaseB)})
	refusedWith(t, "a deletion with another lease ID", err, 412, "LeaseIdMismatchWithContainerOperation")
	shown := must(t, w.arm("GET", containerPath("acct1", "one"), vStorage, nil), 200)
	if shown.path("properties", "leaseStatus") != "Locked" || shown.path("properties", "leaseState") != "Leased" {
		t.Errorf("Resource Manager shows the lease: %s", shown.text)
	}
	must(t, w.arm("PUT", containerPath("acct1", "one"), vStorage, object{}), 200)
	noError(t, put(t, client, "one", "b", "a container's lease protects none of its blobs"))
	_, err = client.DeleteContainer(ctx, "one", &azblob.DeleteContainerOptions{AccessConditions: leasedContainer(leaseA)})
	noError(t, err)
}
