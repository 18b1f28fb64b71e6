// Package report shows what package chain found: as text for people, as JSON for programs.
package report

import (
	"encoding/json"
	"io"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
)

// Document is the whole result. Its JSON form is a contract: fields are added, never renamed.
type Document struct {
	Cluster string `json:"cluster"`
	// Proven is true when this cluster has federations and every one holds to its last link.
	Proven    bool                   `json:"proven"`
	Counts    Counts                 `json:"counts"`
	Workloads []chain.WorkloadReport `json:"workloads"`
	// Problems repeats what needs doing: every broken link, and every link that could not be
	// checked and so kept a federation from being proven.
	Problems []Problem `json:"problems"`
}

// Counts holds the numbers of federations by outcome.
type Counts struct {
	Federations int `json:"federations"`
	Proven      int `json:"proven"`
	Broken      int `json:"broken"`
	Unchecked   int `json:"unchecked"`
	Elsewhere   int `json:"elsewhere"`
}

// Problem is a result and the federation that it is about.
type Problem struct {
	Workload string `json:"workload"`
	// Cluster is the platform's name, where the stack runs on clusters of other stacks.
	Cluster        string `json:"cluster,omitempty"`
	Namespace      string `json:"namespace"`
	ServiceAccount string `json:"serviceAccount"`
	Subject        string `json:"subject,omitempty"`
	chain.Result
}

// New returns the document of the reports about the workloads of a cluster.
func New(cluster string, workloads []chain.WorkloadReport) Document {
	d := Document{Cluster: cluster, Workloads: workloads, Problems: []Problem{}}
	for _, w := range workloads {
		for _, f := range w.Federations {
			d.Counts.add(f.Outcome)
			for _, r := range f.Results {
				if r.Status == chain.Broken || r.Status == chain.Unchecked && f.Outcome == chain.Unknown {
					d.Problems = append(d.Problems, newProblem(w, f, r))
				}
			}
		}
	}
	d.Proven = d.Counts.Proven > 0 && d.Counts.Proven+d.Counts.Elsewhere == d.Counts.Federations
	return d
}

func newProblem(w chain.WorkloadReport, f chain.FederationReport, r chain.Result) Problem {
	return Problem{Workload: w.Name, Cluster: f.Cluster, Namespace: f.Namespace, ServiceAccount: f.ServiceAccount, Subject: f.Subject, Result: r}
}

func (c *Counts) add(o chain.Outcome) {
	c.Federations++
	switch o {
	case chain.Proven:
		c.Proven++
	case chain.Failed:
		c.Broken++
	case chain.Unknown:
		c.Unchecked++
	case chain.Elsewhere:
		c.Elsewhere++
	}
}

// JSON writes the document, indented.
func (d Document) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
