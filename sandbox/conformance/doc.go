// Package conformance holds the sandbox against recordings of the real Azure and the real Pulumi
// providers. A case is a request and what the real one answered, with its source; the package
// replays it against the sandbox's Azure and its providers and compares the answers field by field.
//
// The cases are the YAML files in the folder cases, one a source. `go test ./conformance -update`
// writes the report, docs/conformance.md.
package conformance
