// Package engine runs the components through Pulumi's real engine, in this process, against the
// fakes of package fake.
//
// These tests show what mocks cannot: which step the engine chooses for each resource (create,
// update, replace, delete) in a preview and in an update, and in which order; which resources are
// replaced because another one is; that a rename with an alias keeps every resource; that protect,
// retainOnDelete and deletedWith apply to the children; what the state file contains; and that a
// failed run is completed by the next one.
//
// They do not show that Azure, Entra, AKS or the providers behave as the fakes do. The fakes' rules
// are copied from the providers' sources and from Azure's documentation, for those types and rules
// on which the components rely; the rest is tested in the sandbox or with a subscription. The
// Pulumi CLI, the state backends and the plugins' gRPC protocol are not involved.
//
// This is a module of its own because it uses the engine's test framework, which may change without
// notice and has many dependencies that a user's program should not compile.
package engine
