// Package azurebinding has typed bindings to resources and functions of the provider azure-native
// of which a component needs only a property or two.
//
// They stay here because the generated SDK has a module for each service: a component that only
// reads the id of a registry would make every program compile the whole of that service (see
// components/webhook/release.go for what that costs). Tokens, properties and version are those of
// the SDK, so that the engine sees no difference.
package azurebinding

// Version is the version of the azure-native provider that the bindings are written against; the
// SDK in go.mod asks for the same one, so that a program needs one plugin. A test compares the two.
const Version = "2.92.3"
