package workload

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// FederationArgs lets one service account use the identity, in each of the targets or in one of
// them, or what another issuer identifies by a Subject, such as a pipeline.
type FederationArgs struct {
	// Target is the key of the target in whose cluster the service account is. Default: every
	// target.
	Target string `pulumi:"target,optional"`
	// Issuer is the OIDC issuer URL of a cluster that is not a target, byte for byte, with AKS's
	// trailing slash. Nothing is created in that cluster. Default: that of the target.
	Issuer pulumi.StringPtrInput `pulumi:"issuer,optional"`
	// Key names the cluster of Issuer for the life of the federation, as Target.Key does. With a
	// Subject it names this one federation. Required with Issuer, refused without.
	Key string `pulumi:"key,optional"`
	// Subject is the subject of the issuer's tokens, for an issuer that is no cluster: 1 to 600
	// characters, compared literally, such as "repo:ORGANISATION/REPOSITORY:environment:NAME" of
	// GitHub. It stands in the place of Namespace and ServiceAccount, and needs an Issuer. Default:
	// that of the service account.
	Subject string `pulumi:"subject,optional"`
	// Namespace of the service account: an RFC 1123 label of at most 63 characters; no wildcards.
	// Default: that of the workload's ServiceAccount.
	Namespace string `pulumi:"namespace,optional"`
	// ServiceAccount is its name: an RFC 1123 subdomain of at most 253 characters; no wildcards.
	// Default: that of the workload's ServiceAccount.
	ServiceAccount string `pulumi:"serviceAccount,optional"`
	// ServiceAccountMode is CreateServiceAccount, AdoptServiceAccount, AnnotateServiceAccount or
	// ExistingServiceAccount. Default: the mode of the workload's ServiceAccount. With an Issuer it
	// is always ExistingServiceAccount.
	ServiceAccountMode ServiceAccountMode `pulumi:"serviceAccountMode,optional"`
	// CreateNamespace creates the namespace with the component, and deletes it on destroy with all
	// that is in it. Federations that name the same cluster and namespace share it. Default: that
	// of the workload's ServiceAccount.
	CreateNamespace *bool `pulumi:"createNamespace,optional"`
	// Audience is the one audience of the credential. Default: the one that the webhook projects in
	// the Cloud. Another one needs tokens that something other than the webhook requests.
	Audience pulumi.StringPtrInput `pulumi:"audience,optional"`
	// Description of the credential, at most 600 characters. Only Entra applications keep it;
	// user-assigned identities have no such property. Default: none.
	Description pulumi.StringPtrInput `pulumi:"description,optional"`
	// Enabled false removes the federated credential and keeps the service account with its
	// annotations, so that pods still start. Default: true.
	Enabled *bool `pulumi:"enabled,optional"`
	// RenamedFrom is the federation's previous name: "namespace/serviceAccount" when one of the two
	// changes, "key/namespace/serviceAccount" when the key does. The old credential is then deleted
	// before the new one is created. Without RenamedFrom the new one is created first, and Azure
	// refuses it if issuer and subject stay the same or if the identity has 20 already. It also
	// keeps the objects in the cluster where only the key changes. It can be removed after the
	// update, and has no effect if it stays. With a Subject it is the former key.
	RenamedFrom string `pulumi:"renamedFrom,optional"`
}

// Accounts returns the federations of the given service accounts, each "namespace/name", in their
// order and in every target. A name without a namespace uses the namespace of the workload's
// ServiceAccount. The caller may change elements of the result. Accounts returns no error: Validate
// refuses an account with several slashes, because its name is not valid.
func Accounts(accounts ...string) []FederationArgs {
	list := make([]FederationArgs, len(accounts))
	for i, account := range accounts {
		namespace, name, found := strings.Cut(account, "/")
		if !found {
			namespace, name = "", account
		}
		list[i] = FederationArgs{Namespace: namespace, ServiceAccount: name}
	}
	return list
}

// federationID names a federation in the names of children and of credentials. One with a subject
// has only the key.
type federationID struct{ key, namespace, serviceAccount string }

// child returns the federation's part of its children's names. Keys and namespaces have no dots, so
// that different federations never share a name, although a service account's name may have dots.
func (id federationID) child() string {
	if id.serviceAccount == "" {
		return id.key
	}
	return id.key + "." + id.namespace + "." + id.serviceAccount
}

// namespaceChild returns the namespace's part of its child's name.
func (id federationID) namespaceChild() string { return id.key + "." + id.namespace }

