package clusters

import (
	"context"
	"sync"
)

// jobs runs one thing at a time per cluster, and lets a deletion cut short what runs before it.
type jobs struct {
	mu   sync.Mutex
	each map[string]*job
}

type job struct {
	lock   sync.Mutex
	cancel context.CancelFunc // of what runs; nil when nothing does
}

func (j *jobs) of(key string) *job {
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

// run waits for its turn and runs f.
func (j *jobs) run(ctx context.Context, key string, f func(context.Context)) {
	one := j.of(key)
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

// last waits for its turn and runs f, which removes what the key stands for. Nothing cuts it short: a deletion that is
// asked for twice, for the cluster and for its resource group, must not stop itself halfway.
func (j *jobs) last(key string, f func()) {
	one := j.of(key)
	one.lock.Lock()
	defer one.lock.Unlock()
	f()
}

// interrupt cancels what runs for the key.
func (j *jobs) interrupt(key string) {
	one := j.of(key)
	j.mu.Lock()
	defer j.mu.Unlock()
	if one.cancel != nil {
		one.cancel()
	}
}
