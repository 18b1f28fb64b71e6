// Package kube holds the syntax of Kubernetes that this product has to know: names of objects,
// labels, taints, and the subject of a service account's token.
//
// The rules themselves are apimachinery's; the sentences are ours, because apimachinery's quote
// regular expressions and give no remedy.
package kube
