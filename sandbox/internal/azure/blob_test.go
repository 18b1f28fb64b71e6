package azure_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/google/uuid"
)

const (
	vStorage        = "2022-09-01"
	blobReader      = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
	blobContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
	storage         = "https://storage.azure.com"
	mismatch        = "AuthorizationPermissionMismatch"
)

func accountPath(name string) string {
	return "/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/" + name
}

func containerPath(account, name string) string {
	return accountPath(account) + "/blobServices/default/containers/" + name
}

func accountBody(change func(object)) object {
	body := object{"location": "westeurope", "sku": object{"name": "Standard_LRS"}, "kind": "StorageV2", "properties": object{"allowSharedKeyAccess": false}}
	if change != nil {
		change(body)
	}
	return body
}

// blobs creates an account with a container named one, and returns an azblob client of the identity
// and the object ID of its principal.
func (s signIn) blobs(t *testing.T, account string) (*azblob.Client, string) {
	t.Helper()
	must(t, s.w.arm("PUT", accountPath(account), vStorage, accountBody(nil)), 200)
	must(t, s.w.arm("PUT", containerPath(account, "one"), vStorage, object{}), 201)
	credential, err := azidentity.NewClientAssertionCredential(s.w.azure.Account().TenantID, s.clientID,
		func(context.Context) (string, error) { return s.issuer.sign(t, s.w.clock.now(), webSubject, nil), nil },
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: azcore.ClientOptions{Transport: s.w}})
	if err != nil {
		t.Fatalf("credential: %v", err)
	}
	client, err := azblob.NewClient("https://"+account+".blob.core.windows.net", credential, &azblob.ClientOptions{
		ClientOptions: azcore.ClientOptions{Transport: s.w, Retry: policy.RetryOptions{MaxRetries: -1}},
	})
	if err != nil {
		t.Fatalf("client: %v", err)
	}
	return client, s.w.arm("GET", s.path, vIdentity, nil).path("properties", "principalId")
}

func put(t *testing.T, client *azblob.Client, where, name, text string) error {
	t.Helper()
	_, err := client.UploadBuffer(context.Background(), where, name, []byte(text), nil)
	return err
}

