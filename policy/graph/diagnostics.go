package graph

import "slices"

// diagnosticSettings are the tokens of diagnostic settings: they have moved from one module to
// another between versions of azure-native.
var diagnosticSettings = []string{
	"azure-native:insights:DiagnosticSetting",
	"azure-native:monitor:DiagnosticSetting",
}

// Diagnostics are the resources that the diagnostic settings of a graph cover.
type Diagnostics struct {
	urns map[string]bool
	// ids are suffixes of known ids, see IDSuffix.
	ids map[string]bool
	// incomplete is true if the resource of some setting is not known.
	incomplete bool
}

func (g *Graph) findDiagnostics() *Diagnostics {
	d := &Diagnostics{urns: map[string]bool{}, ids: map[string]bool{}}
	for _, r := range g.ByType(diagnosticSettings...) {
		if collectsNoLogs(r) {
			continue
		}
		origins := r.PropertyDependencies["resourceUri"]
		for _, urn := range origins {
			d.urns[urn] = true
		}
		switch id, state := r.Get("resourceUri").Text(); {
		case state == Known:
			d.ids[ParseIDSuffix(id)] = true
		case state == Unknown && len(origins) == 0:
			d.incomplete = true
		}
	}
	return d
}

// collectsNoLogs reports whether all log categories of a diagnostic setting are certainly off. A
// setting without log categories is left to the other rules: it may be for metrics, or a module may
// fill the categories in.
func collectsNoLogs(r *Resource) bool {
	logs, state := r.Get("logs").List()
	return state == Known && len(logs) > 0 &&
		!slices.ContainsFunc(logs, func(log Value) bool { return !log.Get("enabled").NotTrue() })
}

// MayCover reports whether a setting covers a resource, or could.
func (d *Diagnostics) MayCover(r *Resource) bool {
	if d.incomplete || d.urns[r.URN] {
		return true
	}
	id := IDSuffix(r)
	return d.ids[id] || id == "" && len(d.ids) > 0
}
