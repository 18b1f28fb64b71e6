package fault

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// bucket is a token bucket, as Azure documents its throttles.
type bucket struct{ limiter *rate.Limiter }

func newBucket(burst int, perSecond float64) *bucket {
	return &bucket{rate.NewLimiter(rate.Limit(perSecond), burst)}
}

// take takes a token, or returns the time until there is one.
func (b *bucket) take(now time.Time) time.Duration {
	r := b.limiter.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now) // a refused request takes no token
	}
	return wait
}

// bucketKey returns what has a bucket of its own under a limit.
func bucketKey(i int, l Limit, c Call) string {
	switch l.Per {
	case "group":
		return fmt.Sprintf("%d %s", i, strings.ToLower(c.Scope))
	case "resource":
		return fmt.Sprintf("%d %s", i, parentOf(c))
	}
	return fmt.Sprint(i)
}
