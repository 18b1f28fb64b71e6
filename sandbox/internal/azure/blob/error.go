package blob

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"time"
)

// failure is an error response of the data plane
// (https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2).
type failure struct {
	status    int
	code      string
	message   string
	detail    string // AuthenticationErrorDetail
	header    string // HeaderName
	challenge string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func failf(status int, code, format string, args ...any) *failure {
	return &failure{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

type failureBody struct {
	XMLName xml.Name `xml:"Error"`
	Code    string
	Message string
	Detail  string `xml:"AuthenticationErrorDetail,omitempty"`
	Header  string `xml:"HeaderName,omitempty"`
}

func (f *failure) write(w http.ResponseWriter, r *http.Request, requestID string, now time.Time) {
	h := w.Header()
	h.Set("x-ms-error-code", f.code)
	if f.challenge != "" {
		h.Set("WWW-Authenticate", f.challenge)
	}
	h.Set("Content-Type", "application/xml")
	w.WriteHeader(f.status)
	if r.Method == http.MethodHead || f.status == http.StatusNotModified {
		return
	}
	text, err := xml.Marshal(failureBody{
		Code: f.code, Detail: f.detail, Header: f.header,
		Message: fmt.Sprintf("%s\nRequestId:%s\nTime:%s",
			f.message, requestID, now.UTC().Format("2006-01-02T15:04:05.0000000Z")),
	})
	if err == nil {
		// The write fails only if the client has closed the connection.
		_, _ = w.Write(append([]byte(xml.Header), text...))
	}
}

// The errors of several operations, with Azure's texts.

func containerNotFound() *failure {
	return failf(http.StatusNotFound, "ContainerNotFound", "The specified container does not exist.")
}

func blobNotFound() *failure {
	return failf(http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
}

func invalidHeader(name, value string) *failure {
	f := failf(http.StatusBadRequest, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format: %s is '%s'.", name, value)
	f.header = name
	return f
}

func missingHeader(name string) *failure {
	f := failf(http.StatusBadRequest, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified: %s.", name)
	f.header = name
	return f
}

// unsupportedHeader returns the error for a header whose effect the sandbox does not implement.
func unsupportedHeader(name string) *failure {
	f := failf(http.StatusBadRequest, "UnsupportedHeader", "One of the HTTP headers specified in the request is not supported: the sandbox does not implement %s.", name)
	f.header = name
	return f
}

func notAllowed(r *http.Request) *failure {
	return failf(http.StatusMethodNotAllowed, "UnsupportedHttpVerb", "The resource doesn't support the specified HTTP verb: %s on %s.", r.Method, r.URL.Path)
}
