package fault

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// The parts of a cluster that Outage stops.
const (
	APIServer = "apiserver"
	Webhook   = "webhook"
)

// Outages lists the parts of a cluster that can be stopped.
var Outages = []string{APIServer, Webhook}

// Options are the settings of a Set.
type Options struct {
	// File keeps the profile and what has happened, so that a killed sandbox goes on where it was;
	// "" keeps nothing.
	File string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Log gets a line for every fault; nil is slog.Default.
	Log *slog.Logger
	// Kill ends the process; nil sends SIGKILL to it.
	Kill func()
	// Stopped is called when a part of the clusters begins to be stopped; nil: nothing is.
	Stopped func(part string)
}

// Set holds the faults of a running sandbox. It is safe for concurrent use. The nil Set has none.
type Set struct {
	options Options

	mu      sync.Mutex
	profile Profile
	seen    map[string]int // matching calls of each rule, by ID
	held    map[string]int // calls that a rule holds now
	release map[string]chan struct{}
	buckets map[string]*bucket
	until   map[string]time.Time // end of each outage
	random  *rand.Rand
	calls   []Call // the mutating ones, while they are recorded
	record  bool
}

// saved is the content of Options.File.
type saved struct {
	Profile Profile        `json:"profile"`
	Seen    map[string]int `json:"seen,omitempty"`
}

// Open returns the set of the file, or an empty one.
func Open(o Options) (*Set, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Kill == nil {
		o.Kill = func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }
	}
	o.Log = cmp.Or(o.Log, slog.Default())
	s := &Set{options: o}
	var content saved
	if o.File != "" {
		text, err := os.ReadFile(o.File)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("faults: %w", err)
		}
		if err == nil {
			if err := json.Unmarshal(text, &content); err != nil {
				return nil, fmt.Errorf("faults in %s: %w; remove the file to start without faults", o.File, err)
			}
		}
	}
	s.set(content.Profile)
	if content.Seen != nil {
		s.seen = content.Seen
	}
	return s, nil
}

// set replaces everything. The caller holds the lock, or nobody else has the set yet.
func (s *Set) set(p Profile) {
	for _, c := range s.release {
		close(c)
	}
	s.profile = p
	s.profile.Name = cmp.Or(p.Name, None)
	s.profile.Rules = slices.Clone(p.Rules)
	s.seen, s.held = map[string]int{}, map[string]int{}
	s.release, s.buckets = map[string]chan struct{}{}, map[string]*bucket{}
	s.until = map[string]time.Time{}
	s.random = rand.New(rand.NewPCG(p.Seed, 0))
	for i := range s.profile.Rules {
		s.identify(&s.profile.Rules[i])
	}
}

// identify gives a rule an ID that no other has.
func (s *Set) identify(r *Rule) {
	for n := 1; r.ID == ""; n++ {
		id := strconv.Itoa(n)
		if !slices.ContainsFunc(s.profile.Rules, func(other Rule) bool { return other.ID == id }) {
			r.ID = id
		}
	}
}

// Use replaces the profile, and ends all outages and held calls.
func (s *Set) Use(p Profile) error {
	if err := p.Check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(p)
	return s.save()
}

// Add adds a rule to the profile and returns its ID. A rule of the same ID is replaced.
func (s *Set) Add(r Rule) (id string, err error) {
	if err := errors.Join(r.check("rule")...); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identify(&r)
	s.profile.Rules = slices.DeleteFunc(s.profile.Rules, func(have Rule) bool { return have.ID == r.ID })
	s.profile.Rules = append(s.profile.Rules, r)
	delete(s.seen, r.ID)
	return r.ID, s.save()
}

// Release lets the calls go on that a rule holds, and ends the rule.
func (s *Set) Release(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.profile.Rules, func(r Rule) bool { return r.ID == id })
	if at < 0 {
		return fmt.Errorf("there is no rule %q; `sandbox fault` lists them", id)
	}
	s.profile.Rules = slices.Delete(s.profile.Rules, at, at+1)
	if c := s.release[id]; c != nil {
		close(c)
		delete(s.release, id)
	}
	return s.save()
}

// Outage stops a part of every cluster for a time, which is not compressed.
func (s *Set) Outage(part string, d time.Duration) error {
	if !slices.Contains(Outages, part) {
		return fmt.Errorf("there is no part %q; it can be one of %v", part, Outages)
	}
	s.mu.Lock()
	s.until[part] = s.options.Now().Add(d)
	s.mu.Unlock()
	if s.options.Stopped != nil {
		s.options.Stopped(part)
	}
	return nil
}