// federation is one service account of one cluster, with all defaults. A FederationArgs gives one
// in each of its targets.
type federation struct {
	federationID
	// path is the path of its FederationArgs.
	path problem.Path
	args *FederationArgs
	// target is the cluster, or nil for an issuer that is not a target's.
	target *Target
	// issuer is the cluster's, and issuerPath its argument.
	issuer     pulumi.StringOutput
	issuerPath problem.Path
	// knownIssuer is the issuer if it is known when the program runs.
	knownIssuer     string
	mode            ServiceAccountMode
	createNamespace bool
}

// subject returns the subject of the tokens that the federation trusts.
func (f *federation) subject() string {
	if f.args.Subject != "" {
		return f.args.Subject
	}
	return kube.Subject(f.namespace, f.serviceAccount)
}

// noAccount reports whether the federation is with something that is no service account.
func (f *federation) noAccount() bool { return f.args.Subject != "" }

// enabled reports whether there is a credential.
func (f *federation) enabled() bool { return f.args.Enabled == nil || *f.args.Enabled }

// inCluster reports whether the component creates anything in the cluster for the federation.
func (f *federation) inCluster() bool {
	return f.target != nil && (f.mode != ExistingServiceAccount || f.createNamespace)
}

// federations returns the federations of a workload of that name, each in each of its targets, in
// the order of the arguments.
func (args *FederatedWorkloadArgs) federations(name string) []federation {
	account := args.account(name)
	if len(args.Federations) == 0 && account.Namespace != "" {
		return args.expand("serviceAccount", &FederationArgs{}, account)
	}
	var list []federation
	for i := range args.Federations {
		list = append(list, args.expand(problem.Path("federations").Index(i), &args.Federations[i], account)...)
	}
	return list
}

// expand returns the federations of one FederationArgs, one for each of its targets.
func (args *FederatedWorkloadArgs) expand(path problem.Path, f *FederationArgs, account ServiceAccountArgs) []federation {
	base := federation{path: path, args: f, mode: ExistingServiceAccount}
	base.namespace = cmp.Or(f.Namespace, account.Namespace)
	base.serviceAccount = cmp.Or(f.ServiceAccount, account.Name)
	if f.Subject != "" {
		base.namespace, base.serviceAccount = "", ""
	}
	if f.Issuer != nil {
		base.key = f.Key
		base.issuer, base.issuerPath = f.Issuer.ToStringPtrOutput().Elem(), path.Field("issuer")
		base.knownIssuer, _ = known.String(f.Issuer)
		return []federation{base}
	}
	base.mode = cmp.Or(f.ServiceAccountMode, account.Mode)
	base.createNamespace = account.CreateNamespace
	if f.CreateNamespace != nil {
		base.createNamespace = *f.CreateNamespace
	}
	var list []federation
	for i := range args.Targets {
		t := &args.Targets[i]
		if f.Target != "" && f.Target != t.Key {
			continue
		}
		one := base
		one.target, one.key, one.issuerPath = t, t.Key, problem.Path("targets").Index(i).Field("issuer")
		if t.Issuer != nil {
			one.issuer = t.Issuer.ToStringOutput()
		}
		one.knownIssuer, _ = known.String(t.Issuer)
		list = append(list, one)
	}
	return list
}

// checkFederations records what is wrong with the federations of a workload of that name.
func (args *FederatedWorkloadArgs) checkFederations(l *problem.List, name string) {
	for i := range args.Federations {
		f, path := &args.Federations[i], problem.Path("federations").Index(i)
		args.checkCluster(l, path, f)
		f.check(l, path, args.account(name))
	}
	list := args.federations(name)
	enabled := 0
	for i := range list {
		if list[i].enabled() {
			enabled++
		}
	}
	checkTrusts(l, list)
	if enabled > azure.MaxFederatedCredentials {
		l.Add("federations", fmt.Sprintf("%d federations are enabled", enabled), fmt.Sprintf("an identity holds at most %d federated credentials; share a service account between pods, split the workload over several identities with the same grants, or see whether AKS identity bindings suit you, which this component does not set up", azure.MaxFederatedCredentials))
	}
	checkRenames(l, list)
}

// checkCluster records what is wrong with the way in which a federation names its cluster.
func (args *FederatedWorkloadArgs) checkCluster(l *problem.List, path problem.Path, f *FederationArgs) {
	keys := make([]string, len(args.Targets))
	for i := range args.Targets {
		keys[i] = args.Targets[i].Key
	}
	if f.Issuer == nil {
		f.checkTarget(l, path, keys)
		return
	}
	switch {
	case f.Target != "":
		l.Add(path+".target", "it stands beside an issuer", "remove one of the two: a federation is with a target's cluster, or with that of another issuer")
	case f.Key == "":
		l.Add(path+".key", "a short name of the cluster is required", "it names the credential for the life of the cluster")
	case slices.Contains(keys, f.Key):
		l.Add(path+".key", fmt.Sprintf("%q is the key of a target", f.Key), "give the other cluster another short name, or leave out issuer and key for the target's")
	default:
		l.AddError(path+".key", azure.ValidateKey(f.Key))
	}
}

