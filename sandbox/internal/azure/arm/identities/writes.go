package identities

import "sync"

// writes remembers which identities have a write under way.
type writes struct {
	mu   sync.Mutex
	busy map[string]bool
}

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
