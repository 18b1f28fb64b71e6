package azure_test

import (
	"bytes"
	"html"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// raw sends a request to the blob service with a token and headers.
func (w *world) raw(token, method, target string, header map[string]string) (int, http.Header, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, target, bytes.NewReader([]byte("x")))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("x-ms-version", "2023-11-03")
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := w.Do(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, target, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response.StatusCode, response.Header, html.UnescapeString(string(text))
}

func TestBlobRequestIsRefused(t *testing.T) {
	s := newSignIn(t)
	w := s.w
	s.blobs(t, "acct1")
	must(t, w.arm("PUT", at("", uuid.NewString()), vAssignment, assignment(w.sub(), blobContributor, w.azure.Account().Deployer.ObjectID)), 201)
	must(t, w.arm("PUT", accountPath("keys"), vStorage, accountBody(func(b object) { b["properties"] = object{} })), 200)
	must(t, w.arm("PUT", accountPath("closed"), vStorage, accountBody(func(b object) { b["properties"] = object{"publicNetworkAccess": "Disabled"} })), 200)
	const root = "https://acct1.blob.core.windows.net/one"
	bearer := "Bearer " + w.token(storage)
	block := map[string]string{"x-ms-blob-type": "BlockBlob"}
	with := func(name, value string) map[string]string {
		return map[string]string{"x-ms-blob-type": "BlockBlob", name: value}
	}
	for reason, c := range map[string]struct {
		token, method, target string
		header                map[string]string
		status                int
		code, text            string
	}{
		"no token":                                 {"", "GET", root + "/a", nil, 401, "NoAuthenticationInformation", "www-authenticate header"},
		"token for another resource":               {"Bearer " + w.token("https://vault.azure.net"), "GET", root + "/a", nil, 401, "InvalidAuthenticationInfo", "Audience validation failed. Audience did not match."},
		"the service account token":                {"Bearer " + s.issuer.sign(t, w.clock.now(), webSubject, nil), "GET", root + "/a", nil, 401, "InvalidAuthenticationInfo", "Issuer validation failed"},
		"not a token":                              {"Bearer abc", "GET", root + "/a", nil, 401, "InvalidAuthenticationInfo", "Signature validation failed"},
		"a key where keys are not permitted":       {"SharedKey acct1:abc", "GET", root + "/a", nil, 403, "KeyBasedAuthenticationNotPermitted", "not permitted on this storage account"},
		"a signature where keys are not permitted": {"", "GET", root + "/a?sig=abc", nil, 403, "KeyBasedAuthenticationNotPermitted", "not permitted"},
		"a key where keys are permitted":           {"SharedKey keys:abc", "GET", "https://keys.blob.core.windows.net/one/a", nil, 403, "AuthenticationFailed", "have no keys"},
		"an account without public access":         {bearer, "GET", "https://closed.blob.core.windows.net/one/a", nil, 403, "AuthorizationFailure", "not authorized to perform this operation"},
		"an account that does not exist":           {bearer, "GET", "https://none.blob.core.windows.net/one/a", nil, 404, "ResourceNotFound", "'none'"},
		"a version older than access tokens":       {bearer, "GET", root + "/a", map[string]string{"x-ms-version": "2017-07-29"}, 400, "InvalidHeaderValue", "x-ms-version"},
		"no version":                               {bearer, "GET", root + "/a", map[string]string{"x-ms-version": ""}, 400, "MissingRequiredHeader", "x-ms-version"},
		"a PUT without a blob type":                {bearer, "PUT", root + "/a", nil, 400, "MissingRequiredHeader", "x-ms-blob-type"},
		"a page blob":                              {bearer, "PUT", root + "/a", map[string]string{"x-ms-blob-type": "PageBlob"}, 501, "NotImplemented", "block blobs only"},
		"a header that is not implemented":         {bearer, "PUT", root + "/a", with("x-ms-tags", "a=b"), 400, "UnsupportedHeader", "x-ms-tags"},
		"a wrong hash":                             {bearer, "PUT", root + "/a", with("Content-MD5", "abc"), 400, "Md5Mismatch", "did not match"},
		"metadata with an illegal name":            {bearer, "PUT", root + "/a", with("x-ms-meta-a-b", "1"), 400, "InvalidMetadata", "a-b"},
		"a blob in a container with dots":          {bearer, "PUT", "https://acct1.blob.core.windows.net/a.b/c", block, 400, "InvalidResourceName", "invalid characters"},
		"a container without restype":              {bearer, "PUT", root, nil, 400, "InvalidQueryParameterValue", "restype=container"},
		"the properties of the account":            {bearer, "GET", "https://acct1.blob.core.windows.net/?restype=account&comp=properties", nil, 501, "NotImplemented", "comp='properties'"},
		"a snapshot of a blob":                     {bearer, "PUT", root + "/a?comp=snapshot", nil, 501, "NotImplemented", "comp='snapshot'"},
		"a block whose ID is not base64":           {bearer, "PUT", root + "/a?comp=block&blockid=x", nil, 400, "InvalidQueryParameterValue", "blockid=x"},
		"a list that is not XML":                   {bearer, "PUT", root + "/a?comp=blocklist", nil, 400, "InvalidXmlDocument", "not syntactically valid"},
		"a list of blocks of no known kind":        {bearer, "GET", root + "/a?comp=blocklist&blocklisttype=some", nil, 400, "InvalidQueryParameterValue", "blocklisttype=some"},
		"a lease without an action":                {bearer, "PUT", root + "?restype=container&comp=lease", map[string]string{"x-ms-lease-id": fixedName}, 400, "MissingRequiredHeader", "x-ms-lease-action"},
		"a lease without a duration":               {bearer, "PUT", root + "?restype=container&comp=lease", map[string]string{"x-ms-lease-action": "acquire"}, 400, "MissingRequiredHeader", "x-ms-lease-duration"},
		"a lease of ten seconds":                   {bearer, "PUT", root + "?restype=container&comp=lease", map[string]string{"x-ms-lease-action": "acquire", "x-ms-lease-duration": "10"}, 400, "InvalidHeaderValue", "x-ms-lease-duration"},
		"a lease whose ID is not a GUID":           {bearer, "PUT", root + "?restype=container&comp=lease", map[string]string{"x-ms-lease-action": "renew", "x-ms-lease-id": "mine"}, 400, "InvalidHeaderValue", "x-ms-lease-id"},
		"a copy from another account":              {bearer, "PUT", root + "/a", map[string]string{"x-ms-copy-source": "https://keys.blob.core.windows.net/one/a"}, 401, "CannotVerifyCopySource", "within one account"},
		"a copy of a blob that does not exist":     {bearer, "PUT", root + "/a", map[string]string{"x-ms-copy-source": root + "/none"}, 404, "CannotVerifyCopySource", "does not exist"},
		"a time that is none":                      {bearer, "PUT", root + "/a", map[string]string{"x-ms-blob-type": "BlockBlob", "If-Modified-Since": "now"}, 400, "InvalidHeaderValue", "If-Modified-Since"},
		"a condition for a container's tag":        {bearer, "DELETE", root + "?restype=container", map[string]string{"If-Match": "x"}, 400, "UnsupportedHeader", "If-Match"},
		"a listing that includes colours":          {bearer, "GET", root + "?restype=container&comp=list&include=metadata,colours", nil, 400, "InvalidQueryParameterValue", "colours"},
		"a listing with empty pages":               {bearer, "GET", root + "?restype=container&comp=list&maxresults=0", nil, 400, "OutOfRangeQueryParameterValue", "maxresults"},
		"a verb that blobs do not have":            {bearer, "POST", root + "/a", nil, 405, "UnsupportedHttpVerb", "POST"},
		"a container with public access":           {bearer, "PUT", "https://acct1.blob.core.windows.net/two?restype=container", map[string]string{"x-ms-blob-public-access": "blob"}, 409, "PublicAccessNotPermitted", "not permitted"},
	} {
		t.Run(reason, func(t *testing.T) {
			status, header, text := w.raw(c.token, c.method, c.target, c.header)
			if status != c.status || header.Get("x-ms-error-code") != c.code || !strings.Contains(text, "<Code>"+c.code+"</Code>") || !strings.Contains(text, c.text) {
				t.Errorf("got %d %s %s, want %d %s with %q", status, header.Get("x-ms-error-code"), text, c.status, c.code, c.text)
			}
			if challenge := "Bearer authorization_uri=https://login.microsoftonline.com/" + w.azure.Account().TenantID + "/oauth2/authorize resource_id=" + storage; (status == 401 && c.code != "CannotVerifyCopySource") != (header.Get("WWW-Authenticate") == challenge) {
				t.Errorf("challenge %q", header.Get("WWW-Authenticate"))
			}
		})
	}
	status, header, text := w.raw("Bearer "+w.token(storage), "HEAD", root+"/none", nil)
	if status != 404 || header.Get("x-ms-error-code") != "BlobNotFound" || text != "" {
		t.Errorf("HEAD of a missing blob: %d %v %q", status, header, text)
	}
}
