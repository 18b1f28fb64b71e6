// Package apierror turns the error answers of Azure's services into errors that have the request,
// the service's answer and a remedy. Resource Manager, Microsoft Graph and Key Vault share one form
// of error body.
package apierror

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Error is an error answer of a service, in the service's words.
type Error struct {
	Method, URL string // the URL without its query
	Status      int    // HTTP status
	Code        string // error.code of the body
	Message     string // error.message of the body
	err         error
}

// Error returns the request, the answer and, for the most frequent codes, a remedy.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s %s: Status=%d Code=%q Message=%q", e.Method, e.URL, e.Status, e.Code, e.Message)
	if hint := hints[e.Code]; hint != "" {
		text += ". " + hint
	}
	return text
}

// Unwrap returns the SDK's error.
func (e *Error) Unwrap() error { return e.err }

// Refused reports whether the service refused the request for a reason that a retry does not
// change: a 4xx other than 408 and 429.
func (e *Error) Refused() bool {
	return e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests &&
		e.Status != http.StatusRequestTimeout
}

// IsNotFound reports whether an error is the service's answer that an object does not exist.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound
}

// From turns an error of the SDK's pipeline into an *Error if the service answered. Other errors
// are returned as they are, with a remedy if nothing listens at the proxy.
func From(err error) error {
	if err == nil {
		return nil
	}
	var response *azcore.ResponseError
	if !errors.As(err, &response) || response.RawResponse == nil {
		if strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "proxyconnect") {
			return fmt.Errorf("%w. The sandbox's proxy does not answer: `sandbox status` shows whether it runs, "+
				"`sandbox up` starts it", err)
		}
		return err
	}
	e := &Error{Status: response.StatusCode, Code: response.ErrorCode, err: err}
	if req := response.RawResponse.Request; req != nil && req.URL != nil {
		e.Method = req.Method
		e.URL = req.URL.Scheme + "://" + req.URL.Host + req.URL.EscapedPath()
	}
	body, readErr := runtime.Payload(response.RawResponse)
	if readErr != nil {
		body = nil
	}
	code, message := parse(body)
	if code != "" {
		e.Code = code
	}
	if e.Message = message; message == "" {
		e.Message = http.StatusText(e.Status)
	}
	return e
}

// parse returns an error's code and message from a body of the form {"error":{…}}, which ARM, its
// asynchronous operations, Microsoft Graph and Key Vault share, or {"code":…,"message":…}.
func parse(body []byte) (code, message string) {
	type detail struct {
		Code    string   `json:"code"`
		Message string   `json:"message"`
		Details []detail `json:"details"`
	}
	var doc struct {
		detail
		Error *detail `json:"error"`
	}
	if json.Unmarshal(body, &doc) != nil {
		return "", strings.TrimSpace(string(body[:min(len(body), 500)]))
	}
	d := doc.detail
	if doc.Error != nil {
		d = *doc.Error
	}
	message = d.Message
	for _, inner := range d.Details {
		message += fmt.Sprintf(" (%s: %s)", inner.Code, inner.Message)
	}
	return d.Code, message
}
