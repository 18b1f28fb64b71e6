// Package integration tests the providers with the sandbox's own Azure: every resource type with
// its creation, a refresh, an update, an import, a difference and its deletion. It has tests only.
package integration