// Down reports whether a part of the clusters is stopped now.
func (s *Set) Down(part string) bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.options.Now().Before(s.until[part])
}

// save writes the file. The caller holds the lock.
func (s *Set) save() error {
	if s.options.File == "" {
		return nil
	}
	text, err := json.Marshal(saved{Profile: s.profile, Seen: s.seen})
	if err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	part := s.options.File + ".part"
	if err := os.WriteFile(part, text, 0o600); err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	return os.Rename(part, s.options.File)
}

// State is what `sandbox fault` shows.
type State struct {
	Profile Profile        `json:"profile"`
	Seen    map[string]int `json:"seen,omitempty"` // calls that matched each rule, by ID
	Held    map[string]int `json:"held,omitempty"` // calls that each rule holds
	// Outages has the time in seconds for which each part is still stopped.
	Outages map[string]float64 `json:"outages,omitempty"`
	// Calls are the mutating calls since Record.
	Calls []Call `json:"calls,omitempty"`
}

// State returns a copy of what the set holds.
func (s *Set) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := State{Profile: s.profile, Seen: map[string]int{}, Held: map[string]int{}, Outages: map[string]float64{}, Calls: slices.Clone(s.calls)}
	st.Profile.Rules = slices.Clone(s.profile.Rules)
	for id, n := range s.seen {
		st.Seen[id] = n
	}
	for id, n := range s.held {
		st.Held[id] = n
	}
	for part, end := range s.until {
		if left := end.Sub(s.options.Now()); left > 0 {
			st.Outages[part] = left.Seconds()
		}
	}
	return st
}

// Record starts a new record of the mutating calls, or ends it.
func (s *Set) Record(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record = on
	if on {
		s.calls = nil
	}
}

// compressed returns a duration of the profile in the sandbox's time. The caller holds the lock.
func (s *Set) compressed(d Duration) time.Duration {
	return time.Duration(float64(d) / cmp.Or(s.profile.Compress, 1))
}

// Delays returns the profile's delays in the sandbox's time.
func (s *Set) Delays() Delays {
	if s == nil {
		return Delays{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.profile.Delays
	for _, v := range []*Duration{&d.Principal, &d.Identity, &d.RoleEffect, &d.Credential, &d.IssuerURL, &d.CredentialWrite} {
		*v = Duration(s.compressed(*v))
	}
	return d
}

// Clock returns a clock that is ahead of now by the profile's skew.
func (s *Set) Clock(now func() time.Time) func() time.Time {
	return func() time.Time { return now().Add(time.Duration(s.Delays().Skew)) }
}

// fire returns the first rule that applies to the call and that wants it; nil if there is none. All
// matching rules count the call.
func (s *Set) fire(c Call, wants func(Effect) bool) *Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found *Rule
	for i := range s.profile.Rules {
		r := s.profile.Rules[i]
		if !wants(r.Do) || !r.Match.Matches(c) {
			continue
		}
		s.seen[r.ID]++
		n := s.seen[r.ID] - cmp.Or(r.Nth, 1)
		if n < 0 || r.Times > 0 && n >= r.Times || r.Chance > 0 && s.random.Float64() >= r.Chance || found != nil {
			continue
		}
		found = &r
	}
	if found == nil {
		return nil
	}
	s.options.Log.Info("fault", "rule", found.ID, "service", c.Service, "method", c.Method, "resource", c.Resource)
	if err := s.save(); err != nil {
		s.options.Log.Error("faults cannot be saved", "error", err)
	}
	return found
}

// hold waits until the rule is released or the context ends.
func (s *Set) hold(ctx context.Context, id string) {
	s.mu.Lock()
	if s.release[id] == nil {
		s.release[id] = make(chan struct{})
	}
	released := s.release[id]
	s.held[id]++
	s.mu.Unlock()
	select {
	case <-released:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[id] > 0 {
		s.held[id]--
	}
}

// wait waits for a duration of the profile.
func (s *Set) wait(ctx context.Context, d Duration) error {
	s.mu.Lock()
	pause := s.compressed(d)
	s.mu.Unlock()
	if pause <= 0 {
		return nil
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
