package aks

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"crypto/tls"
	"errors"

	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// auditPath is the path of the auditor, through which the faults of the sandbox reach the calls of
// an API server's users. Their connections are encrypted up to the API server, so that the proxy
// cannot see a call. The API server's audit webhook can: in its strict mode the API server asks
// before a call takes effect, refuses the call if the answer is an error, and asks again before it
// sends the call's answer.
const auditPath = "/audit"

// maxAudit limits the size of a list of audit events, in bytes.
const maxAudit = 1 << 20

// auditPolicy selects the changes that users make. The control plane's own and those of service
// accounts are left out.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted, Panic]
rules:
- level: None
  users: ["system:apiserver", "system:kube-controller-manager", "system:sandbox:node-agent", "system:sandbox:issuer"]
- level: None
  userGroups: ["system:serviceaccounts"]
- level: Metadata
  verbs: [create, update, patch, delete, deletecollection]
- level: None
`

// auditArgs returns the API server's flags for the auditor.
func auditArgs(l layout) []string {
	return []string{
		"--audit-policy-file=" + l.auditPolicy(),
		"--audit-webhook-config-file=" + l.reviewer(auditPath),
		"--audit-webhook-mode=blocking-strict",
	}
}

// auditor hands the calls of a cluster's users to the faults.
type auditor struct {
	faults *fault.Set
	cut    func()
}

func (a auditor) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var list auditv1.EventList
	if err := json.NewDecoder(io.LimitReader(req.Body, maxAudit)).Decode(&list); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, e := range list.Items {
		call, when, ok := callOf(e)
		if !ok {
			continue
		}
		if err := a.faults.Audit(req.Context(), call, when, a.cut); err != nil {
			// With this status the API server does not ask again.
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
	}
	w.WriteHeader(http.StatusOK)
}

// methodsOf are the methods of HTTP for the verbs of Kubernetes that change something.
var methodsOf = map[string]string{
	"create": http.MethodPost, "update": http.MethodPut, "patch": http.MethodPatch,
	"delete": http.MethodDelete, "deletecollection": http.MethodDelete,
}

// callOf returns the call and the moment of an event. ok is false for a dry run and for the
// sandbox's own calls.
func callOf(e auditv1.Event) (c fault.Call, when fault.When, ok bool) {
	method := methodsOf[e.Verb]
	if method == "" || strings.Contains(e.RequestURI, "dryRun=") || e.UserAgent == userAgent {
		return fault.Call{}, "", false
	}
	when = fault.Before
	if e.Stage == auditv1.StageResponseComplete {
		when = fault.After
	}
	c = fault.Call{Service: fault.Kubernetes, Method: method, Resource: e.RequestURI}
	if o := e.ObjectRef; o != nil {
		c.Type, c.Name, c.Scope = o.Resource, o.Name, o.Namespace
		if o.Subresource != "" {
			c.Type += "/" + o.Subresource
		}
	}
	return c, when, true
}

// listenReviews starts the server of the reviewer and the auditor on loopback. Only the API server
// can use it, with the client certificate that it also shows to the tunnel.
func (i *instance) listenReviews(spec azure.ClusterSpec) error {
	config, err := internalTLS(i.files)
	if err != nil {
		return fmt.Errorf("reviewer: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("reviewer: %w", err)
	}
	i.ports.review = l.Addr().(*net.TCPAddr).Port
	mux := http.NewServeMux()
	mux.Handle(auditPath, auditor{faults: i.options.Faults, cut: func() {
		if i.options.Cut != nil {
			i.options.Cut(spec.FQDN)
		}
	}})
	if spec.Entra != nil {
		mux.Handle("/", reviewer{spec.Entra.Access})
	}
	i.reviews = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := i.reviews.Serve(tls.NewListener(l, config)); !errors.Is(err, http.ErrServerClosed) {
			i.log.Error("users cannot sign in, and change nothing", "error", err)
		}
	}()
	return os.WriteFile(i.layout.auditPolicy(), []byte(auditPolicy), 0o600)
}
