// Package check runs the policy pack without the Pulumi engine: over an exported state (`pulumi
// stack export`) or a preview (`pulumi preview --json`), for continuous integration. It prints a
// table for people, JSON, or SARIF and JUnit for the views of pull requests.
package check
