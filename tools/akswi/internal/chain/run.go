package chain

import (
	"cmp"
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/kubernetes"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// Chain holds what the links need. Every field that reaches the outside can be replaced.
type Chain struct {
	Stack *outputs.Stack
	// Issuers reads discovery documents.
	Issuers *Issuers
	// Credentials and Roles read Azure with the operator's login; nil when there is none, and CredentialsErr says why.
	Credentials    CredentialReader
	Roles          RoleReader
	CredentialsErr error
	// Kubernetes is nil when there is no cluster to ask; KubernetesErr says why.
	Kubernetes    kubernetes.Interface
	KubernetesErr error
	// Client holds transport and retries of the workload's own clients (Entra and Key Vault); zero keeps the SDK's.
	Client azcore.ClientOptions
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// RetryFor is how long, from the start of the run, a break that time may heal is looked at again; 0 is not at all.
	RetryFor time.Duration
	// Interval between two looks; 0 is 3 s.
	Interval time.Duration
	// Parallel federations; 0 is 8.
	Parallel int
}

// WorkloadReport is what was found about one workload.
type WorkloadReport struct {
	Name        string             `json:"name"`
	Kind        outputs.Kind       `json:"identityKind"`
	ClientID    string             `json:"clientId"`
	Federations []FederationReport `json:"federations"`
}

// FederationReport is what was found about one federation, one result a link and for the last link one a secret.
type FederationReport struct {
	// Cluster is the platform's name, where the stack runs on clusters of other stacks.
	Cluster        string   `json:"cluster,omitempty"`
	Namespace      string   `json:"namespace"`
	ServiceAccount string   `json:"serviceAccount"`
	Outcome        Outcome  `json:"outcome"`
	Results        []Result `json:"results"`
}

// target is one federation to check.
type target struct {
	stack      *outputs.Stack
	workload   outputs.Workload
	federation outputs.Federation
	// issuer is the one that the federation has to trust.
	issuer string
	// elsewhere: the service account lives in another cluster, which this stack's kubeconfig does not reach.
	elsewhere bool
}

// facts is what earlier links found out for later ones.
type facts struct {
	discovery *Discovery // nil when the issuer could not be read from here
	mutation  mutation
	// defaultClientID is the client id that pods of a shared service account find in their environment: another
	// workload's. Empty when the service account names this workload's own.
	defaultClientID string
	token           string // the service account token
	folder          string // where the token is written to
	login           azcore.TokenCredential
}

// Verify checks the workloads' federations side by side. The report has their order, whatever is done first.
func (c *Chain) Verify(ctx context.Context, workloads []outputs.Workload) []WorkloadReport {
	until := time.Now().Add(c.RetryFor)
	reports := make([]WorkloadReport, len(workloads))
	var group errgroup.Group
	group.SetLimit(cmp.Or(c.Parallel, 8))
	for i, w := range workloads {
		reports[i] = WorkloadReport{Name: w.Name, Kind: w.Kind, ClientID: w.ClientID, Federations: make([]FederationReport, len(w.Federations))}
		for j, t := range c.targets(w) {
			group.Go(func() error {
				results := c.federation(ctx, t, until)
				reports[i].Federations[j] = FederationReport{
					Cluster: t.federation.Cluster, Namespace: t.federation.Namespace, ServiceAccount: t.federation.ServiceAccount, Outcome: Judge(results), Results: results,
				}
				return nil
			})
		}
	}
	_ = group.Wait() // no function returns an error: results carry them
	return reports
}

// targets are a workload's federations. Which of them are another cluster's is for the stack to say: an issuer that
// merely differs is a wrong one. The cluster's own issuer is never elsewhere, even when it was given by hand.
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

// federation walks the chain until a link does not hold.
func (c *Chain) federation(ctx context.Context, t target, until time.Time) []Result {
	f := &facts{}
	defer f.close()
	var results []Result
	stopped := false
	for _, link := range Links() {
		if stopped {
			results = append(results, Result{Link: link, Status: NotReached})
			continue
		}
		for _, r := range c.check(ctx, link, t, f, until) {
			results = append(results, r)
			// Entra reads issuer and credential itself: that this command could not does not end the chain.
			stopped = stopped || r.Status == Broken ||
				r.Status == Unchecked && r.Link != LinkIssuer && r.Link != LinkCredential
		}
	}
	return results
}

// check runs one link; the last one has a result for each secret.
func (c *Chain) check(ctx context.Context, link Link, t target, f *facts, until time.Time) []Result {
	if t.elsewhere && link.Number() > LinkCredential.Number() {
		return []Result{{Link: link, Status: Skipped, Detail: "lives in another cluster: verify it with that stack's outputs"}}
	}
	if link == LinkSecret {
		if len(t.workload.Secrets) == 0 {
			return []Result{{Link: link, Status: Skipped, Detail: "the workload lists no secret to read"}}
		}
		var results []Result
		for _, s := range t.workload.Secrets {
			results = append(results, c.patiently(ctx, until, func() Result { return c.secret(ctx, t, s, f) }))
		}
		return results
	}
	look := map[Link]func(context.Context, target, *facts) Result{
		LinkIssuer: c.issuer, LinkCredential: c.credential, LinkServiceAccount: c.serviceAccount,
		LinkWebhook: c.webhook, LinkToken: c.token, LinkExchange: c.exchange,
	}[link]
	return []Result{c.patiently(ctx, until, func() Result { return look(ctx, t, f) })}
}

// patiently looks again at a break that may pass, until the time for that is over.
func (c *Chain) patiently(ctx context.Context, until time.Time, look func() Result) Result {
	interval := cmp.Or(c.Interval, 3*time.Second)
	for {
		r := look()
		if r.Status != Broken || !r.passes || time.Now().Add(interval).After(until) {
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
