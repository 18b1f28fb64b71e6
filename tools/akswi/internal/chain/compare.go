package chain

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// difference says in words how two values differ that should be the same byte for byte; empty when they do not.
func difference(want, have string) string {
	slashless := func(s string) string { return strings.TrimSuffix(s, "/") }
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
	case strings.EqualFold(slashless(want), slashless(have)):
		return "differs in letter case and in the slash at its end"
	case strings.Replace(have, "http://", "https://", 1) == want:
		return "says http where https is needed"
	}
	return "differs"
}

// subjectDifference is difference with the parts of a Kubernetes subject named.
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

// mismatch describes every field in which two trusts differ, with both values, and the code that Entra answers to the
// first. Entra looks for the issuer first, then for subject and audience. The names of the sides stand before the values.
func mismatch(wantSide string, want trust, haveSide string, have trust) (detail string, code int) {
	var lines []string
	note := func(field, how, w, h string, c int) {
		if how == "" {
			return
		}
		if code == 0 {
			code = c
		}
		lines = append(lines, field+" "+how, pair(wantSide, w), pair(haveSide, h))
	}
	note("issuer", difference(want.issuer, have.issuer), want.issuer, have.issuer, entra.CodeIssuer)
	subjectCode := entra.CodeSubject
	if strings.EqualFold(want.subject, have.subject) {
		subjectCode = entra.CodeSubjectCase
	}
	note("subject", subjectDifference(want.subject, have.subject), want.subject, have.subject, subjectCode)
	note("audience", difference(want.audience, have.audience), want.audience, have.audience, entra.CodeAudience)
	return strings.Join(lines, "\n"), code
}

// pair is a line that shows one value of a comparison; the quotes make white space visible.
func pair(side, value string) string { return fmt.Sprintf("  %-9s %q", side, value) }
