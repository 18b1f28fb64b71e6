// Package fault makes the sandbox's Azure and its API servers slow, throttled and faulty on
// request, so that a program can be tried under what happens in Azure.
//
// A Profile says what happens; a Set holds the profile of a running sandbox, counts the calls and
// answers what is to happen to each. The package knows requests and times only: the proxy's side
// wraps its handlers with Set.Handler, the stores ask for Set.Delays, the long-running operations
// for Set.Operation, the API servers for Set.Audit.
package fault

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Duration is a time.Duration that is written as 2m30s in files.
type Duration time.Duration

// MarshalText writes the form that time.ParseDuration reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration reads.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// Profile is what a sandbox does to its clients. The zero Profile does nothing.
type Profile struct {
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description,omitempty" json:"description,omitempty"`
	// Compress divides every duration and multiplies every rate of the profile; 0 is 1. The figures
	// of a profile stay those of Azure, and a run takes a fraction of their time.
	Compress float64 `yaml:"compress,omitempty" json:"compress,omitempty"`
	// Seed is the start of the random numbers that decide on rules with a chance.
	Seed   uint64  `yaml:"seed,omitempty" json:"seed,omitempty"`
	Delays Delays  `yaml:"delays,omitempty" json:"delays,omitempty"`
	Limits []Limit `yaml:"limits,omitempty" json:"limits,omitempty"`
	Rules  []Rule  `yaml:"rules,omitempty" json:"rules,omitempty"`
}

// Delays are the times after which what was written is seen everywhere. A zero delay leaves what
// the sandbox does without a profile.
type Delays struct {
	// Principal is the time for which a role assignment without principalType does not find a new
	// principal (PrincipalNotFound).
	Principal Duration `yaml:"principal,omitempty" json:"principal,omitempty"`
	// Identity is the time for which a new user-assigned identity takes no federated credential
	// ("MS Graph resource not found").
	Identity Duration `yaml:"identity,omitempty" json:"identity,omitempty"`
	// RoleEffect is the time until a role assignment has an effect (403).
	RoleEffect Duration `yaml:"roleEffect,omitempty" json:"roleEffect,omitempty"`
	// Credential is the time until a federated credential is accepted (AADSTS700213).
	Credential Duration `yaml:"credential,omitempty" json:"credential,omitempty"`
	// IssuerURL is the time for which the issuer's URL of a cluster is empty.
	IssuerURL Duration `yaml:"issuerUrl,omitempty" json:"issuerUrl,omitempty"`
	// CredentialWrite is the time for which a write of a federated credential refuses others under
	// the same identity.
	CredentialWrite Duration `yaml:"credentialWrite,omitempty" json:"credentialWrite,omitempty"`
	// Skew is how far Azure's clock is ahead of the clusters'; negative, behind. Compress does not
	// change it.
	Skew Duration `yaml:"skew,omitempty" json:"skew,omitempty"`
}

// Limit is a throttle: a bucket of tokens for each thing that Per names, of which every matching
// call takes one. A call that finds none is answered with 429 and Retry-After.
type Limit struct {
	Match Match `yaml:"match" json:"match"`
	// Per is what has a bucket of its own: "subscription" (default), "group" or "resource", which
	// is the parent of a child resource.
	Per       string  `yaml:"per,omitempty" json:"per,omitempty"`
	Burst     int     `yaml:"burst" json:"burst"`
	PerSecond float64 `yaml:"perSecond" json:"perSecond"`
	Source    string  `yaml:"source,omitempty" json:"source,omitempty"`
}

// Rule is a fault for the calls that it matches.
type Rule struct {
	// ID is the name by which `sandbox fault` knows the rule. A rule without one gets a number.
	ID    string `yaml:"id,omitempty" json:"id,omitempty"`
	Match Match  `yaml:"match" json:"match"`
	// Nth is the first matching call that the rule applies to; 0 is 1.
	Nth int `yaml:"nth,omitempty" json:"nth,omitempty"`
	// Times is the number of calls, from the Nth on, that it applies to; 0 is all.
	Times int `yaml:"times,omitempty" json:"times,omitempty"`
	// Chance is the probability, 0 to 1, with which it applies to each of these; 0 is 1.
	Chance float64 `yaml:"chance,omitempty" json:"chance,omitempty"`
	Do     Effect  `yaml:"do" json:"do"`
	Source string  `yaml:"source,omitempty" json:"source,omitempty"`
}

// When is the moment of a call at which something happens to it.
type When string

// Before is when the call has not reached the service; After is when its effect is stored and its
// answer not sent.
const (
	Before When = "before"
	After  When = "after"
)

// Effect is what happens to a call. Exactly one of its members is set; RetryAfter goes with Status,
// Late with Operation or alone.
type Effect struct {
	// Status answers with this error, 400 to 599, and the call has no effect.
	Status int `yaml:"status,omitempty" json:"status,omitempty"`
	// RetryAfter is sent with Status.
	RetryAfter Duration `yaml:"retryAfter,omitempty" json:"retryAfter,omitempty"`
	// Cut ends the connection without an answer.
	Cut When `yaml:"cut,omitempty" json:"cut,omitempty"`
	// Hold keeps the call until `sandbox fault release`, or until its client has gone.
	Hold When `yaml:"hold,omitempty" json:"hold,omitempty"`
	// Kill ends the sandbox with SIGKILL.
	Kill When `yaml:"kill,omitempty" json:"kill,omitempty"`
	// Delay is the time that the call takes longer.
	Delay Duration `yaml:"delay,omitempty" json:"delay,omitempty"`
	// Operation is "fail" or "cancel": the end of the long-running operation that the call starts.
	Operation string `yaml:"operation,omitempty" json:"operation,omitempty"`
	// Late is the time that the long-running operation takes longer.
	Late Duration `yaml:"late,omitempty" json:"late,omitempty"`
}

//go:embed profiles
var builtIn embed.FS

// None is the name of the profile without faults.
const None = "none"

// Names lists the built-in profiles.
func Names() []string { return []string{None, "azure"} }

// Load returns the built-in profile of that name, or reads a file.
func Load(nameOrFile string) (Profile, error) {
	if nameOrFile == "" || nameOrFile == None {
		return Profile{Name: None}, nil
	}
	if slices.Contains(Names(), nameOrFile) {
		text, err := builtIn.ReadFile("profiles/" + nameOrFile + ".yaml")
		if err != nil {
			return Profile{}, err
		}
		return Parse(nameOrFile, text)
	}
	text, err := os.ReadFile(nameOrFile)
	if errors.Is(err, os.ErrNotExist) {
		return Profile{}, fmt.Errorf("%q is neither a built-in fault profile (%s) nor a file", nameOrFile, strings.Join(Names(), ", "))
	}
	if err != nil {
		return Profile{}, err
	}
	return Parse(nameOrFile, text)
}

// Parse reads a profile in YAML or JSON. The error has every problem, with its place.
func Parse(file string, text []byte) (Profile, error) {
	var p Profile
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p); err != nil && !errors.Is(err, io.EOF) {
		return Profile{}, fmt.Errorf("fault profile %s: %w", file, err)
	}
	if err := p.Check(); err != nil {
		return Profile{}, fmt.Errorf("fault profile %s: %w", file, err)
	}
	return p, nil
}