// checkTarget records what is wrong with a federation that is with the clusters of targets.
func (f *FederationArgs) checkTarget(l *problem.List, path problem.Path, keys []string) {
	switch {
	case f.Key != "":
		l.Add(path+".key", "it is given without an issuer", "leave it out for the cluster of a target, or add the other cluster's issuer")
	case f.Target == "" && len(keys) == 0:
		l.Add(path+".issuer", "an issuer is required where there are no targets", "add the cluster to targets, or pass its issuerUrl output, and a key")
	case f.Target != "" && !slices.Contains(keys, f.Target):
		remedy := "leave it out for every target, or use one of " + strings.Join(keys, ", ")
		if near, ok := suggest.Nearest(f.Target, keys); ok {
			remedy = fmt.Sprintf("did you mean %q?", near)
		}
		l.Add(path+".target", fmt.Sprintf("%q is not the key of a target", f.Target), remedy)
	}
}

// check records what is wrong with a federation by itself.
func (f *FederationArgs) check(l *problem.List, path problem.Path, account ServiceAccountArgs) {
	f.checkSubject(l, path)
	if f.Namespace != "" {
		l.AddError(path+".namespace", kube.ValidateNamespace(f.Namespace))
	} else if account.Namespace == "" && f.Subject == "" {
		l.Add(path+".namespace", "a namespace is required", "name it here, or for all federations in serviceAccount.namespace")
	}
	if f.ServiceAccount != "" {
		l.AddError(path+".serviceAccount", kube.ValidateServiceAccount(f.ServiceAccount))
		account.checkDefault(l, path+".serviceAccount", f.ServiceAccount, cmp.Or(f.Namespace, account.Namespace))
	}
	if issuer, ok := known.String(f.Issuer); ok {
		l.AddError(path+".issuer", azure.ValidateIssuer(issuer))
	}
	if audience, ok := known.String(f.Audience); ok {
		l.AddError(path+".audience", azure.ValidateAudience(audience))
	}
	if description, ok := known.String(f.Description); ok {
		l.AddError(path+".description", checkDescription(description))
	}
	if f.Issuer != nil {
		f.checkElsewhere(l, path)
	}
}

// checkElsewhere records settings that would create something in the cluster of an issuer, which
// the component cannot reach.
func (f *FederationArgs) checkElsewhere(l *problem.List, path problem.Path) {
	const message, remedy = "nothing is created in the cluster of an issuer", "leave it out, or make the cluster a target"
	switch f.ServiceAccountMode {
	case CreateServiceAccount, AdoptServiceAccount, AnnotateServiceAccount:
		l.Add(path+".serviceAccountMode", message, remedy)
	}
	if f.CreateNamespace != nil && *f.CreateNamespace {
		l.Add(path+".createNamespace", message, remedy)
	}
}

// checkDescription reports a description that Entra refuses.
func checkDescription(text string) error {
	if n := utf8.RuneCountInString(text); n > azure.MaxFederatedFieldLength {
		return problem.New(fmt.Sprintf("the description has %d characters", n), fmt.Sprintf("Entra allows at most %d", azure.MaxFederatedFieldLength))
	}
	return nil
}

// checkTrusts records federations with the same issuer and subject, which Azure refuses.
func checkTrusts(l *problem.List, list []federation) {
	const once = "Entra allows the combination once per identity"
	ids, trusts := map[federationID]*federation{}, map[string]*federation{}
	for i := range list {
		f := &list[i]
		if other, taken := ids[f.federationID]; taken {
			if f.noAccount() && !l.Has(f.path+".key") {
				l.Add(f.path+".key", fmt.Sprintf("%s has the key %q already", other.path, f.key), "a federation with a subject has a key of its own")
				continue
			}
			// One federation with several targets of one key is a problem of the targets.
			if other.path != f.path && !l.Has(f.path) {
				l.Add(f.path, fmt.Sprintf("%s has the same key, namespace and service account", other.path), once)
			}
			continue
		}
		ids[f.federationID] = f
		if f.knownIssuer == "" || !f.enabled() {
			continue
		}
		trust := f.knownIssuer + "\x00" + f.subject()
		other, taken := trusts[trust]
		path := f.path
		if f.target == nil {
			path = f.issuerPath
		}
		switch {
		case !taken:
			trusts[trust] = f
		case l.Has(path):
		case other.path == f.path:
			l.Add(path, fmt.Sprintf("the targets %q and %q have the same issuer", other.key, f.key), once)
		default:
			l.Add(path, fmt.Sprintf("%s has the same issuer and subject under another key", other.path), once)
		}
	}
}
