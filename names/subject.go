package names

import (
	"fmt"
	"strings"
)

// subjectPrefix is how Kubernetes begins the subject of a service account token.
const subjectPrefix = "system:serviceaccount:"

// Subject is the subject claim of the tokens of a service account, and so the
// subject of the federated identity credential that trusts it:
// system:serviceaccount:<namespace>:<service account>. Entra compares it with
// case.
func Subject(namespace, serviceAccount string) string {
	return subjectPrefix + namespace + ":" + serviceAccount
}

// ParseSubject is the inverse of Subject. It fails for a subject that no
// Kubernetes service account can have.
func ParseSubject(subject string) (namespace, serviceAccount string, err error) {
	rest, ok := strings.CutPrefix(subject, subjectPrefix)
	if !ok {
		return "", "", fmt.Errorf("subject %q does not start with %q", subject, subjectPrefix)
	}
	namespace, serviceAccount, ok = strings.Cut(rest, ":")
	if !ok {
		return "", "", fmt.Errorf("subject %q lacks the service account: want %s<namespace>:<service account>", subject, subjectPrefix)
	}
	if err := ValidateNamespace(namespace); err != nil {
		return "", "", fmt.Errorf("subject %q: %w", subject, err)
	}
	if err := ValidateServiceAccount(serviceAccount); err != nil {
		return "", "", fmt.Errorf("subject %q: %w", subject, err)
	}
	return namespace, serviceAccount, nil
}
