package workload

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Target is a cluster, or another issuer, whose service accounts use an identity.
// Its fields are those of FederationArgs that all federations of a cluster share.
// Go only.
type Target struct {
	// Key, Issuer, Audience, CreateNamespace and ServiceAccountMode are as in
	// FederationArgs.
	Key                string
	Issuer             pulumi.StringInput
	Audience           string
	CreateNamespace    bool
	ServiceAccountMode ServiceAccountMode
	// KubernetesProvider, After and DeletedWith likewise.
	KubernetesProvider pulumi.ProviderResource
	After              []pulumi.Resource
	DeletedWith        pulumi.Resource
}

// Federations are the federations of the given service accounts, each
// "namespace/name", in their order. The result is the caller's, who may change
// single elements. It reports no error: an account without a slash lacks its
// namespace, and one with several slashes has no legal name, which Validate says.
func (t Target) Federations(accounts ...string) []FederationArgs {
	list := make([]FederationArgs, 0, len(accounts))
	for _, account := range accounts {
		namespace, name, found := strings.Cut(account, "/")
		if !found {
			namespace, name = "", account
		}
		list = append(list, FederationArgs{
			Key:                t.Key,
			Issuer:             t.Issuer,
			Namespace:          namespace,
			ServiceAccount:     name,
			Audience:           t.Audience,
			CreateNamespace:    t.CreateNamespace,
			ServiceAccountMode: t.ServiceAccountMode,
			KubernetesProvider: t.KubernetesProvider,
			After:              t.After,
			DeletedWith:        t.DeletedWith,
		})
	}
	return list
}

// Federate is every service account on every target, target by target: for one
// application in several clusters.
func Federate(targets []Target, accounts ...string) []FederationArgs {
	list := make([]FederationArgs, 0, len(targets)*len(accounts))
	for _, t := range targets {
		list = append(list, t.Federations(accounts...)...)
	}
	return list
}
