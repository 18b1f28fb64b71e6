package azure_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// storageOwner returns a client that may do everything with the blobs of an account with a
// container named one.
func storageOwner(t *testing.T) (*azblob.Client, *container.Client) {
	t.Helper()
	s := newSignIn(t)
	client, principal := s.blobs(t, "acct1")
	must(t, s.w.arm("PUT", at("", uuid.NewString()), vAssignment, assignment(s.w.sub(), blobContributor, principal)), 201)
	return client, client.ServiceClient().NewContainerClient("one")
}

func TestBlocksBecomeABlob(t *testing.T) {
	client, one := storageOwner(t)
	ctx := context.Background()
	b := one.NewBlockBlobClient("a")
	id := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	stage := func(name, text string) error {
		_, err := b.StageBlock(ctx, id(name), streaming.NopCloser(bytes.NewReader([]byte(text))), nil)
		return err
	}
	_, err := b.GetBlockList(ctx, blockblob.BlockListTypeAll, nil)
	refusedWith(t, "the blocks of a blob that does not exist", err, 404, "BlobNotFound")
	noError(t, stage("1", "one "))
	noError(t, stage("2", "two "))
	noError(t, stage("3", "never listed"))
	refusedWith(t, "an ID of another length", stage("1000", "x"), 400, "InvalidBlobOrBlock")
	_, err = read(t, client, "one", "a")
	refusedWith(t, "a blob of staged blocks only", err, 404, "BlobNotFound")
	_, err = b.CommitBlockList(ctx, []string{id("1"), id("9")}, nil)
	refusedWith(t, "a list with a block that was not staged", err, 400, "InvalidBlockList")
	_, err = b.CommitBlockList(ctx, []string{id("2"), id("1")}, &blockblob.CommitBlockListOptions{Metadata: map[string]*string{"k": to.Ptr("v")}})
	noError(t, err)
	if text, err := read(t, client, "one", "a"); err != nil || text != "two one " {
		t.Errorf("after the first list: %q %v", text, err)
	}
	noError(t, stage("1", "ONE "))
	_, err = b.CommitBlockList(ctx, []string{id("1"), id("2")}, nil)
	noError(t, err)
	if text, err := read(t, client, "one", "a"); err != nil || text != "ONE two " {
		t.Errorf("the newest block of an ID, and a committed one: %q %v", text, err)
	}
	noError(t, stage("4", "left"))
	list, err := b.GetBlockList(ctx, blockblob.BlockListTypeAll, nil)
	noError(t, err)
	var names []string
	for _, block := range append(list.CommittedBlocks, list.UncommittedBlocks...) {
		names = append(names, *block.Name)
	}
	if diff := cmp.Diff([]string{id("1"), id("2"), id("4")}, names); diff != "" {
		t.Errorf("blocks (-want +got)\n%s", diff)
	}
	large := bytes.Repeat([]byte("0123456789"), 1<<19)
	_, err = client.UploadStream(ctx, "one", "large", bytes.NewReader(large), &azblob.UploadStreamOptions{BlockSize: 1 << 20})
	noError(t, err)
	got, err := read(t, client, "one", "large")
	if err != nil || got != string(large) {
		t.Errorf("a stream of five blocks: %d bytes, %v", len(got), err)
	}
}

func TestBlobsAreCopiedWithinAnAccount(t *testing.T) {
	client, one := storageOwner(t)
	ctx := context.Background()
	_, err := client.UploadBuffer(ctx, "one", "from", []byte("text"), &azblob.UploadBufferOptions{
		HTTPHeaders: &blob.HTTPHeaders{BlobContentType: to.Ptr("text/plain")}, Metadata: map[string]*string{"k": to.Ptr("v")},
	})
	noError(t, err)
	from, target := one.NewBlobClient("from"), one.NewBlobClient("to")
	started, err := target.StartCopyFromURL(ctx, from.URL(), nil)
	if err != nil || *started.CopyStatus != blob.CopyStatusTypeSuccess {
		t.Fatalf("copy: %v %v", started.CopyStatus, err)
	}
	got, err := target.GetProperties(ctx, nil)
	noError(t, err)
	if *got.CopyID != *started.CopyID || *got.ContentType != "text/plain" || *got.Metadata["K"] != "v" || *got.CopyProgress != "4/4" {
		t.Errorf("the copy: %+v", got)
	}
	_, err = target.StartCopyFromURL(ctx, from.URL(), &blob.StartCopyFromURLOptions{
		SourceModifiedAccessConditions: &blob.SourceModifiedAccessConditions{SourceIfMatch: to.Ptr(azcore.ETag(`"0x1"`))},
	})
	refusedWith(t, "a source that has changed", err, 412, "SourceConditionNotMet")
}

