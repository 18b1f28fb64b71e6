package chain

import (
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// Link is one link of the chain.
type Link string

// The links, in the order in which a pod depends on them.
const (
	LinkIssuer         Link = "issuer"
	LinkCredential     Link = "credential"
	LinkServiceAccount Link = "service account"
	LinkWebhook        Link = "webhook"
	LinkToken          Link = "token"
	LinkExchange       Link = "exchange"
	LinkSecret         Link = "secret"
)

// Links returns all links in order.
func Links() []Link {
	return []Link{LinkIssuer, LinkCredential, LinkServiceAccount, LinkWebhook, LinkToken, LinkExchange, LinkSecret}
}

// Number returns the link's place in the chain, from 1, or 0 for an unknown link.
func (l Link) Number() int { return slices.Index(Links(), l) + 1 }

// Status is the outcome of one link.
type Status string

// The statuses of a link.
const (
	// OK means that the link holds.
	OK Status = "ok"
	// Broken means that the link does not hold, and a pod would fail here.
	Broken Status = "broken"
	// Unchecked means that this command could not look (no login, no right to read, cluster or
	// network out of reach). It tells nothing about the chain.
	Unchecked Status = "unchecked"
	// Skipped means that there is nothing to check.
	Skipped Status = "skipped"
	// NotReached means that an earlier link stopped the check.
	NotReached Status = "not reached"
)

// Result is what is known about one link of one federation.
type Result struct {
	Link   Link   `json:"link"`
	Status Status `json:"status"`
	// Detail is what was seen; lines after the first show values side by side.
	Detail string `json:"detail,omitempty"`
	// Remedy is what to do, in a sentence without a full stop; set when Broken or Unchecked.
	Remedy string `json:"remedy,omitempty"`
	// Code is Entra's, Azure's or Key Vault's own: AADSTS700213, ForbiddenByRbac, SecretNotFound.
	Code string `json:"code,omitempty"`
	// Predicted is true when Code is what Entra is going to answer, known before the exchange was
	// tried.
	Predicted bool `json:"codePredicted,omitempty"`
	// Cause is the link that Code points at when it is not this one.
	Cause Link `json:"cause,omitempty"`

	// transient is true when the link may hold later without a change; see Chain.RetryFor.
	transient bool
}

func ok(l Link, detail string) Result { return Result{Link: l, Status: OK, Detail: detail} }

func broken(l Link, detail, remedy string) Result {
	return Result{Link: l, Status: Broken, Detail: detail, Remedy: remedy}
}

func unchecked(l Link, detail, remedy string) Result {
	return Result{Link: l, Status: Unchecked, Detail: detail, Remedy: remedy}
}

// withCode returns the result with a code that was really seen.
func (r Result) withCode(code string) Result {
	r.Code = code
	return r
}

// predicting returns the result with the code that Entra is going to answer because of what was
// found.
func (r Result) predicting(number int) Result {
	r.Code, r.Predicted = entra.Format(number), true
	return r
}

// asTransient returns the result marked as one that may be another later.
func (r Result) asTransient() Result {
	r.transient = true
	return r
}

// Outcome is what the results of one federation come to.
type Outcome string

// The outcomes of a federation.
const (
	// Proven means that a token of the service account was exchanged, and every secret of the
	// workload was read.
	Proven Outcome = "proven"
	// Failed means that a link is broken.
	Failed Outcome = "broken"
	// Unknown means that no link is seen to be broken, but the check could not be finished.
	Unknown Outcome = "unchecked"
	// Elsewhere means that the federation trusts another cluster or issuer; only the first two
	// links can be seen from here.
	Elsewhere Outcome = "elsewhere"
)

// OutcomeOf returns the outcome of a federation. An issuer or credential that could not be read
// does not keep a federation from being proven when Entra accepted the token: it has read both
// itself.
func OutcomeOf(results []Result) Outcome {
	exchanged, complete, elsewhere := false, true, false
	for _, r := range results {
		switch r.Status {
		case Broken:
			return Failed
		case OK:
			exchanged = exchanged || r.Link == LinkExchange
		case Unchecked, NotReached:
			complete = complete && (r.Link == LinkIssuer || r.Link == LinkCredential)
		case Skipped:
			elsewhere = elsewhere || r.Link == LinkExchange
		}
	}
	switch {
	case elsewhere && complete:
		return Elsewhere
	case exchanged && complete:
		return Proven
	}
	return Unknown
}
