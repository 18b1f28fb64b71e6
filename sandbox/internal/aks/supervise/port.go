package supervise

import (
	"fmt"
	"net"
	"sync"
)

// handedOut records the ports that this process has found. Two clusters that start at the same time
// must not get the same port, which the kernel would return as long as nothing listens on it.
var handedOut = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

// maxHandedOut limits the record: far more ports than are in use within a moment, and far fewer
// than there are.
const maxHandedOut = 1000

// FreePorts returns n free TCP ports of 127.0.0.1. Another process can take one before it is used;
// the caller then tries again with others.
func FreePorts(n int) ([]int, error) {
	handedOut.Lock()
	defer handedOut.Unlock()
	if len(handedOut.ports) > maxHandedOut {
		clear(handedOut.ports)
	}
	var ports []int
	for len(ports) < n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("free port: %w", err)
		}
		// The listeners stay open until all ports are found, so that the ports differ.
		defer l.Close()
		port := l.Addr().(*net.TCPAddr).Port
		if handedOut.ports[port] {
			continue
		}
		handedOut.ports[port] = true
		ports = append(ports, port)
	}
	return ports, nil
}