func read(t *testing.T, client *azblob.Client, where, name string) (string, error) {
	t.Helper()
	got, err := client.DownloadStream(context.Background(), where, name, nil)
	if err != nil {
		return "", err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	return string(text), err
}

// refusedWith fails the test unless the error is a response of the service with the status and
// code.
func refusedWith(t *testing.T, what string, err error, status int, code string) {
	t.Helper()
	if r := refusal(t, err); r.StatusCode != status || r.ErrorCode != code {
		t.Errorf("%s: %d %s, want %d %s", what, r.StatusCode, r.ErrorCode, status, code)
	}
}

func TestBlobsNeedRoles(t *testing.T) {
	s := newSignIn(t)
	w := s.w
	client, principal := s.blobs(t, "acct1")
	_, err := read(t, client, "one", "a")
	refusedWith(t, "without a role", err, 403, mismatch)
	must(t, w.arm("PUT", at("/resourceGroups/rg", uuid.NewString()), vAssignment, assignment(w.sub(), contributorRole, principal)), 201)
	_, err = read(t, client, "one", "a")
	refusedWith(t, "Contributor reads no data", err, 403, mismatch)
	_, err = read(t, client, "none", "a")
	refusedWith(t, "a caller without a role does not learn whether a container exists", err, 403, mismatch)

	must(t, w.arm("PUT", at(containerPath("acct1", "one"), fixedName), vAssignment, assignment(w.sub(), blobReader, principal)), 201)
	_, err = read(t, client, "one", "a")
	refusedWith(t, "a missing blob", err, 404, "BlobNotFound")
	refusedWith(t, "Reader writes", put(t, client, "one", "a", "1"), 403, mismatch)
	must(t, w.arm("PUT", containerPath("acct1", "two"), vStorage, object{}), 201)
	_, err = read(t, client, "two", "a")
	refusedWith(t, "a role at one container reads another", err, 403, mismatch)

	must(t, w.arm("PUT", at(accountPath("acct1"), uuid.NewString()), vAssignment, assignment(w.sub(), blobContributor, principal)), 201)
	if err := put(t, client, "two", "a", "1"); err != nil {
		t.Errorf("Blob Data Contributor writes: %v", err)
	}
	_, err = read(t, client, "none", "a")
	refusedWith(t, "a missing container", err, 404, "ContainerNotFound")
}

func TestBlobLife(t *testing.T) {
	s := newSignIn(t)
	w, ctx := s.w, context.Background()
	client, principal := s.blobs(t, "acct1")
	must(t, w.arm("PUT", at("", uuid.NewString()), vAssignment, assignment(w.sub(), blobContributor, principal)), 201)
	if _, err := client.CreateContainer(ctx, "logs", nil); err != nil {
		t.Fatalf("CreateContainer: %v", err)
	}
	_, err := client.CreateContainer(ctx, "logs", nil)
	refusedWith(t, "a container twice", err, 409, "ContainerAlreadyExists")
	must(t, w.arm("GET", containerPath("acct1", "logs"), vStorage, nil), 200)

	kind, value := "text/plain", "v"
	_, err = client.UploadBuffer(ctx, "logs", "2026/a b.txt", []byte("hello"), &azblob.UploadBufferOptions{
		HTTPHeaders: &blob.HTTPHeaders{BlobContentType: &kind}, Metadata: map[string]*string{"k": &value},
	})
	if err != nil {
		t.Fatalf("UploadBuffer: %v", err)
	}
	w.restart()
	if got, err := read(t, client, "logs", "2026/a b.txt"); err != nil || got != "hello" {
		t.Errorf("after a restart: %q %v", got, err)
	}
	part, err := client.DownloadStream(ctx, "logs", "2026/a b.txt", &azblob.DownloadStreamOptions{Range: blob.HTTPRange{Offset: 1, Count: 3}})
	if err != nil {
		t.Fatalf("a range: %v", err)
	}
	text, _ := io.ReadAll(part.Body)
	if string(text) != "ell" || *part.ContentRange != "bytes 1-3/5" || *part.ContentType != kind || *part.Metadata["K"] != value {
		t.Errorf("a range: %q %+v", text, part.ContentRange)
	}
	none := azcore.ETagAny
	_, err = client.UploadBuffer(ctx, "logs", "2026/a b.txt", nil, &azblob.UploadBufferOptions{
		AccessConditions: &blob.AccessConditions{ModifiedAccessConditions: &blob.ModifiedAccessConditions{IfNoneMatch: &none}},
	})
	refusedWith(t, "a blob that must be new", err, 409, "BlobAlreadyExists")
	for _, name := range []string{"2026/b", "2027/c", "top"} {
		if err := put(t, client, "logs", name, name); err != nil {
			t.Fatalf("put %s: %v", name, err)
		}
	}
	var names []string
	page := int32(2)
	for pages := client.NewListBlobsFlatPager("logs", &azblob.ListBlobsFlatOptions{MaxResults: &page}); pages.More(); {
		got, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		for _, item := range got.Segment.BlobItems {
			names = append(names, *item.Name)
		}
	}
	if got := strings.Join(names, ";"); got != "2026/a b.txt;2026/b;2027/c;top" {
		t.Errorf("flat list: %s", got)
	}
	folders, err := client.ServiceClient().NewContainerClient("logs").NewListBlobsHierarchyPager("/", &container.ListBlobsHierarchyOptions{}).NextPage(ctx)
	if err != nil || len(folders.Segment.BlobPrefixes) != 2 || len(folders.Segment.BlobItems) != 1 {
		t.Errorf("list by folder: %+v %v", folders.Segment, err)
	}
	if _, err := client.DeleteBlob(ctx, "logs", "top", nil); err != nil {
		t.Errorf("DeleteBlob: %v", err)
	}
	_, err = client.DeleteBlob(ctx, "logs", "top", nil)
	refusedWith(t, "a deleted blob", err, 404, "BlobNotFound")
	if _, err := client.DeleteContainer(ctx, "logs", nil); err != nil {
		t.Errorf("DeleteContainer: %v", err)
	}
	if _, err := client.CreateContainer(ctx, "logs", nil); err != nil {
		t.Fatalf("CreateContainer: %v", err)
	}
	_, err = read(t, client, "logs", "2026/b")
	refusedWith(t, "a blob of the deleted container", err, 404, "BlobNotFound")
	containers, err := client.NewListContainersPager(nil).NextPage(ctx)
	if err != nil || len(containers.ContainerItems) != 2 {
		t.Errorf("containers: %+v %v", containers.ContainerItems, err)
	}
}

// TestBlobConditions checks that a condition on the container's name is evaluated, and that one on
// an attribute that the sandbox does not know grants nothing.
func TestBlobConditions(t *testing.T) {
	s := newSignIn(t)
	w := s.w
	client, principal := s.blobs(t, "acct1")
	must(t, w.arm("PUT", containerPath("acct1", "public"), vStorage, object{}), 201)
	give := func(text string) {
		t.Helper()
		body := assignment(w.sub(), blobContributor, principal)
		body["properties"].(object)["condition"], body["properties"].(object)["conditionVersion"] = text, "2.0"
		must(t, w.arm("PUT", at(accountPath("acct1"), fixedName), vAssignment, body), 200, 201)
	}
	give(condition)
	for _, where := range []string{"one", "public"} {
		if err := put(t, client, where, "a", where); err != nil {
			t.Errorf("the condition restricts reading only, but writing to %s fails: %v", where, err)
		}
	}
	if got, err := read(t, client, "public", "a"); err != nil || got != "public" {
		t.Errorf("reading where the condition is met: %q %v", got, err)
	}
	_, err := read(t, client, "one", "a")
	refusedWith(t, "reading where the condition is not met", err, 403, mismatch)
	give(strings.ReplaceAll(condition, "containers:name", "containers/blobs/tags:Project<$key_case_sensitive$>"))
	_, err = read(t, client, "public", "a")
	refusedWith(t, "a condition on tags, which the sandbox does not implement", err, 403, mismatch)
}
