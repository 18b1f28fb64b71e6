package graph

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	// maxShown is the longest value in a message, in characters.
	maxShown = 160
	// maxShownElements is how many elements of a list or object a message shows.
	maxShownElements = 6
	// maxShownDepth is how many levels of a nested value a message shows.
	maxShownDepth = 4
)

// Show returns the value for a message: short, on one line, and without secrets.
func (v Value) Show() string {
	switch {
	case v.secret:
		return "[secret]"
	case v.state == Absent:
		return "not set"
	case v.state == Unknown:
		return "[unknown]"
	}
	return Shorten(show(v.value, 0))
}

func show(v resource.PropertyValue, depth int) string {
	inner := read(v, nil, false)
	switch {
	case inner.secret:
		return "[secret]"
	case inner.state == Absent:
		return "null"
	case inner.state == Unknown:
		return "[unknown]"
	case depth >= maxShownDepth:
		return "…"
	}
	var parts []string
	switch w := inner.value.V.(type) {
	case string:
		return strconv.Quote(Shorten(w))
	case []resource.PropertyValue:
		for i, element := range w {
			if i == maxShownElements {
				parts = append(parts, "…")
				break
			}
			parts = append(parts, show(element, depth+1))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case resource.PropertyMap:
		for i, key := range w.StableKeys() {
			if i == maxShownElements {
				parts = append(parts, "…")
				break
			}
			parts = append(parts, showKey(string(key))+": "+show(w[key], depth+1))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		return fmt.Sprint(w)
	}
}

// showKey returns a key for a message, quoted if it has characters that would break the line.
func showKey(key string) string {
	if strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) }) {
		key = strconv.Quote(key)
	}
	return Shorten(key)
}

// Shorten cuts a text to the length that a message shows, between characters.
func Shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxShown {
		return s
	}
	return string([]rune(s)[:maxShown-1]) + "…"
}
