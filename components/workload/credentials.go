package workload

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// credential is what a federated identity credential says.
type credential struct {
	name        string
	issuer      pulumi.StringOutput
	subject     string
	audience    string
	description string
}

// registerCredentials registers the federated identity credential of every
// enabled federation.
//
// Azure refuses concurrent writes under one identity (409
// ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity), so each
// credential depends on all before it. On its predecessor alone would do for
// creating; but when the first and third of three are removed, nothing would
// order their deletion once the second is not deleted with them.
//
// A credential that is replaced is deleted first. Beside its predecessor it would
// be refused: issuer and subject are unique in an identity, and it may be the
// 21st. Nothing is replaced with it, because the others depend on it by
// DependsOn alone, without a property; and nothing else is written meanwhile,
// because those before it are done and those after it wait for it. Which names
// are one credential for the engine is what RenamedFrom says.
func (w *FederatedWorkload) registerCredentials(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs, federate federate) error {
	var (
		before      []pulumi.Resource
		issuers     = map[string][]pulumi.StringOutput{}
		subjects    = pulumi.StringArray{}
		ids         = pulumi.StringArray{}
		federations = pulumi.MapArray{}
	)
	for i := range args.Federations {
		f := &args.Federations[i]
		if !f.enabled() {
			continue
		}
		subject := kube.Subject(f.Namespace, f.ServiceAccount)
		c := credential{
			name:        azure.FederatedCredentialName(f.Key, f.Namespace, f.ServiceAccount),
			issuer:      checkedIssuer(fmt.Sprintf("federations[%d].issuer of workload %q", i, name), f.Issuer, subject, issuers[subject]),
			subject:     subject,
			audience:    args.audience(f),
			description: f.Description,
		}
		issuers[subject] = append(issuers[subject], f.Issuer.ToStringOutput())

		prefix := name + "-credential-"
		r, err := federate(ctx, prefix+f.id(), c,
			pulumi.Parent(w), pulumi.DependsOn(before), pulumi.DeleteBeforeReplace(true), f.aliases(prefix))
		if err != nil {
			return fmt.Errorf("registering the credential for %s/%s of workload %q: %w", f.Namespace, f.ServiceAccount, name, err)
		}
		before = append(before, r)
		w.Ready = append(w.Ready, r)

		id := r.ID().ToStringOutput()
		subjects = append(subjects, pulumi.String(subject))
		ids = append(ids, id)
		federations = append(federations, pulumi.Map{
			"key":            pulumi.String(f.Key),
			"namespace":      pulumi.String(f.Namespace),
			"serviceAccount": pulumi.String(f.ServiceAccount),
			"issuer":         c.issuer,
			"subject":        pulumi.String(subject),
			"audience":       pulumi.String(c.audience),
			"credentialId":   id,
		})
	}
	w.Subjects = subjects.ToStringArrayOutput()
	w.CredentialIds = ids.ToStringArrayOutput()
	w.Federations = federations.ToMapArrayOutput()
	return nil
}

// checkedIssuer is an issuer that fails, once it is known, if it is none or if
// an earlier federation trusts it for the same subject already.
func checkedIssuer(path string, issuer pulumi.StringInput, subject string, earlier []pulumi.StringOutput) pulumi.StringOutput {
	all := pulumi.StringArray{issuer}
	for _, e := range earlier {
		all = append(all, e)
	}
	return all.ToStringArrayOutput().ApplyT(func(issuers []string) (string, error) {
		if err := azure.ValidateIssuer(issuers[0]); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		for _, e := range issuers[1:] {
			if e == issuers[0] {
				return "", problem.New(path, fmt.Sprintf("another federation trusts subject %q of issuer %q already, under another key: Entra allows the combination once per identity", subject, e))
			}
		}
		return issuers[0], nil
	}).(pulumi.StringOutput)
}
