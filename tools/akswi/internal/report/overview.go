package report

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/layout"
)

// maxNameColumn bounds the column of the workloads' names; a longer name moves its line's rest.
const maxNameColumn = 40

// overview writes a line for each federation.
func (t *text) overview(workloads []chain.WorkloadReport) {
	column := 0
	for _, w := range workloads {
		column = max(column, min(layout.Visible(w.Name), maxNameColumn))
	}
	for _, w := range workloads {
		name := fmt.Sprintf("%-*s  ", column, w.Name)
		if len(w.Federations) == 0 {
			t.overviewLine(name, noFederation)
		}
		for _, f := range w.Federations {
			outcome := t.paint(string(f.Outcome), string(f.Outcome))
			t.overviewLine(name, federationName(f.Cluster, f.Namespace, f.ServiceAccount, f.Subject)+": "+outcome+explanation(f))
		}
	}
	if len(workloads) > 0 {
		t.line("")
	}
}

// overviewLine writes a line, whose continuation stands in the second column.
func (t *text) overviewLine(name, text string) {
	if layout.Visible(name) > maxNameColumn+2 {
		name, text = "", name+text
	}
	t.wrapped(name, text)
}

// explanation returns what follows a federation's outcome in the overview: what proves it, or the
// link that keeps it from being proven.
func explanation(f chain.FederationReport) string {
	secrets := 0
	var unchecked []chain.Link
	for _, r := range f.Results {
		switch {
		case r.Status == chain.Broken:
			return " at " + linkText(r.Link)
		case r.Status == chain.Unchecked:
			unchecked = append(unchecked, r.Link)
		case r.Status == chain.OK && r.Link == chain.LinkSecret:
			secrets++
		}
	}
	text := "token exchanged"
	switch {
	case f.Outcome == chain.Unknown && len(unchecked) == 0:
		return ""
	case f.Outcome == chain.Unknown:
		// After an unchecked issuer or credential the check goes on; the last unchecked link ended
		// it.
		return " at " + linkText(unchecked[len(unchecked)-1])
	case f.Outcome == chain.Elsewhere:
		text = "trusts another cluster or issuer"
	case secrets == 1:
		text += ", 1 secret read"
	case secrets > 1:
		text += fmt.Sprintf(", %d secrets read", secrets)
	}
	for _, link := range unchecked {
		text += fmt.Sprintf("; link %d unchecked", link.Number())
	}
	return " (" + text + ")"
}
