package rules

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
	// maxShownDepth is how deep a message looks into a value.
	maxShownDepth = 4
)

// Show is the value for a message: short, on one line, and without anything secret in it.
func (v Value) Show() string {
	switch {
	case v.secret:
		return "[secret]"
	case v.state == Absent:
		return "not set"
	case v.state == Unknown:
		return "[unknown]"
	}
	return cut(show(v.value, 0))
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
		return strconv.Quote(cut(w))
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

// showKey is a key as it is, unless it would tear the line.
func showKey(key string) string {
	if strings.IndexFunc(key, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		key = strconv.Quote(key)
	}
	return cut(key)
}

// cut shortens a text to what fits in a message, between characters.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxShown {
		return s
	}
	return string([]rune(s)[:maxShown-1]) + "…"
}
