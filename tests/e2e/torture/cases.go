package main

import (
	"fmt"
	"net/http"
)

// call is a call that changes something, as `sandbox fault --json` records it, with its number
// among those of the same service, method and type. Names are not used, because many are random;
// which of several calls of one kind comes first may differ from run to run.
type call struct {
	Service, Method, Type string
	nth                   int
}

// torment is a case: a fault at a call.
type torment struct {
	call  call
	fault string
	index int // of the call in the deployment without a fault
}

func (t torment) String() string {
	return fmt.Sprintf("%s:%s:%s:%s:%d", t.fault, t.call.Service, t.call.Method, t.call.Type, t.call.nth)
}

// The faults. Those of the first group happen to the call only, and the engine goes on.
const (
	throttled   = "429"
	failing     = "500"
	unavailable = "503"
	refused     = "500-for-long" // longer than clients retry
	cutBefore   = "cut-before"
	cutAfter    = "cut-after"

	failedEnd = "operation-fails"
	cancelled = "operation-cancelled"

	killBefore        = "cli-killed-before"
	killAfter         = "cli-killed-after"
	sandboxDownBefore = "sandbox-killed-before"
	sandboxDownAfter  = "sandbox-killed-after"
	serverAway        = "apiserver-away"
)

// faultsFor returns the faults that make sense for a call.
func faultsFor(c call) []string {
	all := []string{killBefore, killAfter, sandboxDownBefore, sandboxDownAfter, failing, refused, cutBefore, cutAfter}
	if c.Service == "kubernetes" {
		return append(all, serverAway) // an API server's fault is always a 500
	}
	all = append(all, throttled, unavailable)
	if c.Type == "Microsoft.ContainerService/managedClusters" && c.Method == http.MethodPut {
		all = append(all, failedEnd, cancelled)
	}
	return all
}

// cases returns every fault at every call.
func cases(calls []call) []torment {
	var all []torment
	for i, c := range calls {
		for _, f := range faultsFor(c) {
			all = append(all, torment{call: c, fault: f, index: i})
		}
	}
	return all
}

// rule returns the flags of `sandbox fault add` for a case.
func (t torment) rule() []string {
	args := []string{"fault", "add", "--id", "torture", "--service", t.call.Service, "--method", t.call.Method,
		"--type", t.call.Type, "--nth", fmt.Sprint(t.call.nth)}
	once := func(more ...string) []string { return append(append(args, "--times", "1"), more...) }
	switch t.fault {
	case throttled:
		return once("--status", "429", "--retry-after", "1s")
	case failing:
		return once("--status", "500")
	case unavailable:
		return once("--status", "503")
	case refused:
		return append(args, "--times", "8", "--status", "500")
	case cutBefore:
		return once("--cut", "before")
	case cutAfter:
		return once("--cut", "after")
	case failedEnd:
		return once("--operation", "fail")
	case cancelled:
		return once("--operation", "cancel")
	case sandboxDownBefore:
		return once("--kill", "before")
	case sandboxDownAfter:
		return once("--kill", "after")
	case killAfter:
		return once("--hold", "after")
	}
	return once("--hold", "before") // killBefore, serverAway
}
