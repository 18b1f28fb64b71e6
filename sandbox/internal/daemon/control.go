package daemon

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// Status describes the daemon, the resources and the clusters.
type Status struct {
	PID       int                 `json:"pid"`
	Since     time.Time           `json:"since"`
	Account   azure.Account       `json:"account"`
	Resources []azure.Resource    `json:"resources"`
	Clusters  []aks.ClusterStatus `json:"clusters"`
}

// control serves the requests of the sandbox's own command line, which authenticates with the token
// of run.json.
type control struct {
	azure    *azure.Azure
	faults   *fault.Set
	clusters *aks.Runtime
	token    string
	started  time.Time
	stop     context.CancelFunc
	keep     func() error
}

func (c *control) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /-/status", c.status)
	mux.HandleFunc("POST /-/assertion", c.assertion)
	mux.HandleFunc("GET /-/settings", c.settings)
	mux.HandleFunc("GET /-/actions", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, c.azure.DeployerActions()) })
	mux.HandleFunc("PUT /-/settings", c.setSettings)
	mux.HandleFunc("GET /-/strictness", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, c.azure.Strictness()) })
	mux.HandleFunc("PUT /-/strictness", c.setStrictness)
	mux.HandleFunc("POST /-/forget-release", func(w http.ResponseWriter, r *http.Request) {
		if err := c.clusters.ForgetRelease(r.Context(), r.FormValue("namespace"), r.FormValue("name")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /-/stop", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		// The answer must be sent before the proxy closes.
		_ = http.NewResponseController(w).Flush()
		c.stop()
	})
	mux.HandleFunc("POST /-/keep", func(w http.ResponseWriter, _ *http.Request) {
		if err := c.keep(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	c.handleFaults(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+c.token)) != 1 {
			http.Error(w, "this is the sandbox's proxy: use it as HTTPS_PROXY, or run `sandbox status`", http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (c *control) status(w http.ResponseWriter, r *http.Request) {
	resources, err := c.azure.Resources(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, Status{PID: os.Getpid(), Since: c.started, Account: c.azure.Account(), Resources: resources, Clusters: c.clusters.Status()})
}

func (c *control) settings(w http.ResponseWriter, _ *http.Request) {
	settings, err := c.azure.Settings()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, settings)
}

func (c *control) setSettings(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	settings, err := region.Parse(raw)
	if err == nil {
		err = c.azure.SetSettings(settings)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c *control) setStrictness(w http.ResponseWriter, r *http.Request) {
	var off []string
	err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&off)
	if err == nil {
		err = c.azure.SetStrictness(off)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// AssertionLifetime is the time for which a command under `sandbox run` can act as the deployer. It
// is enough for the longest deployment, and it is the maximum lifetime of a projected token on AKS.
const AssertionLifetime = 24 * time.Hour

func (c *control) assertion(w http.ResponseWriter, _ *http.Request) {
	jwt, err := c.azure.DeployerAssertion(AssertionLifetime)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, Assertion{JWT: jwt, Account: c.azure.Account()})
}

// Assertion is a login as the deployer.
type Assertion struct {
	JWT     string        `json:"jwt"`
	Account azure.Account `json:"account"`
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}
