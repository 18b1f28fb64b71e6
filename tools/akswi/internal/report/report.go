// Package report shows what package chain found: as a table for people, as JSON for programs. It decides nothing.
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
	// Problems repeats what needs doing: every broken link, and every link that could not be checked and so kept a
	// federation from being proven.
	Problems []Problem `json:"problems"`
}

// Counts of federations by outcome.
type Counts struct {
	Federations int `json:"federations"`
	Proven      int `json:"proven"`
	Broken      int `json:"broken"`
	Unchecked   int `json:"unchecked"`
	Elsewhere   int `json:"elsewhere"`
}

// Problem is a result and whose it is.
type Problem struct {
	Workload       string `json:"workload"`
	Namespace      string `json:"namespace"`
	ServiceAccount string `json:"serviceAccount"`
	chain.Result
}

// New sums the reports up.
func New(cluster string, workloads []chain.WorkloadReport) Document {
	d := Document{Cluster: cluster, Workloads: workloads, Problems: []Problem{}}
	for _, w := range workloads {
		for _, f := range w.Federations {
			d.Counts.Federations++
			switch f.Outcome {
			case chain.Proven:
				d.Counts.Proven++
			case chain.Failed:
				d.Counts.Broken++
			case chain.Unknown:
				d.Counts.Unchecked++
			case chain.Elsewhere:
				d.Counts.Elsewhere++
			}
			for _, r := range f.Results {
				if r.Status == chain.Broken || r.Status == chain.Unchecked && f.Outcome == chain.Unknown {
					d.Problems = append(d.Problems, Problem{w.Name, f.Namespace, f.ServiceAccount, r})
				}
			}
		}
	}
	d.Proven = d.Counts.Proven > 0 && d.Counts.Proven+d.Counts.Elsewhere == d.Counts.Federations
	return d
}

// JSON writes the document, indented.
func (d Document) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
