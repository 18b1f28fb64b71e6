package supervise

import (
	"fmt"
	"net"
	"sync"
)

// given remembers the ports that this process has found: two clusters that start
// at the same time must not be given the same one, which the kernel would do as
// long as nobody listens on it.
var given = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

// maxGiven bounds the memory, far above what starts within a moment and far
// below the number of ports there are.
const maxGiven = 1000

// FreePorts finds n free TCP ports of 127.0.0.1. Another process can take one
// before it is used: whoever uses them tries again with others.
func FreePorts(n int) ([]int, error) {
	given.Lock()
	defer given.Unlock()
	if len(given.ports) > maxGiven {
		clear(given.ports)
	}
	var ports []int
	for len(ports) < n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("free port: %w", err)
		}
		// All stay open until all are found, so that they differ.
		defer l.Close()
		port := l.Addr().(*net.TCPAddr).Port
		if given.ports[port] {
			continue
		}
		given.ports[port] = true
		ports = append(ports, port)
	}
	return ports, nil
}
