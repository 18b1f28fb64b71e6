package workload

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// subjectForm is how the subjects of a well-known issuer begin.
type subjectForm struct {
	prefix, example string
}

// subjectForms are those of issuers by host. An owner may give other subjects to GitHub's tokens;
// all of them still have a colon. Sources: docs.github.com, "OpenID Connect reference";
// docs.gitlab.com, "ID token authentication"; developer.hashicorp.com, "Workload identity tokens".
var subjectForms = map[string]subjectForm{
	"token.actions.githubusercontent.com": {":", "repo:ORGANISATION/REPOSITORY:environment:NAME, or …:ref:refs/heads/BRANCH"},
	"gitlab.com":                          {"project_path:", "project_path:GROUP/PROJECT:ref_type:branch:ref:BRANCH"},
	"app.terraform.io":                    {"organization:", "organization:NAME:project:NAME:workspace:NAME:run_phase:plan"},
}

// checkSubject records what is wrong with a federation that is with no service account.
func (f *FederationArgs) checkSubject(l *problem.List, path problem.Path) {
	if f.Subject == "" {
		return
	}
	at := path.Field("subject")
	if f.Issuer == nil {
		l.Add(path+".issuer", "a subject needs the issuer of its tokens", "add issuer and key, or name a namespace and serviceAccount")
	}
	if f.Namespace != "" || f.ServiceAccount != "" {
		l.Add(at, "it stands beside a service account", "leave out subject, or namespace and serviceAccount")
		return
	}
	issuer, _ := known.String(f.Issuer)
	l.AddError(at, validateSubject(f.Subject, issuer))
}

// validateSubject reports a subject that Entra refuses, or that no token of the issuer has. The
// issuer is empty if it is not known.
func validateSubject(subject, issuer string) error {
	switch n := utf8.RuneCountInString(subject); {
	case n > azure.MaxFederatedFieldLength:
		return problem.New(fmt.Sprintf("the subject has %d characters", n), fmt.Sprintf("Entra allows at most %d", azure.MaxFederatedFieldLength))
	case strings.ContainsAny(subject, "*\t\r\n") || subject != strings.TrimSpace(subject):
		return problem.New(fmt.Sprintf("subject %q contains a wildcard or white space at an end", subject),
			"Entra compares the subject literally, so write it exactly as the tokens have it, one federation for each")
	case strings.HasPrefix(subject, kube.SubjectPrefix):
		return problem.New(fmt.Sprintf("subject %q is that of a service account", subject), "name its namespace and serviceAccount instead")
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return nil // reported by the issuer's own check
	}
	form, known := subjectForms[strings.ToLower(u.Hostname())]
	if !known || strings.Contains(subject, form.prefix) && (form.prefix == ":" || strings.HasPrefix(subject, form.prefix)) {
		return nil
	}
	return problem.New(fmt.Sprintf("no token of %s has the subject %q", u.Hostname(), subject), "write "+form.example)
}
