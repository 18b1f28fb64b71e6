package blob

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// The limits of a lease's duration and break period, in seconds
// (https://learn.microsoft.com/rest/api/storageservices/lease-blob#request-headers).
const (
	infiniteLease  = -1
	minLease       = 15
	maxLease       = 60
	maxBreakPeriod = 60
)

// Lease is the lease of a blob or container; the zero value is none. Its states, and what each
// action does in them, are those of the tables in
// https://learn.microsoft.com/rest/api/storageservices/lease-blob#remarks.
type Lease struct {
	ID      string    `json:"id,omitempty"`
	Seconds int       `json:"seconds,omitempty"` // duration; -1 is infinite
	Ends    time.Time `json:"ends,omitzero"`     // when a lease that is not infinite expires
	Breaks  time.Time `json:"breaks,omitzero"`   // when a lease that somebody breaks is broken
}

// The states of a lease.
const (
	leaseAvailable = "available"
	leaseLeased    = "leased"
	leaseExpired   = "expired"
	leaseBreaking  = "breaking"
	leaseBroken    = "broken"
)

func (l Lease) state(now time.Time) string {
	switch {
	case l.ID == "":
		return leaseAvailable
	case !l.Breaks.IsZero() && now.Before(l.Breaks):
		return leaseBreaking
	case !l.Breaks.IsZero():
		return leaseBroken
	case l.Seconds == infiniteLease || now.Before(l.Ends):
		return leaseLeased
	}
	return leaseExpired
}

// locked reports whether writes need the ID of the lease.
func (l Lease) locked(now time.Time) bool {
	state := l.state(now)
	return state == leaseLeased || state == leaseBreaking
}

// Status returns the status and the state of the lease, as listings and headers show them.
func (l Lease) Status(now time.Time) (status, state string) {
	if l.locked(now) {
		return "locked", l.state(now)
	}
	return "unlocked", l.state(now)
}

// Duration returns how a listing shows the duration, or "" if there is no lease now.
func (l Lease) Duration(now time.Time) string {
	switch {
	case l.state(now) != leaseLeased:
		return ""
	case l.Seconds == infiniteLease:
		return "infinite"
	}
	return "fixed"
}

// addLease adds the headers that show the lease.
func addLease(header map[string]string, l Lease, now time.Time) {
	header["x-ms-lease-status"], header["x-ms-lease-state"] = l.Status(now)
	if d := l.Duration(now); d != "" {
		header["x-ms-lease-duration"] = d
	}
}

// acquire begins a lease, or gives one that the same client holds a new duration.
func (l *Lease) acquire(now time.Time, seconds int, id string) error {
	switch l.state(now) {
	case leaseBreaking:
		return conflict("LeaseIsBreakingAndCannotBeAcquired", "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.")
	case leaseLeased:
		if !strings.EqualFold(id, l.ID) {
			return conflict("LeaseAlreadyPresent", "There is already a lease present.")
		}
	}
	*l = Lease{ID: id, Seconds: seconds}
	l.extend(now)
	return nil
}

// extend starts the duration again.
func (l *Lease) extend(now time.Time) {
	if l.Seconds != infiniteLease {
		l.Ends = now.Add(time.Duration(l.Seconds) * time.Second)
	}
}

// holder refuses an action by a client that does not name this lease.
func (l *Lease) holder(id string) error {
	switch {
	case l.ID == "":
		return conflict("LeaseNotPresentWithLeaseOperation", "There is currently no lease on the blob.")
	case !strings.EqualFold(id, l.ID):
		return conflict("LeaseIdMismatchWithLeaseOperation", "The lease ID specified did not match the lease ID for the blob.")
	}
	return nil
}

// renew starts the duration again, also after it has passed: a write in the meantime would have
// removed the lease.
func (l *Lease) renew(now time.Time, id string) error {
	if err := l.holder(id); err != nil {
		return err
	}
	if !l.Breaks.IsZero() {
		return conflict("LeaseIsBrokenAndCannotBeRenewed", "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.")
	}
	l.extend(now)
	return nil
}

// change gives the lease another ID. A client that repeats its request names either ID.
func (l *Lease) change(now time.Time, id, proposed string) error {
	state := l.state(now)
	if state == leaseLeased && strings.EqualFold(proposed, l.ID) {
		return nil
	}
	if err := l.holder(id); err != nil {
		return err
	}
	switch state {
	case leaseBreaking:
		return conflict("LeaseIsBreakingAndCannotBeChanged", "The lease ID matched, but the lease is currently in breaking state and cannot be changed.")
	case leaseLeased:
		l.ID = proposed
		return nil
	}
	return conflict("LeaseNotPresentWithLeaseOperation", "There is currently no lease on the blob.")
}

