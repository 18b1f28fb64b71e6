// Package names groups the facts that the pieces of this product share, each of which stands once:
// azure (clouds, ids, roles, limits), kube (names, labels, subjects) and azwi (what the
// azure-workload-identity webhook reads and writes). Package problem is what their checks return;
// package suggest finds the word that somebody meant.
//
// Components, policies, sandbox and tools import these packages and not each other.
package names
