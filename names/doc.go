// Package names is the one authority for the names that the pieces of this
// product share: labels, annotations, environment variables, audiences, subject
// format, limits, computed resource names and built-in roles.
//
// It imports the standard library only, so that the components, the policy pack
// and the sandbox can all use it without knowing each other.
package names
