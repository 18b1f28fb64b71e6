// Package azurebinding has typed bindings to those few resources and functions of the provider
// azure-native that a component needs a property or two of.
//
// The generated SDK has a module for each service, and a component that only asks a registry for
// its id would make every program compile the whole of that service (see
// components/webhook/release.go for what that costs). The engine sees no difference: tokens,
// properties and version are the SDK's.
package azurebinding

// Version is the version of the azure-native provider that the bindings are written against; the
// SDK in go.mod asks for the same one, so that a program needs one plugin. A test compares the two.
const Version = "2.92.3"
