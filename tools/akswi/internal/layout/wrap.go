// Package layout lays out text for terminals.
package layout

import (
	"strings"
	"unicode/utf8"
)

// Visible returns the number of columns that a text takes, without its colours.
func Visible(s string) int {
	n, escape := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		default:
			n++
		}
	}
	return n
}

// Wrap cuts text at its line ends, and lines that are too long after a blank or, within a URL or
// id, after a separator; what has no separator is cut where the room ends. The continuation of a
// line keeps its indentation. Libraries for it (muesli/reflow, charmbracelet/x/ansi) know neither
// indentation nor an order of separators, and would cut ids at their dashes.
func Wrap(text string, room int) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		for Visible(line) > room {
			cut := cutAt(line, room, len(indent))
			out = append(out, strings.TrimRight(line[:cut], " "))
			line = indent + strings.TrimLeft(line[cut:], " ")
		}
		out = append(out, line)
	}
	return out
}

// cutAt returns the byte at which a line is cut: behind its last blank that leaves a line at least
// half full, else behind its last separator, else where the room ends; always behind the
// indentation.
func cutAt(line string, room, indent int) int {
	end, columns, escape := len(line), 0, false
	for i, r := range line {
		if r == '\x1b' {
			escape = true
		}
		if !escape {
			if columns == room {
				end = i
				break
			}
			columns++
		}
		escape = escape && r != 'm'
	}
	head := line[:end]
	if i := strings.LastIndex(head, " "); i+1 > max(indent, end/2) {
		return i + 1
	}
	// A URL or id is easier to read when its parts stay whole: dashes come last.
	for _, separators := range []string{"/", ",:", "-"} {
		if i := strings.LastIndexAny(head, separators); i >= indent && i+1 > end/2 {
			return i + 1
		}
	}
	if end <= indent { // there is room for the indentation only: one rune a line
		_, n := utf8.DecodeRuneInString(line[indent:])
		return indent + n
	}
	return end
}
