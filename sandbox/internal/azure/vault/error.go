package vault

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// failure is an error response of the data plane.
type failure struct {
	status    int
	code      string
	message   string
	inner     string
	challenge string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

// Refusal is an error of the data plane with its status, code and message. The management plane
// returns it in its own form.
type Refusal interface {
	error
	Refusal() (status int, code, message string)
}

// Refusal implements Refusal.
func (f *failure) Refusal() (status int, code, message string) { return f.status, f.code, f.message }

func failf(status int, code, format string, args ...any) *failure {
	return &failure{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// withInner sets the code of the inner error.
func (f *failure) withInner(inner string) *failure {
	f.inner = inner
	return f
}

func (f *failure) write(w http.ResponseWriter) {
	body := map[string]any{"code": f.code, "message": f.message}
	if f.inner != "" {
		body["innererror"] = map[string]any{"code": f.inner}
	}
	if f.challenge != "" {
		w.Header().Set("WWW-Authenticate", f.challenge)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(f.status)
	// The write fails only if the client has closed the connection.
	_ = json.NewEncoder(w).Encode(map[string]any{"error": body})
}

func secretNotFound(name string) *failure {
	return failf(http.StatusNotFound, "SecretNotFound",
		"A secret with (name/id) %s was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182", name)
}

func badParameter(format string, args ...any) *failure {
	return failf(http.StatusBadRequest, "BadParameter", format, args...)
}
