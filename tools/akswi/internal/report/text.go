package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/layout"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// width is the number of columns of the text.
const width = 100

// colours holds the terminal's colours by status: ANSI SGR numbers.
var colours = map[string]string{
	string(chain.OK): "32", string(chain.Proven): "32", string(chain.Broken): "31;1",
	string(chain.Unchecked): "33", string(chain.Skipped): "2", string(chain.NotReached): "2", string(chain.Elsewhere): "33",
}

// TextOptions select what Text shows.
type TextOptions struct {
	// Verbose shows the seven links of every federation, instead of a line for each federation and
	// the links of the broken ones.
	Verbose bool
	// Colour is for terminals.
	Colour bool
}

// Text writes the document for people, in at most 100 columns.
func (d Document) Text(w io.Writer, o TextOptions) error {
	t := &text{colour: o.Colour}
	if !o.Verbose {
		t.overview(d.Workloads)
	}
	for _, workload := range d.Workloads {
		t.links(workload, o.Verbose)
	}
	t.problems(d)
	t.summary(d.Counts)
	_, err := io.WriteString(w, t.b.String())
	return err
}

// text is what Text has written so far.
type text struct {
	b      strings.Builder
	colour bool
}

// line writes a line, cut into as many as the width needs.
func (t *text) line(format string, args ...any) { t.wrapped("", fmt.Sprintf(format, args...)) }

// wrapped writes text with a prefix before its first line and an equal margin before the others.
func (t *text) wrapped(prefix, text string) {
	margin := strings.Repeat(" ", layout.Visible(prefix))
	for i, l := range layout.Wrap(text, width-layout.Visible(prefix)) {
		if i > 0 {
			prefix = margin
		}
		t.b.WriteString(strings.TrimRight(prefix+l, " ") + "\n")
	}
}

// paint returns text in the colour of a status.
func (t *text) paint(status, text string) string {
	if !t.colour || colours[status] == "" {
		return text
	}
	return "\x1b[" + colours[status] + "m" + text + "\x1b[0m"
}

// links writes the seven links of a workload's federations: of all, or of the broken ones.
func (t *text) links(w chain.WorkloadReport, all bool) {
	var shown []chain.FederationReport
	for _, f := range w.Federations {
		if all || f.Outcome == chain.Failed {
			shown = append(shown, f)
		}
	}
	if !all && len(shown) == 0 {
		return
	}
	t.line("%s  %s, client id %s", w.Name, kind(w.Kind), w.ClientID)
	if len(shown) == 0 {
		t.line("  %s", noFederation)
	}
	for _, f := range shown {
		t.line("  %s: %s", federationName(f.Cluster, f.Namespace, f.ServiceAccount, f.Subject), t.paint(string(f.Outcome), string(f.Outcome)))
		for _, r := range f.Results {
			t.link(r)
		}
	}
	t.line("")
}

// link writes what was found about one link.
func (t *text) link(r chain.Result) {
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

// summary writes the last line: the numbers of federations by outcome.
func (t *text) summary(c Counts) {
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

// noFederation is the text of a workload without federations.
const noFederation = "no federation: no service account uses this identity"

// federationName returns the name of a federation: its service account, and the platform that has
// it, if any.
func federationName(cluster, namespace, serviceAccount, subject string) string {
	where := namespace + "/" + serviceAccount
	if subject != "" {
		where = subject
	}
	if cluster != "" {
		where = cluster + ": " + where
	}
	return where
}

// linkText returns a link's number and name.
func linkText(l chain.Link) string { return fmt.Sprintf("link %d (%s)", l.Number(), l) }

// codeText returns a code with what it is: seen, or only predicted. It is "" without a code.
func codeText(r chain.Result) string {
	switch {
	case r.Code == "":
		return ""
	case r.Predicted:
		return "Entra will answer " + r.Code
	case r.Cause != "":
		return r.Code + ", which points at " + linkText(r.Cause)
	}
	return r.Code
}

// kind returns the name of an identity's kind.
func kind(k outputs.Kind) string {
	if k == outputs.Application {
		return "Entra application"
	}
	return "user-assigned identity"
}
