package kube

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func TestSubjectRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ns, sa := drawNamespace(t), drawServiceAccount(t)
		gotNS, gotSA, err := ParseSubject(Subject(ns, sa))
		if err != nil || gotNS != ns || gotSA != sa {
			t.Fatalf("ParseSubject(Subject(%q, %q)) = %q, %q, %v", ns, sa, gotNS, gotSA, err)
		}
		if n := len(Subject(ns, sa)); n > azure.MaxFederatedFieldLength {
			t.Fatalf("a subject of %d characters", n)
		}
	})
}

func TestParseSubjectRefuses(t *testing.T) {
	for reason, subject := range map[string]string{
		"another kind of subject":        "repo:org/repo:ref:refs/heads/main",
		"upper-case prefix":              "System:serviceaccount:shop:web",
		"no service account":             "system:serviceaccount:shop",
		"empty service account":          "system:serviceaccount:shop:",
		"empty namespace":                "system:serviceaccount::web",
		"a third part":                   "system:serviceaccount:shop:web:x",
		"wildcard":                       "system:serviceaccount:shop:*",
		"namespace with a dot":           "system:serviceaccount:a.b:web",
		"service account in upper case":  "system:serviceaccount:shop:Web",
		"namespace of 64 characters":     "system:serviceaccount:" + strings.Repeat("a", 64) + ":web",
		"service account of 254 letters": "system:serviceaccount:shop:" + strings.Repeat("a", 254),
	} {
		if ns, sa, err := ParseSubject(subject); err == nil {
			t.Errorf("%s: ParseSubject(%q) = %q, %q", reason, subject, ns, sa)
		}
	}
}

// drawNamespace draws any legal namespace.
func drawNamespace(t *rapid.T) string {
	return rapid.StringMatching(`[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`).Draw(t, "namespace")
}

// drawServiceAccount draws any legal service account, with dots.
func drawServiceAccount(t *rapid.T) string {
	label := `[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`
	s := rapid.StringMatching(label+`(\.`+label+`){0,3}`).Draw(t, "service account")
	return strings.TrimRight(s[:min(len(s), MaxServiceAccountLength)], "-.")
}
