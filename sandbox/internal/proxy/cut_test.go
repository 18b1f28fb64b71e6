package proxy

import (
	"net"
	"testing"
)

func TestCut(t *testing.T) {
	var s connSet
	a, otherA := net.Pipe()
	b, otherB := net.Pipe()
	defer otherA.Close()
	defer b.Close()
	s.add("a", a)
	s.add("b", b)
	s.cut("a")
	if _, err := otherA.Write([]byte("x")); err == nil {
		t.Error("the connection to a is open")
	}
	go otherB.Write([]byte("x"))
	if _, err := b.Read(make([]byte, 1)); err != nil {
		t.Errorf("the connection to b: %v", err)
	}
	s.cut("")
	if _, err := otherB.Write([]byte("x")); err == nil {
		t.Error("the connection to b is open")
	}
}
