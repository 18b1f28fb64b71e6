package connect

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// dial sends a CONNECT request, and further bytes without waiting for the answer.
func dial(t *testing.T, handler http.HandlerFunc, early string) net.Conn {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, "CONNECT host:443 HTTP/1.1\r\nHost: host\r\n\r\n"+early); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestPipeCarriesWhatTheClientSentEarly(t *testing.T) {
	conn := dial(t, func(w http.ResponseWriter, _ *http.Request) {
		client, err := Take(w)
		if err != nil {
			t.Error(err)
			return
		}
		near, far := net.Pipe()
		go func() { _, _ = io.Copy(far, far); far.Close() }()
		if err := Accept(client); err != nil {
			t.Error(err)
		}
		Pipe(client, near)
	}, "early ")
	reader := bufio.NewReader(conn)
	if res, err := http.ReadResponse(reader, nil); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", res, err)
	}
	if _, err := io.WriteString(conn, "late"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len("early late"))
	if _, err := io.ReadFull(reader, got); err != nil || string(got) != "early late" {
		t.Errorf("echo %q, %v", got, err)
	}
}

func TestRefusePutsTheReasonIntoTheStatusLine(t *testing.T) {
	conn := dial(t, func(w http.ResponseWriter, _ *http.Request) {
		client, err := Take(w)
		if err != nil {
			t.Error(err)
			return
		}
		defer client.Close()
		Refuse(client, http.StatusBadGateway, "not\nthere")
	}, "")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Status != "502 not there" {
		t.Errorf("status %q", res.Status)
	}
	if body, _ := io.ReadAll(res.Body); string(body) != "not\nthere\n" {
		t.Errorf("body %q", body)
	}
}
