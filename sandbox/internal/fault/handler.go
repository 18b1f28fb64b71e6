package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"
)

// Handler returns a handler that does to the calls of a host what the rules say, and hands all
// others to next.
func (s *Set) Handler(host string, next http.Handler) http.Handler {
	if s == nil || serviceOf(host) == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(host, r)
		s.note(c)
		if wait, limit := s.throttled(c); limit != nil {
			s.answer(w, c, http.StatusTooManyRequests, time.Duration(wait))
			return
		}
		rule := s.fire(c, func(e Effect) bool { return e.Operation == "" && e.Late == 0 })
		if rule == nil {
			next.ServeHTTP(w, r)
			return
		}
		s.do(rule, c, w, r, next)
	})
}

// note records a mutating call.
func (s *Set) note(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.record && c.Mutating() {
		s.calls = append(s.calls, c)
	}
}

// do carries out a rule on a request.
func (s *Set) do(rule *Rule, c Call, w http.ResponseWriter, r *http.Request, next http.Handler) {
	e := rule.Do
	switch {
	case e.Status != 0:
		s.mu.Lock()
		wait := s.compressed(e.RetryAfter)
		s.mu.Unlock()
		s.answer(w, c, e.Status, wait)
		return
	case e.Cut == Before:
		panic(http.ErrAbortHandler) // closes the connection
	case e.Kill == Before:
		s.options.Kill()
		return
	case e.Hold == Before:
		s.hold(r.Context(), rule.ID)
		if r.Context().Err() != nil {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
		return
	}
	// The service must not see that its client has gone: its effect is to be complete.
	kept := &answer{header: http.Header{}, status: http.StatusOK}
	next.ServeHTTP(kept, r)
	switch {
	case e.Cut == After:
		panic(http.ErrAbortHandler)
	case e.Kill == After:
		s.options.Kill()
	case e.Hold == After:
		s.hold(r.Context(), rule.ID)
	case e.Delay != 0:
		_ = s.wait(r.Context(), e.Delay)
	}
	kept.send(w)
}

// answer keeps what a handler answers.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // fails only if the client has gone
}

// answer answers with an error of the service.
func (s *Set) answer(w http.ResponseWriter, c Call, status int, retryAfter time.Duration) {
	if retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(retryAfter.Seconds()))))
		// Whole seconds are long in compressed time. The Azure SDKs prefer this header, which Azure
		// sends too (azcore, internal/shared: RetryAfter).
		w.Header().Set("Retry-After-Ms", strconv.Itoa(int(math.Ceil(float64(retryAfter)/float64(time.Millisecond)))))
	}
	code, message := errorOf(c, status, retryAfter)
	if c.Service == Blob {
		w.Header().Set("x-ms-error-code", code)
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, message)
		return
	}
	var body any = map[string]any{"error": map[string]any{"code": code, "message": message}}
	if c.Service == Entra {
		body = map[string]any{"error": code, "error_description": message, "error_codes": []int{90033}}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// errorOf returns the code and text of an error. That of ARM's throttle is seen in reports of
// users; the codes of Key Vault and Blob Storage are documented
// (https://learn.microsoft.com/azure/key-vault/general/rest-error-codes,
// https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes).
func errorOf(c Call, status int, retryAfter time.Duration) (code, message string) {
	switch {
	case c.Service == Entra:
		return "temporarily_unavailable", "AADSTS90033: A transient error has occurred. Please try again."
	case status == http.StatusTooManyRequests && c.Service == ARM:
		kind := "read"
		switch {
		case c.Method == http.MethodDelete:
			kind = "delete"
		case mutates(c.Method):
			kind = "write"
		}
		return "SubscriptionRequestsThrottled", fmt.Sprintf(
			"Number of '%s' requests exceeded. Please try again after '%d' seconds.", kind, int(math.Ceil(retryAfter.Seconds())))
	case status == http.StatusTooManyRequests && c.Service == Vault:
		return "Throttled", "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached"
	case status == http.StatusTooManyRequests:
		return "TooManyRequests", "Too many requests."
	case status == http.StatusServiceUnavailable && c.Service == Blob:
		return "ServerBusy", "The server is busy."
	case status == http.StatusServiceUnavailable:
		return "ServiceUnavailable", "The service is temporarily unavailable. Please try again."
	case status == http.StatusInternalServerError:
		return "InternalServerError", "Encountered an internal server error."
	}
	return http.StatusText(status), "A fault of the sandbox refused the request; `sandbox fault` shows its rule."
}
