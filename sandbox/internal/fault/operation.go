package fault

import (
	"context"
	"errors"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// The ends of a long-running operation that a rule can ask for.
const (
	Fail   = "fail"
	Cancel = "cancel"
)

// ErrCanceled is the cause of an operation that a rule cancels.
var ErrCanceled = errors.New("the operation was canceled")

// errFailed is the cause of an operation that a rule lets fail.
var errFailed = errors.New("a fault of the sandbox ended the operation; `sandbox fault` shows its rule")

// Operation waits for the time by which a rule delays the long-running operation on a resource, and
// returns the error with which a rule ends it. The service calls it when it has begun the
// operation.
func (s *Set) Operation(ctx context.Context, method, id string) error {
	if s == nil {
		return nil
	}
	r := s.fire(armCall(Call{Service: ARM, Method: method, Resource: id}), func(e Effect) bool { return e.Operation != "" || e.Late != 0 })
	if r == nil {
		return nil
	}
	if err := s.wait(ctx, r.Do.Late); err != nil {
		return err
	}
	switch r.Do.Operation {
	case Fail:
		return errFailed
	case Cancel:
		return ErrCanceled
	}
	return nil
}

// throttled returns the time to wait before the call may be repeated; 0 if it is within all limits.
func (s *Set) throttled(c Call) (retryAfter Duration, by *Limit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	for i, l := range s.profile.Limits {
		if !l.Match.Matches(c) {
			continue
		}
		key := bucketKey(i, l, c)
		if s.buckets[key] == nil {
			rate := l.PerSecond
			if s.profile.Compress > 0 {
				rate *= s.profile.Compress
			}
			s.buckets[key] = newBucket(l.Burst, rate)
		}
		if wait := s.buckets[key].take(now); wait > 0 {
			return Duration(wait), &l
		}
	}
	return 0, nil
}

// parentOf returns the ID that the calls to a resource and its siblings share.
func parentOf(c Call) string {
	id, err := resource.ParseID(c.Resource)
	if err != nil {
		return c.Resource
	}
	if parent, ok := id.Parent(); ok {
		return resource.Key(parent)
	}
	return id.Key()
}

// mutates reports whether a method of HTTP can change something.
func mutates(method string) bool { return method != http.MethodGet && method != http.MethodHead }
