// Package entra implements Entra ID's token endpoint (host login.microsoftonline.com): discovery,
// the exchange of a federated assertion for an access token, and Entra's error codes for each way
// in which the exchange can fail.
package entra

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Failure is an AADSTS error.
type Failure struct {
	Status int
	OAuth  string // error code of RFC 6749
	Code   int    // number after AADSTS
	Text   string
}

func (f *Failure) Error() string { return fmt.Sprintf("AADSTS%d: %s", f.Code, f.Text) }

func failf(status int, oauth string, code int, format string, args ...any) *Failure {
	return &Failure{Status: status, OAuth: oauth, Code: code, Text: fmt.Sprintf(format, args...)}
}

func (f *Failure) write(w http.ResponseWriter, correlation string, now time.Time) {
	trace := uuid.NewString()
	stamp := now.UTC().Format("2006-01-02 15:04:05Z")
	w.WriteHeader(f.Status)
	// Encode fails only if the client has closed the connection.
	_ = json.NewEncoder(w).Encode(map[string]any{
		"error":             f.OAuth,
		"error_description": fmt.Sprintf("%v\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", f, trace, correlation, stamp),
		"error_codes":       []int{f.Code},
		"timestamp":         stamp,
		"trace_id":          trace,
		"correlation_id":    correlation,
		"error_uri":         fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", f.Code),
	})
}

// learnMore is the page to which the errors about federated credentials refer.
const learnMore = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"

func invalidClient(code int, format string, args ...any) *Failure {
	return failf(http.StatusUnauthorized, "invalid_client", code, format, args...)
}

func invalidRequest(code int, format string, args ...any) *Failure {
	return failf(http.StatusBadRequest, "invalid_request", code, format, args...)
}
