package workload

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// credential is what a federated identity credential holds.
type credential struct {
	name        string
	issuer      pulumi.StringOutput
	subject     string
	audience    pulumi.StringOutput
	description pulumi.StringPtrInput
}

// federate registers one federated identity credential of an identity.
type federate func(child string, c credential, opts ...pulumi.ResourceOption) (pulumi.CustomResource, error)

// credentials are the federated identity credentials, and what the outputs show of them.
type credentials struct {
	resources     []pulumi.Resource
	subjects, ids pulumi.StringArray
	federations   pulumi.MapArray
}

// registerCredentials registers the federated identity credential of every enabled federation.
//
// Azure refuses concurrent writes under one identity (409
// ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity), so each credential depends
// on all before it. A dependency on the one before would order creations, but not all deletions:
// when the first and third of three are removed and the second stays, nothing would order the two.
//
// A credential that is replaced is deleted before the new one is created. Azure would refuse both
// at the same time: issuer and subject are unique in an identity, and the new one may be the 21st.
// Nothing is replaced with it, because the others depend on it by DependsOn only, without a
// property; and no other credential is written meanwhile, because those before it are done and
// those after it wait for it. By RenamedFrom the engine knows that two names are one credential.
func (r *registration) registerCredentials(id *identity) (*credentials, error) {
	all := &credentials{subjects: pulumi.StringArray{}, ids: pulumi.StringArray{}, federations: pulumi.MapArray{}}
	issuers := map[string][]pulumi.StringOutput{}
	for i := range r.federations {
		f := &r.federations[i]
		if !f.enabled() {
			continue
		}
		c := r.credential(f, issuers)
		prefix := r.name + "-credential-"
		created, err := id.federate(prefix+f.child(), c,
			pulumi.Parent(r.component), pulumi.DependsOn(all.resources), pulumi.DeleteBeforeReplace(true), f.aliases(prefix))
		if err != nil {
			return nil, fmt.Errorf("registering the credential for %s of workload %q: %w", c.subject, r.name, err)
		}
		all.resources = append(all.resources, created)
		all.subjects = append(all.subjects, pulumi.String(c.subject))
		all.ids = append(all.ids, created.ID().ToStringOutput())
		all.federations = append(all.federations, pulumi.Map{
			"key":            pulumi.String(f.key),
			"namespace":      pulumi.String(f.namespace),
			"serviceAccount": pulumi.String(f.serviceAccount),
			"issuer":         c.issuer,
			"subject":        pulumi.String(c.subject),
			"audience":       c.audience,
			"credentialId":   created.ID().ToStringOutput(),
		})
	}
	return all, nil
}

// credential returns the credential of a federation. The issuers are those that earlier federations
// trust, by subject; it adds its own.
func (r *registration) credential(f *federation, issuers map[string][]pulumi.StringOutput) credential {
	subject := f.subject()
	c := credential{
		name:        azure.FederatedCredentialName(f.key, f.namespace, f.serviceAccount),
		issuer:      r.checkedIssuer(f, subject, issuers[subject]),
		subject:     subject,
		audience:    pulumi.String(r.cloud().Audience()).ToStringOutput(),
		description: f.args.Description,
	}
	issuers[subject] = append(issuers[subject], f.issuer)
	if f.args.Audience != nil {
		c.audience = r.checked(f.path.Field("audience"), f.args.Audience.ToStringPtrOutput().Elem(), azure.ValidateAudience)
	}
	if f.args.Description != nil {
		c.description = r.checked(f.path.Field("description"), f.args.Description.ToStringPtrOutput().Elem(), checkDescription)
	}
	return c
}

// checkedIssuer returns the federation's issuer as an output that fails, once it is known, if it is
// not a valid issuer or if an earlier federation trusts it for the same subject.
func (r *registration) checkedIssuer(f *federation, subject string, earlier []pulumi.StringOutput) pulumi.StringOutput {
	all := pulumi.StringArray{f.issuer}
	for _, e := range earlier {
		all = append(all, e)
	}
	return all.ToStringArrayOutput().ApplyT(func(issuers []string) (string, error) {
		issuer := issuers[0]
		if err := azure.ValidateIssuer(issuer); err != nil {
			return "", r.about(f.issuerPath, err)
		}
		if slices.Contains(issuers[1:], issuer) {
			return "", r.about(f.issuerPath, problem.New(
				fmt.Sprintf("another federation trusts subject %q of issuer %q already, under another key", subject, issuer),
				"Entra allows the combination once per identity"))
		}
		return issuer, nil
	}).(pulumi.StringOutput)
}
