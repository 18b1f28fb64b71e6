package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// credentials is what a federated credential says, each for itself.
func credentials() []Rule {
	return []Rule{
		{
			Name: "credential-audience", IDs: []string{"N6"},
			Title:    "Federated credentials have exactly the audience that the webhook projects.",
			Why:      "Azure refuses more than one, and Entra any other than the token's (AADSTS700212).",
			Remedy:   "Set audiences to [\"" + azure.AudiencePublic + "\"].",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Params: []Param{{
				Name: "allowedAudiences", Type: ListParam, Default: texts(azure.AudiencePublic),
				Description: "Audiences that tokens in use carry, compared with case.",
			}},
			Types:    credentialTypes,
			Resource: judgeAudiences,
		},
		{
			Name: "credential-name", IDs: []string{"N7"},
			Title:    "Federated credentials have legal names and fields.",
			Why:      "Azure refuses the name, or a field that is too long.",
			Remedy:   "Use 3 to 120 letters, digits, hyphens and underscores, starting with a letter or digit, and at most 600 characters elsewhere.",
			Severity: Medium, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Types:    credentialTypes,
			Resource: judgeCredentialName,
		},
		{
			Name: "credential-subject-form", IDs: []string{"N8"},
			Title:    "Subjects of service accounts name one namespace and one service account.",
			Why:      "Entra compares the subject literally (AADSTS700213): a wildcard or an empty part never matches.",
			Remedy:   "Use system:serviceaccount:NAMESPACE:NAME, and one credential for each service account.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Types:    credentialTypes,
			Resource: judgeSubjectForm,
		},
		{
			Name: "credential-default-account", IDs: []string{"N8"},
			Title:    "No identity trusts a namespace's default service account.",
			Why:      "Every pod of the namespace that names no service account can then be the identity.",
			Remedy:   "Give the workload a service account of its own.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document: "Configure service accounts for pods, Kubernetes",
			URL:      "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
			Types:    credentialTypes,
			Resource: func(r *Resource, _ Params) []Violation {
				v := r.Get("subject")
				subject, ok := v.KnownText()
				if _, account, err := kube.ParseSubject(subject); ok && err == nil && account == "default" {
					return r.faults(v, "the identity trusts the default service account")
				}
				return nil
			},
		},
	}
}

func judgeAudiences(r *Resource, p Params) []Violation {
	v := r.Get("audiences")
	list, state := v.List()
	switch {
	case state == Unknown:
		return nil
	case len(list) == 0:
		return r.faults(v, "there is no audience")
	case len(list) > 1:
		return r.faults(v, fmt.Sprintf("there are %d audiences, and Azure takes exactly one", len(list)))
	}
	audience, known := list[0].Text()
	if known != Known {
		return nil
	}
	for _, allowed := range p.List("allowedAudiences") {
		if audience == allowed {
			return nil
		}
	}
	return r.faults(list[0], "no token carries this audience")
}

func judgeCredentialName(r *Resource, _ Params) []Violation {
	var found []Violation
	property := "displayName"
	if r.Type == managedCredential {
		property = "federatedIdentityCredentialResourceName"
	}
	v := r.Get(property)
	if name, state := v.Text(); state == Known {
		if err := azure.ValidateCredentialName(name); err != nil {
			found = append(found, r.fault(v, err.Error()))
		}
	}
	for _, property := range []string{"subject", "description"} {
		v := r.Get(property)
		if text, ok := v.KnownText(); ok && utf8.RuneCountInString(text) > azure.MaxFederatedFieldLength {
			found = append(found, r.fault(v, fmt.Sprintf("it has %d characters, and Azure takes at most %d", utf8.RuneCountInString(text), azure.MaxFederatedFieldLength)))
		}
	}
	return found
}

const accountSubject = "system:serviceaccount:"

func judgeSubjectForm(r *Resource, _ Params) []Violation {
	v := r.Get("subject")
	subject, state := v.Text()
	switch {
	case state == Unknown:
		return nil
	case subject == "":
		return r.faults(v, "there is no subject")
	case !strings.HasPrefix(strings.ToLower(subject), accountSubject):
		// Not Kubernetes' own subject; a wildcard never matches there either.
		issuer := r.Get("issuer")
		if strings.Contains(subject, "*") && !issuer.IsUnknown() && !issuer.IsFold(githubIssuer) {
			return r.faults(v, "the subject has a wildcard, which Entra takes literally")
		}
		return nil
	}
	if _, _, err := kube.ParseSubject(subject); err != nil {
		return r.faults(v, err.Error())
	}
	return nil
}
