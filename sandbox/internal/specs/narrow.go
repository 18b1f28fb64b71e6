package specs

// Narrow removes from a decoded answer what the api-version does not have.
func (b *Body) Narrow(body any) { b.narrow("", body) }

func (b *Body) narrow(path string, value any) {
	members, _ := value.(map[string]any)
	for name, member := range members {
		p, known := b.Property(join(path, name))
		if !known {
			delete(members, name)
			continue
		}
		b.below(p, member)
	}
}

// below narrows the value of a known property.
func (b *Body) below(p Property, value any) {
	switch p.Kind {
	case Object:
		b.narrow(p.Path, value)
	case Map:
		element, known := b.Property(p.Path + ".*")
		members, _ := value.(map[string]any)
		for _, member := range members {
			if known {
				b.below(element, member)
			}
		}
	case Array:
		element, known := b.Property(p.Path + "[]")
		items, _ := value.([]any)
		for _, item := range items {
			if known {
				b.below(element, item)
			}
		}
	}
}