func TestBlobConditionalHeaders(t *testing.T) {
	client, one := storageOwner(t)
	ctx := context.Background()
	b := one.NewBlobClient("a")
	other := to.Ptr(azcore.ETag(`"0x1"`))
	for reason, c := range map[string]struct {
		given         func(tag *azcore.ETag, before, after *time.Time) blob.ModifiedAccessConditions
		reads, writes int // the status; 0 for success
	}{
		"the tag that the blob has": {func(tag *azcore.ETag, _, _ *time.Time) blob.ModifiedAccessConditions {
			return blob.ModifiedAccessConditions{IfMatch: tag}
		}, 0, 0},
		"another tag": {func(_ *azcore.ETag, _, _ *time.Time) blob.ModifiedAccessConditions {
			return blob.ModifiedAccessConditions{IfMatch: other}
		}, 412, 412},
		"any other tag than the blob has": {func(tag *azcore.ETag, _, _ *time.Time) blob.ModifiedAccessConditions {
			return blob.ModifiedAccessConditions{IfNoneMatch: tag}
		}, 304, 412},
		"a change after an earlier time": {func(_ *azcore.ETag, before, _ *time.Time) blob.ModifiedAccessConditions {
			return blob.ModifiedAccessConditions{IfModifiedSince: before}
		}, 0, 0},
		"a change after a later time": {func(_ *azcore.ETag, _, after *time.Time) blob.ModifiedAccessConditions {
			return blob.ModifiedAccessConditions{IfModifiedSince: after}
		}, 304, 412},
		"no change after an earlier time": {func(_ *azcore.ETag, before, _ *time.Time) blob.ModifiedAccessConditions {
			return blob.ModifiedAccessConditions{IfUnmodifiedSince: before}
		}, 412, 412},
		"no change after a later time": {func(_ *azcore.ETag, _, after *time.Time) blob.ModifiedAccessConditions {
			return blob.ModifiedAccessConditions{IfUnmodifiedSince: after}
		}, 0, 0},
	} {
		t.Run(reason, func(t *testing.T) {
			noError(t, put(t, client, "one", "a", "1"))
			have, err := b.GetProperties(ctx, nil)
			noError(t, err)
			given := c.given(have.ETag, to.Ptr(have.LastModified.Add(-time.Hour)), to.Ptr(have.LastModified.Add(time.Hour)))
			conditions := &blob.AccessConditions{ModifiedAccessConditions: &given}
			answer, err := b.DownloadStream(ctx, &blob.DownloadStreamOptions{AccessConditions: conditions})
			got := statusOf(t, err)
			if answer.ErrorCode != nil { // the SDK's way to say 304
				got = 304
			}
			if got != c.reads {
				t.Errorf("reading answers %d, want %d", got, c.reads)
			}
			_, err = b.SetMetadata(ctx, map[string]*string{"reason": to.Ptr("x")}, &blob.SetMetadataOptions{AccessConditions: conditions})
			if got := statusOf(t, err); got != c.writes {
				t.Errorf("writing answers %d, want %d", got, c.writes)
			}
		})
	}
}

func statusOf(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	return refusal(t, err).StatusCode
}

func TestBlobPropertiesAndListings(t *testing.T) {
	client, one := storageOwner(t)
	ctx := context.Background()
	noError(t, put(t, client, "one", "a", "1"))
	b := one.NewBlobClient("a")
	_, err := b.SetHTTPHeaders(ctx, blob.HTTPHeaders{BlobCacheControl: to.Ptr("no-store")}, nil)
	noError(t, err)
	_, err = b.SetMetadata(ctx, map[string]*string{"b": to.Ptr("2"), "a": to.Ptr("1 & 2")}, nil)
	noError(t, err)
	got, err := b.GetProperties(ctx, nil)
	noError(t, err)
	if *got.CacheControl != "no-store" || got.ContentType != nil || *got.Metadata["A"] != "1 & 2" {
		t.Errorf("properties: %+v", got)
	}
	pages, err := one.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{Include: container.ListBlobsInclude{Metadata: true, Copy: true, Snapshots: true, Tags: true}}).NextPage(ctx)
	noError(t, err)
	if items := pages.Segment.BlobItems; len(items) != 1 || *items[0].Metadata["a"] != "1 & 2" || *items[0].Metadata["b"] != "2" {
		t.Errorf("the listing: %+v", items)
	}
	_, err = one.SetMetadata(ctx, &container.SetMetadataOptions{Metadata: map[string]*string{"owner": to.Ptr("shop")}})
	noError(t, err)
	_, err = client.CreateContainer(ctx, "two", nil)
	noError(t, err)
	var names []string
	for pager := client.NewListContainersPager(&azblob.ListContainersOptions{MaxResults: to.Ptr(int32(1)), Include: azblob.ListContainersInclude{Metadata: true}}); pager.More(); {
		page, err := pager.NextPage(ctx)
		noError(t, err)
		for _, item := range page.ContainerItems {
			name := *item.Name
			if owner := item.Metadata["owner"]; owner != nil {
				name += " of " + *owner
			}
			names = append(names, name)
		}
	}
	if diff := cmp.Diff([]string{"one of shop", "two"}, names); diff != "" {
		t.Errorf("containers (-want +got)\n%s", diff)
	}
	_, err = client.ServiceClient().GetProperties(ctx, nil)
	refusedWith(t, "a role on data does not include the service", err, 403, mismatch)
}

func TestBlobServiceProperties(t *testing.T) {
	s := newSignIn(t)
	client, principal := s.blobs(t, "acct1")
	must(t, s.w.arm("PUT", at("/resourceGroups/rg", uuid.NewString()), vAssignment, assignment(s.w.sub(), contributorRole, principal)), 201)
	got, err := client.ServiceClient().GetProperties(context.Background(), nil)
	noError(t, err)
	if *got.StaticWebsite.Enabled || *got.DeleteRetentionPolicy.Enabled || *got.HourMetrics.Enabled {
		t.Errorf("a new account has no website, keeps nothing that was deleted and measures nothing: %+v", got)
	}
}
