package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// width is the number of columns of the table.
const width = 100

// colours of the terminal by status: ANSI SGR numbers.
var colours = map[string]string{
	string(chain.OK): "32", string(chain.Proven): "32", string(chain.Broken): "31;1",
	string(chain.Unchecked): "33", string(chain.Skipped): "2", string(chain.NotReached): "2", string(chain.Elsewhere): "33",
}

// Table writes the document for a person: at most 100 columns, with colours only when asked for.
func (d Document) Table(w io.Writer, colour bool) error {
	t := &table{colour: colour}
	for _, workload := range d.Workloads {
		t.line("%s  %s, client id %s", workload.Name, kind(workload.Kind), workload.ClientID)
		if len(workload.Federations) == 0 {
			t.line("  no federation: no service account uses this identity")
		}
		for _, f := range workload.Federations {
			where := f.Namespace + "/" + f.ServiceAccount
			if f.Cluster != "" {
				where = f.Cluster + ": " + where
			}
			t.line("  %s: %s", where, t.paint(string(f.Outcome), string(f.Outcome)))
			for _, r := range f.Results {
				t.result(r)
			}
		}
		t.line("")
	}
	t.summary(d)
	_, err := io.WriteString(w, t.b.String())
	return err
}

type table struct {
	b      strings.Builder
	colour bool
}

// line writes a line, cut into as many as the width needs.
func (t *table) line(format string, args ...any) { t.wrapped("", fmt.Sprintf(format, args...)) }

// wrapped writes text with a prefix before its first line and as much room before the others.
func (t *table) wrapped(prefix, text string) {
	margin := strings.Repeat(" ", visible(prefix))
	for i, l := range wrap(text, width-visible(prefix)) {
		if i > 0 {
			prefix = margin
		}
		t.b.WriteString(strings.TrimRight(prefix+l, " ") + "\n")
	}
}

func (t *table) result(r chain.Result) {
	status := string(r.Status)
	prefix := fmt.Sprintf("  %d %-15s  %s%s  ", r.Link.Number(), r.Link, t.paint(status, status), strings.Repeat(" ", 11-len(status)))
	detail := r.Detail
	switch code := codeText(r); {
	case code == "":
	case r.Predicted:
		detail += "\n" + code
	default:
		detail += "\ncode " + code
	}
	t.wrapped(prefix, detail)
}

func (t *table) summary(d Document) {
	for _, p := range d.Problems {
		head := fmt.Sprintf("%s: %s %s/%s, link %d (%s)", p.Status, p.Workload, p.Namespace, p.ServiceAccount, p.Link.Number(), p.Link)
		if code := codeText(p.Result); code != "" {
			head += ", " + code
		}
		t.line("%s", t.paint(string(p.Status), head))
		first, _, _ := strings.Cut(p.Detail, "\n")
		t.wrapped("  why  ", first)
		t.wrapped("  do   ", p.Remedy)
		t.line("")
	}
	c := d.Counts
	if c.Federations == 0 {
		t.line("no federation to prove.")
		return
	}
	text := fmt.Sprintf("%d of %d federations proven", c.Proven, c.Federations)
	for _, part := range []struct {
		n    int
		what string
	}{{c.Broken, "broken"}, {c.Unchecked, "could not be checked"}, {c.Elsewhere, "trust another cluster or issuer"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	t.line("%s.", text)
}

// codeText shows a code, and whether it was seen or is only to be expected.
func codeText(r chain.Result) string {
	switch {
	case r.Code == "":
		return ""
	case r.Predicted:
		return "Entra will answer " + r.Code
	case r.Cause != "":
		return fmt.Sprintf("%s, which points at link %d (%s)", r.Code, r.Cause.Number(), r.Cause)
	}
	return r.Code
}

func kind(k outputs.Kind) string {
	if k == outputs.Application {
		return "Entra application"
	}
	return "user-assigned identity"
}

func (t *table) paint(status, text string) string {
	if !t.colour || colours[status] == "" {
		return text
	}
	return "\x1b[" + colours[status] + "m" + text + "\x1b[0m"
}

// visible is the number of columns that a text takes, colours left out.
func visible(s string) int {
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

// wrap cuts text at its line ends, and lines that are too long after a blank or within a URL or id after a separator;
// what has no separator is cut where the room ends. A line's own indentation is kept on its continuation.
func wrap(text string, room int) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		for visible(line) > room {
			cut := cutAt(line, room, len(indent))
			out = append(out, strings.TrimRight(line[:cut], " "))
			line = indent + strings.TrimLeft(line[cut:], " ")
		}
		out = append(out, line)
	}
	return out
}

// cutAt is the byte after which a line is cut: behind its last blank that leaves a line at least half full, else behind
// its last separator, else where the room ends; always behind the indentation.
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
	if end <= indent { // room for the indentation only: go on with one rune a line
		_, n := utf8.DecodeRuneInString(line[indent:])
		return indent + n
	}
	return end
}
