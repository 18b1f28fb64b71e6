// Package graph holds what a Pulumi program registers, as the rules of the policy pack read it.
//
// Value reads a property with three answers: known, absent, unknown. Resource is one resource, and
// Graph all resources of a stack, indexed. What several rules derive from a graph is derived once,
// on first use: its pods, its webhook installations, and its identities with the credentials and
// service accounts that belong to them.
package graph
