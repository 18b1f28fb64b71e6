package identities

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// CredentialBody is a federated identity credential in the form of the API.
type CredentialBody struct {
	ID         string                `json:"id,omitempty"`
	Name       string                `json:"name,omitempty"`
	Type       string                `json:"type,omitempty"`
	Properties *CredentialProperties `json:"properties,omitempty"`
	SystemData *arm.SystemData       `json:"systemData,omitempty"`
}

// CredentialProperties are the claims that an assertion must have.
type CredentialProperties struct {
	Issuer    string   `json:"issuer"`
	Subject   string   `json:"subject"`
	Audiences []string `json:"audiences"`
}

func renderCredential(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[CredentialProperties](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	return CredentialBody{ID: doc.ID, Name: doc.Name, Type: doc.Type, Properties: &doc.Body}, nil
}

var credentialName = regexp.MustCompile(`^[a-zA-Z0-9]{1}[a-zA-Z0-9-_]{2,119}$`)

// checkCredential checks what depends on the request alone. As in Azure, issuer and subject need
// not exist: a wrong one shows when a token is exchanged.
func checkCredential(name string, p *CredentialProperties) error {
	if ruleName.On() && !credentialName.MatchString(name) {
		return arm.BadRequestf("Federated Identity Credential name '%s' is invalid.", name)
	}
	if p == nil {
		p = &CredentialProperties{}
	}
	if ruleComplete.On() && (p.Issuer == "" || p.Subject == "" || len(p.Audiences) == 0) {
		return arm.BadRequestf("The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.")
	}
	if ruleOneAudience.On() && (len(p.Audiences) != 1 || p.Audiences[0] == "") {
		return arm.BadRequestf("Federated identity credentials must have exactly one audience.").At("properties.audiences")
	}
	for _, text := range []struct{ property, value string }{
		{"issuer", p.Issuer}, {"subject", p.Subject}, {"audiences", strings.Join(p.Audiences, ",")},
	} {
		if n := utf8.RuneCountInString(text.value); n > azure.MaxFederatedFieldLength && ruleLength.On() {
			return arm.BadRequestf("Federated Identity Credential property '%s' has %d characters; the limit is %d.", text.property, n, azure.MaxFederatedFieldLength).At("properties." + text.property)
		}
		if ruleNoWildcard.On() && strings.Contains(text.value, "*") {
			return arm.BadRequestf("Federated Identity Credential property '%s' has the value '%s'. Wildcard characters aren't supported in any federated identity credential property value.", text.property, text.value).At("properties." + text.property)
		}
	}
	issuer, err := url.Parse(p.Issuer)
	if ruleIssuerURL.On() && (err != nil || issuer.Scheme != "https" || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "") {
		return arm.BadRequestf("The issuer '%s' of the Federated Identity Credential is not a valid https URL.", p.Issuer).At("properties.issuer")
	}
	return nil
}

func (p *Provider) putCredential(r *arm.Request) (arm.Response, error) {
	var body CredentialBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if err := checkCredential(r.ID.Name(), body.Properties); err != nil {
		return arm.Response{}, err
	}
	release, err := p.beginWrite(r.ID)
	if err != nil {
		return arm.Response{}, err
	}
	defer release()
	status := http.StatusCreated
	err = p.core.Store.Update(func(tx *store.Tx) error {
		parentID, _ := r.ID.Parent()
		parent, err := resource.Load[Identity](tx, parentID)
		if err != nil {
			return err
		}
		if parent == nil {
			return p.credential.ParentMissing(parentID)
		}
		if p.core.Now().Before(parent.Created.Add(p.delays().Replication)) {
			// The text is that of Azure-Verified-Modules pull request 2673; the status is inferred.
			return arm.BadRequestf("MS Graph resource not found during Federated Identity Credential creation.")
		}
		have, err := resource.Load[CredentialProperties](tx, r.ID.String())
		if err != nil {
			return err
		}
		if err := checkSiblings(tx, parentID, r.ID.Name(), have == nil, *body.Properties); err != nil {
			return err
		}
		doc := &resource.Document[CredentialProperties]{Header: p.core.NewHeader(nil, r, "", nil), Body: *body.Properties}
		if have != nil {
			status = http.StatusOK
			doc.Header = p.core.NewHeader(&have.Header, r, "", nil)
		}
		if err := resource.Save(tx, doc); err != nil {
			return err
		}
		return directory.PutCredential(tx, parent.Body.ClientID, directory.Credential{
			ID: uuid.NewString(), Name: doc.Name, Issuer: doc.Body.Issuer, Subject: doc.Body.Subject,
			Audiences: doc.Body.Audiences, Created: doc.Created,
		})
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.answer(&p.credential, r, status)
}

// checkSiblings refuses a credential that conflicts with the identity's other credentials.
func checkSiblings(tx *store.Tx, parent, name string, isNew bool, p CredentialProperties) error {
	all, err := resource.All[CredentialProperties](tx, parent, TypeCredential)
	if err != nil {
		return err
	}
	for _, other := range all {
		if ruleUnique.On() && !strings.EqualFold(other.Name, name) && other.Body.Issuer == p.Issuer && other.Body.Subject == p.Subject {
			return arm.BadRequestf("Issuer and subject combination already exists for this Managed Identity.")
		}
	}
	if ruleTwenty.On() && isNew && len(all) >= azure.MaxFederatedCredentials {
		// Azure does not document the text; a project that reached the limit quotes it.
		return arm.BadRequestf("Too many Federated Identity Credentials. A managed identity can have at most %d.", azure.MaxFederatedCredentials)
	}
	return nil
}

func (p *Provider) deleteCredential(r *arm.Request) (arm.Response, error) {
	exists := false
	err := p.core.Store.View(func(tx *store.Tx) (err error) {
		exists, err = resource.Exists(tx, r.ID.String())
		return err
	})
	if err != nil {
		return arm.Response{}, err
	}
	if !exists {
		return arm.Response{Status: http.StatusNoContent}, nil
	}
	release, err := p.beginWrite(r.ID)
	if err != nil {
		return arm.Response{}, err
	}
	defer release()
	if err := p.removeCredential(r.Context(), r.ID.String()); err != nil {
		return arm.Response{}, err
	}
	return arm.Response{Status: http.StatusOK}, nil
}

func (p *Provider) removeCredential(_ context.Context, id string) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		parsed, err := resource.ParseID(id)
		if err != nil {
			return err
		}
		parentID, _ := parsed.Parent()
		parent, err := resource.Load[Identity](tx, parentID)
		if err != nil {
			return err
		}
		if parent != nil {
			if err := directory.RemoveCredential(tx, parent.Body.ClientID, parsed.Name()); err != nil {
				return err
			}
		}
		return resource.RemoveTree(tx, id)
	})
}

// beginWrite begins a write under the identity, or refuses it because another one is in progress.
// The returned function delays the response until the window has passed: writes in Azure take that
// long, and only a real window reveals a program that does not write credentials one at a time.
func (p *Provider) beginWrite(id resource.ID) (release func(), err error) {
	parent, _ := id.Parent()
	key := resource.Key(parent)
	if !p.writes.start(key) && ruleOneWrite.On() {
		return nil, arm.Errorf(http.StatusConflict, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
			"Too many Federated Identity Credentials are written concurrently for the managed identity '%s'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.", key)
	}
	begun := time.Now() // wall time, because tests may set the clock of the sandbox
	return func() {
		time.Sleep(p.delays().Write - time.Since(begun))
		p.writes.end(key)
	}, nil
}
