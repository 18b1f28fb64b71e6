// Package azwi holds what the azure-workload-identity webhook reads and writes in pods: labels,
// annotations, environment variables, folders and limits.
//
// Source, unless a comment says otherwise: github.com/Azure/azure-workload-identity v1.6.0,
// pkg/webhook.
package azwi
