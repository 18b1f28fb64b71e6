// Package integration runs the providers against the sandbox's own Azure: every resource type through creation, a
// refresh, an update, an import, a difference and its deletion. It holds tests only.
package integration
