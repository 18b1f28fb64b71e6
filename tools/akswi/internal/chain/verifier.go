package chain

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// Verifier checks the workloads of a stack, each federation in the cluster of its service account.
type Verifier struct {
	Stack *outputs.Stack
	// Connect returns the chain with its clients for one cluster.
	Connect func(*outputs.Stack) *Chain
	// RetryFor is Chain.RetryFor of every cluster's chain.
	RetryFor time.Duration
	// Checked is called after each federation, from several goroutines; nil is not called.
	Checked func()
}

// Verify checks every federation and returns the reports in the order of the workloads.
func (v *Verifier) Verify(ctx context.Context, workloads []outputs.Workload) []WorkloadReport {
	if len(v.Stack.Platforms) == 0 {
		return v.chain(v.Stack).Verify(ctx, workloads)
	}
	reports := newReports(workloads)
	var group errgroup.Group
	for i, platform := range v.Stack.Platforms {
		// The issuer of a federation without a platform can be checked without a cluster; the first
		// chain does it.
		part := selectFederations(workloads, func(f outputs.Federation) bool {
			return f.Cluster == platform.Name || i == 0 && !v.hasPlatform(f.Cluster)
		})
		cluster := *platform.Stack
		cluster.Workloads = part.workloads
		links := v.chain(&cluster)
		group.Go(func() error {
			part.copyReports(reports, links.Verify(ctx, part.workloads))
			return nil
		})
	}
	_ = group.Wait() // no function returns an error: the reports have them
	return reports
}

// chain returns the chain of one cluster with the settings of the verifier.
func (v *Verifier) chain(cluster *outputs.Stack) *Chain {
	c := v.Connect(cluster)
	c.RetryFor, c.Checked = v.RetryFor, v.Checked
	return c
}

func (v *Verifier) hasPlatform(name string) bool {
	return slices.ContainsFunc(v.Stack.Platforms, func(p outputs.Platform) bool { return p.Name == name })
}

// selection holds all workloads with some of their federations.
type selection struct {
	workloads []outputs.Workload
	// indexes holds, for each workload, the places of its selected federations among all of them.
	indexes [][]int
}

// selectFederations returns the workloads with those federations that keep reports true for.
func selectFederations(workloads []outputs.Workload, keep func(outputs.Federation) bool) selection {
	var s selection
	for _, w := range workloads {
		var kept []outputs.Federation
		var indexes []int
		for i, f := range w.Federations {
			if keep(f) {
				kept, indexes = append(kept, f), append(indexes, i)
			}
		}
		w.Federations = kept
		s.workloads, s.indexes = append(s.workloads, w), append(s.indexes, indexes)
	}
	return s
}

// copyReports copies the reports of the selected federations to their places among the reports of
// all.
func (s selection) copyReports(to, from []WorkloadReport) {
	for i, r := range from {
		for j, f := range r.Federations {
			to[i].Federations[s.indexes[i][j]] = f
		}
	}
}
