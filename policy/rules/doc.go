// Package rules has the rules of the policy pack, as pure functions: over one resource, or over the graph of a whole
// stack. They need no Pulumi engine, so that a test (or another tool) calls them directly.
//
// A rule judges what is certain. A value that is not known yet, at a preview, never makes it complain; what the known
// values already prove, it reports at once. Values are read through Value, which has three answers - known, absent,
// unknown - and no way to fail.
package rules