// end breaks the lease after a period, of which the shorter of the given one and the rest of the
// duration counts, and returns the seconds that remain. A negative period means that none was
// given: then an infinite lease breaks at once.
func (l *Lease) end(now time.Time, period int) (int, error) {
	left := 0
	switch l.state(now) {
	case leaseAvailable:
		return 0, conflict("LeaseNotPresentWithLeaseOperation", "There is currently no lease on the blob.")
	case leaseBroken, leaseExpired:
		l.Breaks = now
		return 0, nil
	case leaseBreaking:
		left = seconds(l.Breaks.Sub(now))
	case leaseLeased:
		left = max(period, 0)
		if l.Seconds != infiniteLease {
			left = seconds(l.Ends.Sub(now))
		}
	}
	if period >= 0 {
		left = min(left, period)
	}
	l.Breaks = now.Add(time.Duration(left) * time.Second)
	return left, nil
}

// seconds returns the duration in seconds, a part of one counted as one.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// allow checks the lease ID of a request that reads or writes. A write by somebody who names no
// lease removes one that has expired or is broken.
func (l *Lease) allow(now time.Time, id string, write bool) error {
	state := l.state(now)
	switch {
	case id == "" && !write:
		return nil
	case id == "" && l.locked(now):
		return precondition("LeaseIdMissing", "There is currently a lease on the blob and no lease ID was specified in the request.")
	case id == "":
		*l = Lease{}
		return nil
	case state == leaseAvailable:
		return precondition("LeaseNotPresentWithBlobOperation", "There is currently no lease on the blob.")
	case !strings.EqualFold(id, l.ID):
		return precondition("LeaseIdMismatchWithBlobOperation", "The lease ID specified did not match the lease ID for the blob.")
	case !l.locked(now):
		return precondition("LeaseLost", "A lease ID was specified, but the lease for the blob has expired.")
	}
	return nil
}

// onContainer replaces the words about blobs in the errors above by those about containers
// (https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes).
func onContainer(err error) error {
	if f, ok := err.(*failure); ok { //nolint:errorlint // Lease returns it unwrapped
		f.code = strings.Replace(f.code, "WithBlobOperation", "WithContainerOperation", 1)
		f.message = strings.ReplaceAll(f.message, "the blob", "the container")
	}
	return err
}

// act applies the action that the headers of a request name, and returns the response without the
// headers of the blob or container.
func (l *Lease) act(h http.Header, now time.Time) (response, error) {
	action, id := strings.ToLower(h.Get("x-ms-lease-action")), h.Get("x-ms-lease-id")
	if action != "acquire" && action != "break" {
		if err := checkLeaseID("x-ms-lease-id", id); err != nil {
			return response{}, err
		}
	}
	switch action {
	case "acquire":
		return l.actAcquire(h, now)
	case "renew":
		err := l.renew(now, id)
		return l.shown(http.StatusOK), err
	case "change":
		proposed := h.Get("x-ms-proposed-lease-id")
		if err := checkLeaseID("x-ms-proposed-lease-id", proposed); err != nil {
			return response{}, err
		}
		err := l.change(now, id, proposed)
		return l.shown(http.StatusOK), err
	case "release":
		if err := l.holder(id); err != nil {
			return response{}, err
		}
		*l = Lease{}
		return response{status: http.StatusOK, header: map[string]string{}}, nil
	case "break":
		period, err := number(h, "x-ms-lease-break-period", infiniteLease, 0, maxBreakPeriod)
		if err != nil {
			return response{}, err
		}
		left, err := l.end(now, period)
		return response{status: http.StatusAccepted, header: map[string]string{"x-ms-lease-time": strconv.Itoa(left)}}, err
	case "":
		return response{}, missingHeader("x-ms-lease-action")
	}
	return response{}, invalidHeader("x-ms-lease-action", action)
}

func (l *Lease) actAcquire(h http.Header, now time.Time) (response, error) {
	seconds := infiniteLease
	switch text := h.Get("x-ms-lease-duration"); text {
	case "":
		return response{}, missingHeader("x-ms-lease-duration")
	case strconv.Itoa(infiniteLease):
	default:
		var err error
		if seconds, err = number(h, "x-ms-lease-duration", infiniteLease, minLease, maxLease); err != nil {
			return response{}, err
		}
	}
	id := h.Get("x-ms-proposed-lease-id")
	if id == "" {
		id = uuid.NewString()
	} else if err := checkLeaseID("x-ms-proposed-lease-id", id); err != nil {
		return response{}, err
	}
	err := l.acquire(now, seconds, id)
	return l.shown(http.StatusCreated), err
}

func (l *Lease) shown(status int) response {
	return response{status: status, header: map[string]string{"x-ms-lease-id": l.ID}}
}

func checkLeaseID(header, id string) error {
	if id == "" {
		return missingHeader(header)
	}
	if _, err := uuid.Parse(id); err != nil {
		return invalidHeader(header, id)
	}
	return nil
}

// number reads a header with a number between two limits; without the header it returns missing.
func number(h http.Header, name string, missing, low, high int) (int, error) {
	text := h.Get(name)
	if text == "" {
		return missing, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, invalidHeader(name, text)
	}
	return n, nil
}

func conflict(code, text string) *failure { return failf(http.StatusConflict, code, "%s", text) }

func precondition(code, text string) *failure {
	return failf(http.StatusPreconditionFailed, code, "%s", text)
}
