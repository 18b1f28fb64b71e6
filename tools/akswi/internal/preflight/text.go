package preflight

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/layout"
)

// Columns of the table.
const (
	width        = 100
	checkWidth   = 14
	outcomeWidth = 11
)

// colours are ANSI SGR numbers by outcome.
var colours = map[Outcome]string{OK: "32", Problem: "31;1", Warning: "33", Unchecked: "33"}

// JSON writes the report for programs.
func (r Report) JSON(w io.Writer) error {
	if r.Rows == nil {
		r.Rows = []Row{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// Text writes the report for people as one table, in at most 100 columns. A command that is longer
// is continued with a backslash, so that it can be pasted.
func (r Report) Text(w io.Writer, colour bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Can stack %s be deployed?\n\n", r.Stack)
	for _, row := range merged(r.Rows) {
		outcome := fmt.Sprintf("%-*s", outcomeWidth, row.Outcome)
		if colour {
			outcome = "\x1b[" + colours[row.Outcome] + "m" + outcome + "\x1b[0m"
		}
		head := fmt.Sprintf("%-*s%s", checkWidth, row.Check, outcome)
		margin := strings.Repeat(" ", checkWidth+outcomeWidth)
		for i, line := range layout.Wrap(row.Found, width-len(margin)) {
			if i > 0 {
				head = margin
			}
			fmt.Fprintln(&b, head+line)
		}
		for i, line := range commandLines(row.Command, width-len(margin)-4) {
			fmt.Fprintln(&b, margin+map[bool]string{true: "do  ", false: "    "}[i == 0]+line)
		}
		if row.Advice != "" {
			for _, line := range layout.Wrap(row.Advice, width-len(margin)-4) {
				fmt.Fprintln(&b, margin+"    "+line)
			}
		}
	}
	fmt.Fprintln(&b, "\n"+r.summary())
	_, err := io.WriteString(w, b.String())
	return err
}

// merged returns the rows with neighbours that could not be checked for the same reason in one.
func merged(rows []Row) []Row {
	var out []Row
	for i := 0; i < len(rows); i++ {
		row := rows[i]
		var also []string
		for i+1 < len(rows) && row.Outcome == Unchecked && rows[i+1].Outcome == Unchecked && rows[i+1].Found == row.Found {
			i++
			also = append(also, rows[i].Check)
		}
		if len(also) > 0 {
			row.Found += "; so do " + strings.Join(also, ", ")
		}
		out = append(out, row)
	}
	return out
}

// commandLines breaks a command into lines that a shell reads as one: at its blanks, but not at
// those within single quotes, where a backslash is text.
func commandLines(text string, room int) []string {
	var lines []string
	line := ""
	for _, word := range words(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word)+2 > room:
			lines = append(lines, line+` \`)
			line = "  " + word
		default:
			line += " " + word
		}
	}
	if line == "" {
		return nil
	}
	return append(lines, line)
}

// words splits a command at its blanks outside of single quotes.
func words(text string) []string {
	var list []string
	quoted := false
	for _, part := range strings.Split(text, " ") {
		if quoted {
			list[len(list)-1] += " " + part
		} else {
			list = append(list, part)
		}
		quoted = quoted != (strings.Count(part, "'")%2 == 1)
	}
	return list
}

// summary tells in one line what follows from the rows.
func (r Report) summary() string {
	problems, warnings, unknown := r.Count(Problem), r.Count(Warning), r.Count(Unchecked)
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{problems, "problem"}, {warnings, "warning"}} {
		if c.n == 1 {
			parts = append(parts, "1 "+c.what)
		} else if c.n > 1 {
			parts = append(parts, fmt.Sprintf("%d %ss", c.n, c.what))
		}
	}
	if unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d unchecked", unknown))
	}
	if len(parts) == 0 {
		return "Nothing stands in the way."
	}
	return strings.Join(parts, ", ") + "."
}
