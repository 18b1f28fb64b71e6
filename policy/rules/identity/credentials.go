package identity

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// credentials returns the rules about the fields of a single federated credential.
func credentials() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "credential-audience",
			Title:       "Federated credentials have exactly one audience; for service accounts, the one that the webhook projects.",
			Why:         "Azure refuses more than one, and Entra refuses any other than the token's (AADSTS700212).",
			Remedy:      "Set audiences to [\"" + azure.AudiencePublic + "\"].",
			FalseAlarms: "A custom token exchange with another audience; allow it by the parameter.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source: rule.FederationLimits,
			Params: []rule.Param{{
				Name: "allowedAudiences", Type: rule.ListParam, Default: rule.Texts(azure.AudiencePublic),
				Description: "Audiences of the service accounts' tokens in use, compared with case. Credentials for other issuers, such as GitHub, may have any one audience.",
			}},
			Types:         graph.CredentialTypes,
			CheckResource: checkAudiences,
		},
		{
			Name:        "credential-name",
			Title:       "Federated credentials have legal names and fields.",
			Why:         "Azure refuses other names, and fields that are too long.",
			Remedy:      "Use 3 to 120 letters, digits, hyphens and underscores, starting with a letter or digit, and at most 600 characters in other fields.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.FederationLimits,
			Types:         graph.CredentialTypes,
			CheckResource: checkFields,
		},
		{
			Name:        "credential-subject-form",
			Title:       "Subjects of service accounts name one namespace and one service account.",
			Why:         "Entra compares the subject literally (AADSTS700213): a wildcard or an empty part never matches.",
			Remedy:      "Use system:serviceaccount:NAMESPACE:NAME, and one credential for each service account.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.FederationLimits,
			Types:         graph.CredentialTypes,
			CheckResource: checkSubjectForm,
		},
		{
			Name:        "credential-default-account",
			Title:       "No identity trusts a namespace's default service account.",
			Why:         "Otherwise every pod of the namespace that names no service account can use the identity.",
			Remedy:      "Give the workload a separate service account.",
			FalseAlarms: "A namespace with one workload whose chart cannot name a service account.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
			Source:        rule.ServiceAccounts,
			Types:         graph.CredentialTypes,
			CheckResource: checkDefaultAccount,
		},
	}
}

// checkAudiences finds a credential that no token can match, by its audience. Which audience a
// token has is certain for service accounts only: other issuers let their users choose one.
func checkAudiences(r *graph.Resource, p rule.Params) []rule.Violation {
	v, list, state := graph.Audiences(r)
	switch {
	case state == graph.Unknown:
		return nil
	case len(list) == 0:
		return rule.Found(r, v, "there is no audience")
	case len(list) > 1:
		return rule.Found(r, v, fmt.Sprintf("there are %d audiences, and Azure takes exactly one", len(list)))
	}
	audience, known := list[0].Text()
	if known != graph.Known || !trustsServiceAccount(r) || slices.Contains(p.List("allowedAudiences"), audience) {
		return nil
	}
	return rule.Found(r, list[0], "the webhook's tokens have another audience")
}

// trustsServiceAccount reports whether a credential certainly trusts a service account of a
// cluster, or means to: case aside.
func trustsServiceAccount(r *graph.Resource) bool {
	subject, _ := r.Get("subject").KnownText()
	return strings.HasPrefix(strings.ToLower(subject), kube.SubjectPrefix)
}

// checkFields finds a credential's name and texts that Azure refuses.
func checkFields(r *graph.Resource, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	property := "displayName"
	if r.Type == graph.TypeIdentityCredential {
		property = "federatedIdentityCredentialResourceName"
	}
	v := r.Get(property)
	if name, state := v.Text(); state == graph.Known {
		if err := azure.ValidateCredentialName(name); err != nil {
			found = append(found, rule.At(r, v, err.Error()))
		}
	}
	for _, property := range []string{"subject", "description"} {
		v := r.Get(property)
		text, _ := v.KnownText()
		if n := utf8.RuneCountInString(text); n > azure.MaxFederatedFieldLength {
			found = append(found, rule.At(r, v, fmt.Sprintf("it has %d characters, and Azure takes at most %d", n, azure.MaxFederatedFieldLength)))
		}
	}
	return found
}

// checkSubjectForm finds a subject that no service account's token has.
func checkSubjectForm(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := r.Get("subject")
	subject, state := v.Text()
	switch {
	case state == graph.Unknown, state == graph.Absent && !graph.Expression(r).IsAbsent():
		return nil
	case subject == "":
		return rule.Found(r, v, "there is no subject")
	case !trustsServiceAccount(r):
		// A subject of another issuer, in which a wildcard never matches either. Those of GitHub
		// have a rule that names more.
		issuer, state := r.Get("issuer").Text()
		if strings.Contains(subject, "*") && state != graph.Unknown && !isGitHub(issuer) {
			return rule.Found(r, v, "the subject has a wildcard, which Entra takes literally")
		}
		return nil
	}
	if _, _, err := kube.ParseSubject(subject); err != nil {
		return rule.Found(r, v, err.Error())
	}
	return nil
}

// checkDefaultAccount finds a credential for the service account of pods that name none.
func checkDefaultAccount(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := r.Get("subject")
	subject, ok := v.KnownText()
	if _, account, err := kube.ParseSubject(subject); ok && err == nil && account == "default" {
		return rule.Found(r, v, "the identity trusts the default service account")
	}
	return nil
}
