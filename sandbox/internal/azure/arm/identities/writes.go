package identities

import "sync"

// writes records the identities under which a write is in progress.
type writes struct {
	mu   sync.Mutex
	busy map[string]bool
}

// start reports whether no write was in progress under the key, and records one.
func (w *writes) start(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[key] {
		return false
	}
	if w.busy == nil {
		w.busy = make(map[string]bool)
	}
	w.busy[key] = true
	return true
}

func (w *writes) end(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.busy, key)
}
