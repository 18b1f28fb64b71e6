package rules

// logged is what the diagnostic settings of a graph cover.
type logged struct {
	urns map[string]bool
	// names are what armName makes of known ids.
	names map[string]bool
	// unknown says that some setting's resource cannot be told.
	unknown bool
}

func (g *Graph) loggedResources() *logged {
	l := &logged{urns: map[string]bool{}, names: map[string]bool{}}
	for _, r := range g.ByType(diagnosticSettings...) {
		sources := r.PropertyDependencies["resourceUri"]
		for _, urn := range sources {
			l.urns[urn] = true
		}
		switch id, state := r.Get("resourceUri").Text(); {
		case state == Known:
			l.names[armTail(id)] = true
		case state == Unknown && len(sources) == 0:
			l.unknown = true
		}
	}
	return l
}

// covers reports that a setting covers a resource, or might.
func (l *logged) covers(r *Resource) bool {
	if l.unknown || l.urns[r.URN] {
		return true
	}
	name := armName(r)
	return l.names[name] || name == "" && len(l.names) > 0
}
