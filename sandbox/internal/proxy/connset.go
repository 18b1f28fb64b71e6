package proxy

import (
	"net"
	"sync"
)

// connSet holds, by host, the connections that the proxy has taken over. http.Server forgets such
// connections, so that its Close does not close them.
type connSet struct {
	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]string
}

// add keeps connections for Close. It returns false if the set is closed already.
func (s *connSet) add(host string, conns ...net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if s.conns == nil {
		s.conns = map[net.Conn]string{}
	}
	for _, c := range conns {
		s.conns[c] = host
	}
	return true
}

func (s *connSet) remove(conns ...net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range conns {
		delete(s.conns, c)
	}
}

// cut closes the connections of a host; with "", of all.
func (s *connSet) cut(host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, of := range s.conns {
		if host == "" || of == host {
			_ = c.Close()
		}
	}
}

// Close closes every connection; add refuses others from then on.
func (s *connSet) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.conns {
		_ = c.Close()
	}
}
