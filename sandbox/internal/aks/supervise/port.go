package supervise

import (
	"fmt"
	"net"
)

// FreePorts finds n free TCP ports of 127.0.0.1. Another process can take one
// before it is used: whoever uses them tries again with others.
func FreePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("free port: %w", err)
		}
		// All stay open until all are found, so that they differ.
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
