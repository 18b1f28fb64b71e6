// Package engine runs the components through Pulumi's real engine, in this process, against the fakes of package fake.
//
// What that proves, and no mock can: which step the engine chooses for every resource (create, update, replace, delete)
// in a preview and in an update, and in which order; how replacements cascade; that a rename with an alias moves
// everything; that protect, retainOnDelete and deletedWith reach the children; what the state file holds; and that a
// run which fails in the middle is completed by the next.
//
// What it does not prove: that Azure, Entra, AKS or the providers behave as the fakes do. Their rules are copied from
// the providers' sources and from Azure's documents, type by type, where the components rely on them; the sandbox and
// a subscription are for the rest. The Pulumi CLI, the state backends and the plugins' gRPC protocol are not involved.
//
// What the engine shows to be wrong is stated in zz_findings_test.go, whose tests fail and run only with
// "go test -tags findings"; a test that passes moves from there to the file of its subject.
//
// The module stands alone because the engine's own test framework, which it uses, makes no promise of stability and
// brings much that no user's program should compile.
package engine
