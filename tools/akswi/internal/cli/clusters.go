package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// verify checks every federation against the cluster that it is in. The reports have the workloads' order.
func verify(ctx context.Context, stack *outputs.Stack, workloads []outputs.Workload, connect func(*outputs.Stack) *chain.Chain, retryFor time.Duration) []chain.WorkloadReport {
	if len(stack.Platforms) == 0 {
		links := connect(stack)
		links.RetryFor = retryFor
		return links.Verify(ctx, workloads)
	}
	reports := make([]chain.WorkloadReport, len(workloads))
	for i, w := range workloads {
		reports[i] = chain.WorkloadReport{Name: w.Name, Kind: w.Kind, ClientID: w.ClientID, Federations: make([]chain.FederationReport, len(w.Federations))}
	}
	var group errgroup.Group
	for n, platform := range stack.Platforms {
		// An issuer that is no platform's needs no cluster: any one's check tells what can be told about it.
		part, places := subset(workloads, func(f outputs.Federation) bool {
			return f.Cluster == platform.Name || n == 0 && !isPlatform(stack, f.Cluster)
		})
		view := *platform.Stack
		view.Workloads = part
		links := connect(&view)
		links.RetryFor = retryFor
		group.Go(func() error {
			for i, r := range links.Verify(ctx, part) {
				for j, f := range r.Federations {
					reports[i].Federations[places[i][j]] = f
				}
			}
			return nil
		})
	}
	_ = group.Wait() // no function returns an error: results carry them
	return reports
}

func isPlatform(stack *outputs.Stack, name string) bool {
	return slices.ContainsFunc(stack.Platforms, func(p outputs.Platform) bool { return p.Name == name })
}

// subset keeps those federations of every workload, and says where in the workload each was.
func subset(workloads []outputs.Workload, keep func(outputs.Federation) bool) (part []outputs.Workload, places [][]int) {
	for _, w := range workloads {
		var kept []outputs.Federation
		var at []int
		for j, f := range w.Federations {
			if keep(f) {
				kept, at = append(kept, f), append(at, j)
			}
		}
		w.Federations = kept
		part, places = append(part, w), append(places, at)
	}
	return part, places
}

// clusterNames names what was checked.
func clusterNames(stack *outputs.Stack) string {
	if len(stack.Platforms) == 0 {
		return stack.ClusterName
	}
	list := make([]string, len(stack.Platforms))
	for i, p := range stack.Platforms {
		list[i] = p.ClusterName
	}
	return strings.Join(list, ", ")
}
