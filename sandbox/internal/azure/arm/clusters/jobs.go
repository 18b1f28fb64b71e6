package clusters

import (
	"context"
	"sync"
)

// jobs runs one function at a time per cluster. A deletion can interrupt the running one.
type jobs struct {
	mu   sync.Mutex
	each map[string]*job
}

type job struct {
	lock   sync.Mutex
	cancel context.CancelFunc // interrupts the running function; nil if none runs
}

// get returns the job of a key.
func (j *jobs) get(key string) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.each == nil {
		j.each = make(map[string]*job)
	}
	if j.each[key] == nil {
		j.each[key] = &job{}
	}
	return j.each[key]
}

// run waits until no other function runs for the key, and runs f.
func (j *jobs) run(ctx context.Context, key string, f func(context.Context)) {
	one := j.get(key)
	one.lock.Lock()
	defer one.lock.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	j.mu.Lock()
	one.cancel = cancel
	j.mu.Unlock()
	f(ctx)
	j.mu.Lock()
	one.cancel = nil
	j.mu.Unlock()
}

// runUninterrupted waits in the same way and runs f, which interrupt does not cancel: if a deletion
// is requested twice, for the cluster and for its resource group, the second must not stop the
// first halfway.
func (j *jobs) runUninterrupted(key string, f func()) {
	one := j.get(key)
	one.lock.Lock()
	defer one.lock.Unlock()
	f()
}

// interrupt cancels the function that runs for the key.
func (j *jobs) interrupt(key string) {
	one := j.get(key)
	j.mu.Lock()
	defer j.mu.Unlock()
	if one.cancel != nil {
		one.cancel()
	}
}
