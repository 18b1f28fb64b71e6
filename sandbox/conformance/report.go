package conformance

import (
	"fmt"
	"strings"
)

// Outcome is a file with the results of its cases.
type Outcome struct {
	File    File
	Results []Result
}

// Report returns the page docs/conformance.md.
func Report(outcomes []Outcome) string {
	var b strings.Builder
	b.WriteString(preamble)
	cases, agree := 0, 0
	for _, o := range outcomes {
		cases += len(o.Results)
		for _, r := range o.Results {
			if r.Agrees() {
				agree++
			}
		}
	}
	fmt.Fprintf(&b, "**Of %d cases %d agree. The others differ in fields that are listed with the reason.**\n\n", cases, agree)
	b.WriteString("| source | evidence | cases | agree |\n|---|---|---|---|\n")
	for _, o := range outcomes {
		n := 0
		for _, r := range o.Results {
			if r.Agrees() {
				n++
			}
		}
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %d | %d |\n", o.File.Title, anchor(o.File.Title), o.File.Source.Evidence, len(o.Results), n)
	}
	for _, o := range outcomes {
		b.WriteString(section(o))
	}
	return b.String()
}

const preamble = `# Conformance

<!-- Written by "go test ./conformance -update" in the folder sandbox. -->

The sandbox replays what the real Azure and the real Pulumi providers were asked, and compares its answers with theirs field by
field. Identifiers, times and names that are random in the real run are compared by their form. Each case is in
` + "`sandbox/conformance/cases`" + `.

`

func section(o Outcome) string {
	var b strings.Builder
	s := o.File.Source
	fmt.Fprintf(&b, "\n## %s\n\n%s, %s: `%s`, `%s` (%s).\n\n", o.File.Title, s.Evidence, s.Version, s.Repository, s.Path, s.Date)
	b.WriteString("| case | result |\n|---|---|\n")
	for _, r := range o.Results {
		fmt.Fprintf(&b, "| %s | %s |\n", cell(r.Case.Name), cell(result(r)))
	}
	var differs []string
	for _, r := range o.Results {
		for _, d := range r.Excused {
			differs = append(differs, fmt.Sprintf("- %s, `%s`: %s\n", r.Case.Name, d.Path, d.Reason))
		}
	}
	if len(differs) > 0 {
		b.WriteString("\nWhat differs:\n\n" + strings.Join(differs, ""))
	}
	return b.String()
}

func result(r Result) string {
	switch {
	case r.Err != nil:
		return "not replayed: " + r.Err.Error()
	case len(r.Fields) > 0:
		return fmt.Sprintf("differs in %s without a reason", fields(len(r.Fields)))
	case len(r.Excused) > 0:
		return "agrees but for " + fields(len(r.Excused))
	}
	return "agrees"
}

func fields(n int) string {
	if n == 1 {
		return "1 field"
	}
	return fmt.Sprintf("%d fields", n)
}

func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

// anchor returns the fragment that GitHub gives a heading.
func anchor(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	return b.String()
}
