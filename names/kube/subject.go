package kube

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// SubjectPrefix begins the subject of every service account token. Source: Kubernetes, "Managing
// Service Accounts".
const SubjectPrefix = "system:serviceaccount:"

// Subject returns the subject claim of the tokens of a service account, and so the subject of the
// federated identity credential that trusts it: system:serviceaccount:<namespace>:<service
// account>. Entra compares it with case.
func Subject(namespace, serviceAccount string) string {
	return SubjectPrefix + namespace + ":" + serviceAccount
}

// ParseSubject returns the two names in a subject that Subject made. It fails for a subject that no
// Kubernetes service account can have.
func ParseSubject(subject string) (namespace, serviceAccount string, err error) {
	want := fmt.Sprintf("write %s<namespace>:<service account>", SubjectPrefix)
	rest, ok := strings.CutPrefix(subject, SubjectPrefix)
	if !ok {
		return "", "", problem.New(fmt.Sprintf("subject %q does not start with %q", subject, SubjectPrefix), want)
	}
	namespace, serviceAccount, ok = strings.Cut(rest, ":")
	if !ok {
		return "", "", problem.New(fmt.Sprintf("subject %q lacks the service account", subject), want)
	}
	about := fmt.Sprintf("subject %q", subject)
	if err := ValidateNamespace(namespace); err != nil {
		return "", "", problem.About(about, err)
	}
	if err := ValidateServiceAccount(serviceAccount); err != nil {
		return "", "", problem.About(about, err)
	}
	return namespace, serviceAccount, nil
}
