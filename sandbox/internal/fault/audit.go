package fault

import (
	"context"
	"net/http"
)

// AuditError is returned by Audit for a call that the API server must refuse.
type AuditError struct{ Status int }

func (e *AuditError) Error() string { return http.StatusText(e.Status) }

// Audit does to a call of an API server what the rules say. The API server asks before the call
// takes effect and before its answer is sent, and waits; cut ends the connections of the cluster's
// clients. After an AuditError of the first question the API server refuses the call with 500.
func (s *Set) Audit(ctx context.Context, c Call, when When, cut func()) error {
	if s == nil {
		return nil
	}
	if when == Before {
		s.note(c)
	}
	r := s.fire(c, func(e Effect) bool { return e.at() == when && e.Operation == "" && e.Late == 0 })
	if r == nil {
		return nil
	}
	e := r.Do
	switch {
	case e.Status != 0:
		return &AuditError{e.Status}
	case e.Cut != "":
		cut()
	case e.Kill != "":
		s.options.Kill()
	case e.Hold != "":
		s.hold(ctx, r.ID)
		if when == Before && ctx.Err() != nil {
			return &AuditError{http.StatusServiceUnavailable}
		}
	case e.Delay != 0:
		return s.wait(ctx, e.Delay)
	}
	return nil
}

// at returns the moment of the effect.
func (e Effect) at() When {
	switch {
	case e.Cut != "":
		return e.Cut
	case e.Kill != "":
		return e.Kill
	case e.Hold != "":
		return e.Hold
	case e.Delay != 0:
		return After
	}
	return Before
}
