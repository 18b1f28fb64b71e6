package blob

import (
	"net/http"
	"strings"
	"time"
)

// conditions are the conditional headers of a request
// (https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations).
// A copy has a second set of them, about the source.
type conditions struct {
	match, noneMatch string
	since, until     time.Time // If-Modified-Since, If-Unmodified-Since
}

// readConditions reads the headers; prefix is "" or "x-ms-source-".
func readConditions(h http.Header, prefix string) (conditions, error) {
	c := conditions{match: h.Get(prefix + "If-Match"), noneMatch: h.Get(prefix + "If-None-Match")}
	for name, into := range map[string]*time.Time{"If-Modified-Since": &c.since, "If-Unmodified-Since": &c.until} {
		text := h.Get(prefix + name)
		if text == "" {
			continue
		}
		t, err := http.ParseTime(text)
		if err != nil {
			return c, invalidHeader(prefix+name, text)
		}
		*into = t
	}
	return c, nil
}

// failed reports which kind of condition the stored blob does not meet: one that asks for the blob
// as it was, or one that asks for a change. have is nil if there is no blob.
func (c conditions) failed(have *Blob) (unmatched, unchanged bool) {
	if have == nil {
		return c.match != "" || !c.until.IsZero(), false
	}
	changed := have.Changed.Truncate(time.Second)
	unmatched = c.match != "" && c.match != "*" && !sameTag(c.match, have.ETag) || !c.until.IsZero() && changed.After(c.until)
	unchanged = c.noneMatch == "*" || c.noneMatch != "" && sameTag(c.noneMatch, have.ETag) || !c.since.IsZero() && !changed.After(c.since)
	return unmatched, unchanged
}

// sameTag compares entity tags; clients write them with and without quotes.
func sameTag(a, b string) bool { return strings.Trim(a, `"`) == strings.Trim(b, `"`) }

// checkConditions refuses a request whose conditional headers the stored blob does not meet; have
// is nil if there is none.
func (c *call) checkConditions(have *Blob) error {
	given, err := readConditions(c.Header, "")
	if err != nil {
		return err
	}
	unmatched, unchanged := given.failed(have)
	notMet := precondition("ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
	switch {
	case unmatched:
		return notMet
	case !unchanged:
		return nil
	case c.Method == http.MethodPut && given.noneMatch == "*":
		return conflict("BlobAlreadyExists", "The specified blob already exists.")
	case c.Method == http.MethodGet || c.Method == http.MethodHead:
		notMet.status = http.StatusNotModified
	}
	return notMet
}
