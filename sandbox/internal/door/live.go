package door

import (
	"net"
	"sync"
)

// live knows the connections that the proxy has taken over from its server,
// which forgets them: whoever closes the door closes them too.
type live struct {
	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]struct{}
}

// add is false once the door is closed.
func (l *live) add(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	if l.conns == nil {
		l.conns = map[net.Conn]struct{}{}
	}
	for _, c := range conns {
		l.conns[c] = struct{}{}
	}
	return true
}

func (l *live) remove(conns ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		delete(l.conns, c)
	}
}

// Close ends every connection, and lets no other be added.
func (l *live) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for c := range l.conns {
		_ = c.Close()
	}
}
