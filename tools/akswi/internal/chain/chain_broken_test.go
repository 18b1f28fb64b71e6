package chain_test

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
)

// otherID is an id that is not in the world.
const otherID = "99999999-9999-9999-9999-999999999999"

// want is what the chain reports: the link that stops it ("" is none), its status and code, and
// words of its detail or remedy.
type want struct {
	link      chain.Link
	status    chain.Status
	code      string
	predicted bool
	cause     chain.Link
	says      []string
}

// brokenLinks breaks one thing of the world each.
var brokenLinks = map[string]struct {
	reason string
	change func(*chaintest.World)
	want   want
}{
	"IssuerLacksSlashInFederation": {
		reason: "an issuer pasted without its slash is not taken for another cluster's",
		change: func(w *chaintest.World) {
			w.Workload().Federations[0].Issuer = strings.TrimSuffix(w.Issuer, "/")
		},
		want: want{chain.LinkIssuer, chain.Broken, "AADSTS700211", true, "", []string{"lacks the slash at its end"}},
	},
	"IssuerOfAReplacedCluster": {
		reason: "another issuer that the stack does not mark as elsewhere is an outdated one",
		change: func(w *chaintest.World) {
			w.Workload().Federations[0].Issuer = "https://westeurope.oic.prod-aks.azure.com/tenant/old/"
		},
		want: want{chain.LinkIssuer, chain.Broken, "AADSTS700211", true, "", []string{"federation's issuer differs", "tenant/old/"}},
	},
	"IssuerLacksSlashInDocument": {
		reason: "the document's issuer is the one in the tokens",
		change: func(w *chaintest.World) { w.Issuer = strings.TrimSuffix(w.Issuer, "/") },
		want:   want{chain.LinkIssuer, chain.Broken, "AADSTS700211", true, "", []string{"discovery document lacks the slash"}},
	},
	"IssuerGone": {
		reason: "an answer that is not the document means that the issuer is wrong, not the network",
		change: func(w *chaintest.World) { w.Status = http.StatusNotFound },
		want:   want{chain.LinkIssuer, chain.Broken, "AADSTS501661", true, "", []string{"HTTP 404"}},
	},
	"IssuerWithoutRSAKey": {
		reason: "Entra accepts RS256 only, so the set's elliptic key does not count",
		change: func(w *chaintest.World) { w.KeyIDs = nil },
		want:   want{chain.LinkIssuer, chain.Broken, "AADSTS700027", true, "", []string{"no RS256 key"}},
	},
	"CredentialIssuerLacksSlash": {
		reason: "the credential was edited by hand in Azure",
		change: func(w *chaintest.World) { w.Credential.Issuer = strings.TrimSuffix(w.Issuer, "/") },
		want:   want{chain.LinkCredential, chain.Broken, "AADSTS700211", true, "", []string{"issuer lacks the slash at its end", "pulumi up --refresh"}},
	},
	"CredentialSubjectCase": {
		reason: "Entra compares subjects case-sensitively and has a separate code for it",
		change: func(w *chaintest.World) { w.Credential.Subject = "system:serviceaccount:demo:App" },
		want:   want{chain.LinkCredential, chain.Broken, "AADSTS7002138", true, "", []string{"subject differs in letter case only", `"system:serviceaccount:demo:App"`}},
	},
	"CredentialSubjectNamespace": {
		reason: "a subject of another namespace is named by its part",
		change: func(w *chaintest.World) { w.Credential.Subject = kube.Subject("default", "app") },
		want:   want{chain.LinkCredential, chain.Broken, "AADSTS700213", true, "", []string{`names namespace "default" instead of "demo"`}},
	},
	"CredentialAudience": {
		reason: "a wrong audience in Azure is a broken credential",
		change: func(w *chaintest.World) { w.Credential.Audiences = []string{"api://wrong"} },
		want:   want{chain.LinkCredential, chain.Broken, "AADSTS700212", true, "", []string{"audience differs", `"api://wrong"`}},
	},
	"CredentialMissing": {
		reason: "the only credential of the identity is gone",
		change: func(w *chaintest.World) {
			w.CredentialErr = &chain.MissingError{What: "the federated identity credential", Code: "ResourceNotFound", Message: "not found"}
		},
		want: want{chain.LinkCredential, chain.Broken, "AADSTS7000226", true, "", []string{"does not exist in Azure (ResourceNotFound)"}},
	},
	"IdentityCreatedAgain": {
		reason: "an identity that was deleted and created again has a new client id",
		change: func(w *chaintest.World) { w.Credential.ClientID = otherID },
		want:   want{chain.LinkCredential, chain.Broken, "AADSTS700016", true, "", []string{"has a new client id"}},
	},
	"NamespaceMissing": {
		reason: "a missing namespace is reported instead of the service account",
		change: func(w *chaintest.World) { w.Namespace, w.Account = nil, nil },
		want:   want{chain.LinkServiceAccount, chain.Broken, "", false, "", []string{"namespace demo does not exist"}},
	},
	"ServiceAccountMissing": {
		reason: "the namespace is there, the service account is not",
		change: func(w *chaintest.World) { w.Account = nil },
		want:   want{chain.LinkServiceAccount, chain.Broken, "", false, "", []string{"service account demo/app does not exist"}},
	},
	"AnnotationWithPrincipalID": {
		reason: "the most frequent mix-up of ids is named",
		change: annotate(azwi.AnnotationClientID, chaintest.PrincipalID),
		want:   want{chain.LinkServiceAccount, chain.Broken, "AADSTS700016", true, "", []string{"principal id (object id) instead of its client id"}},
	},
	"AnnotationMissing": {
		reason: "the webhook reports no error when the client id is missing",
		change: func(w *chaintest.World) { w.Account.Annotations = nil },
		want:   want{chain.LinkServiceAccount, chain.Broken, "", false, "", []string{"client-id is missing"}},
	},
	"TenantAnnotationEmpty": {
		reason: "an empty tenant annotation removes the variable",
		change: annotate(azwi.AnnotationTenantID, ""),
		want:   want{chain.LinkServiceAccount, chain.Broken, "", false, "", []string{"removes AZURE_TENANT_ID"}},
	},
	"ExpirationTooShort": {
		reason: "the webhook denies pods below an hour",
		change: annotate(azwi.AnnotationTokenExpiration, "100"),
		want:   want{chain.LinkServiceAccount, chain.Broken, "", false, "", []string{`is "100"`, "3600 to 86400"}},
	},
	"NoWebhook": {
		reason: "no webhook is registered",
		change: func(w *chaintest.World) { w.Webhook.Registered = false },
		want:   want{chain.LinkWebhook, chain.Broken, "", false, "", []string{"no mutating webhook configuration handles pods", "install the webhook"}},
	},
	"WebhookLeavesPodAlone": {
		reason: "a registration is no proof: only the mutated pod is",
		change: func(w *chaintest.World) { w.Webhook.Mutates = false },
		want:   want{chain.LinkWebhook, chain.Broken, "", false, "", []string{"the pod comes back unchanged"}},
	},
	"WebhookNotServing": {
		reason: "a fail-closed webhook without endpoints",
		//lint:ignore ST1005 this is the API server's text
		change: refuse(errors.New(`Internal error occurred: failed calling webhook "mutation.azure-workload-identity.io": no endpoints available`)),
		want:   want{chain.LinkWebhook, chain.Broken, "", false, "", []string{"registered but does not serve"}},
	},
	"PodLabelMissing": {
		reason: "the stack's own pod labels lack the label, so the webhook never sees the pods",
		change: func(w *chaintest.World) { w.Workload().PodLabels = map[string]string{"app": "shop"} },
		want:   want{chain.LinkWebhook, chain.Broken, "", false, "", []string{"leaves this pod out", "objectSelector"}},
	},
	"NamespaceLeftOut": {
		reason: "the chart's namespaceSelector excludes the namespace",
		change: func(w *chaintest.World) { w.Webhook.NamespaceSelector = map[string]string{"team": "web"} },
		want:   want{chain.LinkWebhook, chain.Broken, "", false, "", []string{"namespaceSelector wants team=web"}},
	},
	"WebhookOfAnotherTenant": {
		reason: "the chart was installed with a wrong azureTenantID",
		change: func(w *chaintest.World) { w.Webhook.TenantID = otherID },
		want:   want{chain.LinkWebhook, chain.Broken, "AADSTS90002", true, "", []string{"wrong AZURE_TENANT_ID"}},
	},
	"ProjectedAudience": {
		reason: "credential and outputs agree, but the webhook projects something else",
		change: func(w *chaintest.World) { w.Webhook.Audience = "api://custom" },
		want:   want{chain.LinkWebhook, chain.Broken, "AADSTS700212", true, "", []string{`projected "api://custom"`, `audience to "api://custom"`}},
	},
	"QuotaRefusesProbe": {
		reason: "a quota tells nothing about the webhook",
		change: refuse(apierrors.NewForbidden(corev1.Resource("pods"), "verify-", errors.New("exceeded quota: compute"))),
		want:   want{chain.LinkWebhook, chain.Unchecked, "", false, "", []string{"another admission rule"}},
	},
	"TokenFromAnotherIssuer": {
		reason: "the API server signs as another issuer than its document says",
		change: func(w *chaintest.World) { w.Token.Issuer = "https://elsewhere/" },
		want:   want{chain.LinkToken, chain.Broken, "AADSTS700211", true, "", []string{`in token  "https://elsewhere/"`}},
	},
	"TokenExpired": {
		reason: "the clocks differ by more than the token's lifetime",
		change: func(w *chaintest.World) { w.Token.Issued = chaintest.Now.Add(-2 * time.Hour) },
		want:   want{chain.LinkToken, chain.Broken, "AADSTS700024", true, "", []string{"not valid now", "clocks"}},
	},
	"TokenOfUnknownKey": {
		reason: "the kubeconfig is another cluster's, or keys were just rotated",
		change: func(w *chaintest.World) { w.Token.KeyID = "other" },
		want:   want{chain.LinkToken, chain.Broken, "AADSTS700027", true, "", []string{`key "other" is not among`}},
	},
	"TokenRequestForbidden": {
		reason: "the operator's rights tell nothing about the workload",
		change: func(w *chaintest.World) {
			w.Token.Refusal = apierrors.NewForbidden(corev1.Resource("serviceaccounts"), "app", errors.New("cannot create"))
		},
		want: want{chain.LinkToken, chain.Unchecked, "", false, "", []string{"may not do this"}},
	},
	"EntraSaysExpired": {
		reason: "Entra's clock decides",
		change: entraRefuses(700024, "Client assertion is not within its valid time range."),
		want:   want{chain.LinkExchange, chain.Broken, "AADSTS700024", false, chain.LinkToken, []string{"not within its valid time range", "clocks"}},
	},
	"EntraKnowsNoSubject": {
		reason: "Entra refuses although the operator sees a matching credential",
		change: entraRefuses(700213, "No matching federated identity record found for presented assertion subject 'x'."),
		want:   want{chain.LinkExchange, chain.Broken, "AADSTS700213", false, chain.LinkCredential, []string{"No matching federated identity record"}},
	},
	"EntraCodeNotInTable": {
		reason: "an unknown code is shown with where to look it up",
		change: entraRefuses(123456, "Something new."),
		want:   want{chain.LinkExchange, chain.Broken, "AADSTS123456", false, "", []string{"error?code=123456"}},
	},
	"EntraOutOfReach": {
		reason: "this machine's network tells nothing about the chain",
		change: func(w *chaintest.World) { w.Entra.Unreachable = true },
		want:   want{chain.LinkExchange, chain.Unchecked, "", false, "", []string{"login.microsoftonline.com is out of reach"}},
	},
	"RoleDeleted": {
		reason: "the missing role is named with its scope and principal",
		change: func(w *chaintest.World) {
			w.Vault = chaintest.Forbidden()
			w.Assignments = []chain.Assignment{{Scope: "/subscriptions/44444444-4444-4444-4444-444444444444", RoleID: "reader"}, {Scope: "/subscriptions/other", RoleID: "none"}}
		},
		want: want{chain.LinkSecret, chain.Broken, "ForbiddenByRbac", false, "", []string{
			"getSecret/action", "holds     role reader at /subscriptions/44444444-4444-4444-4444-444444444444\nassign", `scope     "` + chaintest.VaultID + `"`, chaintest.PrincipalID, "Key Vault Secrets User"}},
	},
	"SecretMissing": {
		reason: "a 404 names the secret",
		change: func(w *chaintest.World) {
			w.Vault = chaintest.Vault{Status: 404, Code: "SecretNotFound", Message: "A secret was not found"}
		},
		want: want{chain.LinkSecret, chain.Broken, "SecretNotFound", false, "", []string{"secrets/greeting does not exist"}},
	},
	"AccessPolicyMissing": {
		reason: "a vault with access policies needs a policy, not a role",
		change: func(w *chaintest.World) {
			w.Vault = chaintest.Vault{Status: 403, Code: "Forbidden", Inner: "AccessDenied", Message: "does not have secrets get permission"}
		},
		want: want{chain.LinkSecret, chain.Broken, "AccessDenied", false, "", []string{"access policies", "permission get"}},
	},
	"VaultFirewall": {
		reason: "the firewall refuses this machine, not the pod",
		change: func(w *chaintest.World) {
			w.Vault = chaintest.Vault{Status: 403, Code: "Forbidden", Inner: "ForbiddenByFirewall", Message: "Client address is not authorized"}
		},
		want: want{chain.LinkSecret, chain.Unchecked, "ForbiddenByFirewall", false, "", []string{"firewall"}},
	},
	"VaultGone": {
		reason: "a vault's host name exists as long as the vault",
		change: func(w *chaintest.World) {
			w.Vault.Err = &net.DNSError{Err: "no such host", Name: "shop.vault.azure.net", IsNotFound: true}
		},
		want: want{chain.LinkSecret, chain.Broken, "", false, "", []string{"host does not exist"}},
	},
}

// annotate returns a change that sets an annotation of the service account.
func annotate(key, value string) func(*chaintest.World) {
	return func(w *chaintest.World) { w.Account.Annotations[key] = value }
}

// refuse returns a change that lets the API server refuse the dry-run pod.
func refuse(err error) func(*chaintest.World) {
	return func(w *chaintest.World) { w.Webhook.Refusal = err }
}

// entraRefuses returns a change that lets Entra refuse with a code.
func entraRefuses(code int, text string) func(*chaintest.World) {
	return func(w *chaintest.World) { w.Entra.Code, w.Entra.Text = code, text }
}
