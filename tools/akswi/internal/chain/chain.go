// Package chain checks, link by link, that a Kubernetes service account really gets an Azure
// identity: from the cluster's issuer over the federated credential, the service account, the
// webhook and the projected token to Entra and the secret. Each link is a small function that
// returns a Result; nothing here prints.
package chain

import (
	"cmp"
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/kubernetes"

	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// Chain holds what the links of one cluster need. Every field that reaches outside the process can
// be replaced.
type Chain struct {
	Stack *outputs.Stack
	// Issuers reads discovery documents.
	Issuers *Issuers
	// Credentials and Roles read Azure with the operator's login; nil when there is none, and
	// CredentialsErr tells why.
	Credentials    CredentialReader
	Roles          RoleReader
	CredentialsErr error
	// Kubernetes is nil when there is no cluster to ask; KubernetesErr tells why.
	Kubernetes    kubernetes.Interface
	KubernetesErr error
	// Client holds transport and retries of the workload's own clients (Entra and Key Vault); zero
	// keeps the SDK's.
	Client azcore.ClientOptions
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// RetryFor is how long, from the start of the run, a link with a transient failure is checked
	// again; 0 is not at all.
	RetryFor time.Duration
	// Interval between two checks of a link; 0 is 3 s.
	Interval time.Duration
	// Parallel is how many federations are checked at a time; 0 is 8.
	Parallel int
	// Checked is called after each federation, from several goroutines; nil is not called.
	Checked func()
}

// WorkloadReport is what was found about one workload.
type WorkloadReport struct {
	Name        string             `json:"name"`
	Kind        outputs.Kind       `json:"identityKind"`
	ClientID    string             `json:"clientId"`
	Federations []FederationReport `json:"federations"`
}

// FederationReport is what was found about one federation: a result for each link, and for the last
// link one for each secret.
type FederationReport struct {
	// Cluster is the platform's name, where the stack runs on clusters of other stacks.
	Cluster        string `json:"cluster,omitempty"`
	Namespace      string `json:"namespace"`
	ServiceAccount string `json:"serviceAccount"`
	// Subject is that of a federation with something that is no service account.
	Subject string   `json:"subject,omitempty"`
	Outcome Outcome  `json:"outcome"`
	Results []Result `json:"results"`
}

// target is one federation to check.
type target struct {
	stack      *outputs.Stack
	workload   outputs.Workload
	federation outputs.Federation
	// issuer is the one that the federation has to trust.
	issuer string
	// elsewhere is true when the service account lives in another cluster, which this stack's
	// kubeconfig does not reach.
	elsewhere bool
}

// findings is what earlier links found out for later ones.
type findings struct {
	discovery *Discovery // nil when the issuer could not be read from here
	mutation  mutation
	// defaultClientID is the client id that pods of a shared service account find in their
	// environment: another workload's. Empty when the service account names this workload's own.
	defaultClientID string
	token           string // the service account token
	folder          string // where the token is written to
	login           azcore.TokenCredential
}

// newReports returns the reports of the workloads, with room for a report of each federation.
func newReports(workloads []outputs.Workload) []WorkloadReport {
	reports := make([]WorkloadReport, len(workloads))
	for i, w := range workloads {
		reports[i] = WorkloadReport{
			Name: w.Name, Kind: w.Kind, ClientID: w.ClientID, Federations: make([]FederationReport, len(w.Federations)),
		}
	}
	return reports
}

// Verify checks the workloads' federations in parallel and returns the reports in the order of the
// workloads.
func (c *Chain) Verify(ctx context.Context, workloads []outputs.Workload) []WorkloadReport {
	retryUntil := time.Now().Add(c.RetryFor)
	reports := newReports(workloads)
	var group errgroup.Group
	group.SetLimit(cmp.Or(c.Parallel, 8))
	for i, w := range workloads {
		for j, t := range c.targets(w) {
			group.Go(func() error {
				results := c.checkFederation(ctx, t, retryUntil)
				reports[i].Federations[j] = FederationReport{
					Cluster: t.federation.Cluster, Namespace: t.federation.Namespace, ServiceAccount: t.federation.ServiceAccount,
					Outcome: OutcomeOf(results), Results: results,
				}
				if t.federation.ServiceAccount == "" {
					reports[i].Federations[j].Subject = t.federation.Subject
				}
				if c.Checked != nil {
					c.Checked()
				}
				return nil
			})
		}
	}
	_ = group.Wait() // no function returns an error: the results have them
	return reports
}

// targets returns a workload's federations. The stack marks those of another cluster: an issuer
// that merely differs is a wrong one. The cluster's own issuer is never elsewhere, even when it was
// given by hand.
func (c *Chain) targets(w outputs.Workload) []target {
	out := make([]target, len(w.Federations))
	for i, f := range w.Federations {
		out[i] = target{stack: c.Stack, workload: w, federation: f, issuer: c.Stack.IssuerURL}
		if f.Elsewhere && f.Issuer != c.Stack.IssuerURL {
			out[i].issuer, out[i].elsewhere = f.Issuer, true
		}
	}
	return out
}

// subject returns the subject that the federation has to trust.
func (t target) subject() string {
	if t.federation.ServiceAccount == "" {
		return t.federation.Subject
	}
	return kube.Subject(t.federation.Namespace, t.federation.ServiceAccount)
}

// checkFederation checks the links in order until one does not hold.
func (c *Chain) checkFederation(ctx context.Context, t target, retryUntil time.Time) []Result {
	f := &findings{}
	defer f.close()
	var results []Result
	stopped := false
	for _, link := range Links() {
		if stopped {
			results = append(results, Result{Link: link, Status: NotReached})
			continue
		}
		for _, check := range c.checks(link, t, f) {
			r := c.retry(ctx, retryUntil, check)
			results = append(results, r)
			// Entra reads issuer and credential itself: that this command could not does not end
			// the chain.
			stopped = stopped || r.Status == Broken ||
				r.Status == Unchecked && r.Link != LinkIssuer && r.Link != LinkCredential
		}
	}
	return results
}

// check looks at a link once.
type check func(context.Context) Result

// checks returns the checks of a link: the last one has a check for each secret.
func (c *Chain) checks(link Link, t target, f *findings) []check {
	if t.elsewhere && link.Number() > LinkCredential.Number() {
		return []check{skip(link, "lives in another cluster: verify it with that stack's outputs")}
	}
	if link == LinkSecret {
		if len(t.workload.Secrets) == 0 {
			return []check{skip(link, "the workload lists no secret to read")}
		}
		var list []check
		for _, s := range t.workload.Secrets {
			list = append(list, func(ctx context.Context) Result { return c.secret(ctx, t, s, f) })
		}
		return list
	}
	one := map[Link]func(context.Context, target, *findings) Result{
		LinkIssuer: c.issuer, LinkCredential: c.credential, LinkServiceAccount: c.serviceAccount,
		LinkWebhook: c.webhook, LinkToken: c.token, LinkExchange: c.exchange,
	}[link]
	return []check{func(ctx context.Context) Result { return one(ctx, t, f) }}
}

// skip returns a check of a link with nothing to check.
func skip(link Link, detail string) check {
	return func(context.Context) Result { return Result{Link: link, Status: Skipped, Detail: detail} }
}

// retry repeats a check with a transient failure until the time for that is over.
func (c *Chain) retry(ctx context.Context, until time.Time, once check) Result {
	interval := cmp.Or(c.Interval, 3*time.Second)
	for {
		r := once(ctx)
		if r.Status != Broken || !r.transient || time.Now().Add(interval).After(until) {
			return r
		}
		select {
		case <-ctx.Done():
			return r
		case <-time.After(interval):
		}
	}
}

func (c *Chain) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}
