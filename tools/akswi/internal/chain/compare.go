package chain

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// difference returns in words how two values differ that should be equal byte for byte, or "" when
// they are.
func difference(want, have string) string {
	withoutSlash := func(s string) string { return strings.TrimSuffix(s, "/") }
	switch {
	case want == have:
		return ""
	case have == "":
		return "is empty"
	case have+"/" == want:
		return "lacks the slash at its end"
	case want+"/" == have:
		return "has a slash too many at its end"
	case strings.TrimSpace(have) == want:
		return "has white space around it"
	case strings.EqualFold(want, have):
		return "differs in letter case only"
	case strings.EqualFold(withoutSlash(want), withoutSlash(have)):
		return "differs in letter case and in the slash at its end"
	case strings.Replace(have, "http://", "https://", 1) == want:
		return "says http where https is needed"
	}
	return "differs"
}

// subjectDifference returns the difference of two Kubernetes subjects, with the parts that differ.
// It takes them apart itself, because kube.ParseSubject refuses the names that it has to show.
func subjectDifference(want, have string) string {
	d := difference(want, have)
	if d != "differs" {
		return d
	}
	w, h := strings.Split(want, ":"), strings.Split(have, ":")
	if len(h) != 4 || h[0] != "system" || h[1] != "serviceaccount" {
		return "is not of the form system:serviceaccount:NAMESPACE:NAME"
	}
	if len(w) != 4 {
		return d
	}
	var parts []string
	if w[2] != h[2] {
		parts = append(parts, fmt.Sprintf("names namespace %q instead of %q", h[2], w[2]))
	}
	if w[3] != h[3] {
		parts = append(parts, fmt.Sprintf("names service account %q instead of %q", h[3], w[3]))
	}
	return strings.Join(parts, " and ")
}

// trust is what Entra compares: the three fields of a credential, or the three claims of a token.
type trust struct{ issuer, subject, audience string }

// labelledTrust is one side of a comparison and the label that stands before its values.
type labelledTrust struct {
	label string
	trust
}

// mismatch returns every field in which two trusts differ, with both values, and the code that
// Entra answers to the first. Entra compares the issuer first, then subject and audience.
func mismatch(want, have labelledTrust) (detail string, code int) {
	subjectCode := entra.CodeSubject
	if strings.EqualFold(want.subject, have.subject) {
		subjectCode = entra.CodeSubjectCase
	}
	var lines []string
	for _, field := range []struct {
		name, want, have, difference string
		code                         int
	}{
		{"issuer", want.issuer, have.issuer, difference(want.issuer, have.issuer), entra.CodeIssuer},
		{"subject", want.subject, have.subject, subjectDifference(want.subject, have.subject), subjectCode},
		{"audience", want.audience, have.audience, difference(want.audience, have.audience), entra.CodeAudience},
	} {
		if field.difference == "" {
			continue
		}
		if code == 0 {
			code = field.code
		}
		lines = append(lines, field.name+" "+field.difference, valueLine(want.label, field.want), valueLine(have.label, field.have))
	}
	return strings.Join(lines, "\n"), code
}

// valueLine returns a line with one value of a comparison; the quotes make white space visible.
func valueLine(label, value string) string { return fmt.Sprintf("  %-9s %q", label, value) }
