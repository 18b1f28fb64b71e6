// Package connect has what the two servers of HTTP CONNECT share, the proxy for the sandbox's
// commands and the egress tunnel of an API server: taking a connection over, answering, and
// copying.
package connect

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Take takes the connection of a request over from its server. What the client sent before it had
// an answer is read from the connection first.
func Take(w http.ResponseWriter) (net.Conn, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	n := buffered.Reader.Buffered()
	if n == 0 {
		return conn, nil
	}
	early := make([]byte, n)
	if _, err := io.ReadFull(buffered, early); err != nil {
		conn.Close()
		return nil, err
	}
	return &bufferedConn{Conn: conn, early: early}, nil
}

// bufferedConn is a connection of which the first bytes have been read already.
type bufferedConn struct {
	net.Conn
	early []byte
}

func (c *bufferedConn) Read(p []byte) (int, error) {
	if len(c.early) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.early)
	c.early = c.early[n:]
	return n, nil
}

// CloseWrite ends the direction to the client, if the connection can do that.
func (c *bufferedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Conn.Close()
}

// Accept answers that the connection is established.
func Accept(conn net.Conn) error {
	_, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	return err
}

// Refuse answers with an error status. The reason is in the status line and in the body: many
// clients, and API servers, show the status line only.
func Refuse(conn net.Conn, status int, reason string) {
	line := strings.NewReplacer("\r", " ", "\n", " ").Replace(reason)
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n",
		status, line, len(reason)+1, reason)
}

// Pipe copies between two connections until both directions have ended, and closes both.
func Pipe(a, b net.Conn) {
	var wg sync.WaitGroup
	for _, pair := range [][2]net.Conn{{a, b}, {b, a}} {
		wg.Go(func() {
			_, _ = io.Copy(pair[0], pair[1])
			if half, ok := pair[0].(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite()
				return
			}
			pair[0].Close()
		})
	}
	wg.Wait()
	a.Close()
	b.Close()
}
