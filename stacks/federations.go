package stacks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// Federation is the trust of the identity in one service account: every argument of the component's
// federations, with a platform in place of the target.
type Federation struct {
	workload.FederationArgs
	// Platform is the name of the platform in whose cluster the service account is, for program
	// workloads only. Default: every platform.
	Platform string `config:"platform"`
}

// OwnedKeys returns the component's arguments that the stack sets itself.
func (Federation) OwnedKeys() []string { return []string{"target"} }

// elsewhere reports whether the federation is with an issuer that is none of the stack's clusters.
func (f *Federation) elsewhere() bool { return f.Issuer != nil }

func (v *validator) federations(at problem.Path, w *Workload) {
	if w.Federations != nil && len(w.Federations) == 0 {
		v.Add(at, "is an empty list", "remove the key for the default, or switch the trust off with \"- enabled: false\"")
	}
	for i := range w.Federations {
		v.federation(at.Index(i), &w.Federations[i], w)
	}
}

func (v *validator) federation(at problem.Path, f *Federation, w *Workload) {
	if w.namespaceOf(f) == "" && f.Subject == "" {
		v.Add(at.Field("namespace"), "is required", "name it here, or for all federations in serviceAccount.namespace")
	}
	switch {
	case !f.elsewhere() && f.Key != "":
		v.Add(at.Field("key"), "is given without an issuer", "remove it for this stack's cluster, or add the other cluster's issuer")
	case f.elsewhere() && f.Key == "":
		v.Add(at.Field("key"), "is missing beside issuer", "give the other cluster a short name; it becomes part of the credential's name")
	case f.elsewhere() && v.config.Program != ProgramWorkloads && f.Key == v.clusterKey:
		v.Add(at.Field("key"), fmt.Sprintf("is %s, the key of this stack's own cluster in the names of credentials", strict.Quote(f.Key)),
			"give the other cluster another short name, or remove issuer and key for this stack's cluster")
	}
	v.platformOf(at.Field("platform"), f)
	v.renamedFrom(at.Field("renamedFrom"), f)
}

// renamedFrom checks the form of a former name: the key of one of the stack's own clusters is not
// the file's to name. The component checks the rest.
func (v *validator) renamedFrom(at problem.Path, f *Federation) {
	if f.RenamedFrom == "" {
		return
	}
	form, slashes := "namespace/service account", 1
	switch {
	case f.Subject != "":
		form, slashes = "the former key", 0
	case f.elsewhere():
		form, slashes = "key/namespace/service account", 2
	}
	if strings.Count(f.RenamedFrom, "/") != slashes {
		v.Add(at, "is not the former name of a federation: "+strict.Quote(f.RenamedFrom), "write "+form)
	}
}

// platformOf checks that a federation's platform is one of the stack's.
func (v *validator) platformOf(at problem.Path, f *Federation) {
	switch {
	case f.Platform == "":
	case v.config.Program != ProgramWorkloads:
		v.Add(at, "is for program "+string(ProgramWorkloads)+" only", "remove it; the federation is with this stack's cluster")
	case f.elsewhere():
		v.Add(at, "stands beside issuer", "remove one of the two: a federation is either with a platform's cluster or with another issuer")
	case !has(v.config.Platforms, f.Platform):
		remedy := "use one of: " + strings.Join(sortedKeys(v.config.Platforms), ", ")
		if near, ok := suggest.Nearest(f.Platform, sortedKeys(v.config.Platforms)); ok {
			remedy = fmt.Sprintf("did you mean %q?", near)
		}
		v.Add(at, "names no platform of this stack: "+strict.Quote(f.Platform), remedy)
	}
}

// federationArgs returns the component's arguments of a federation.
func (g *graph) federationArgs(f *Federation) workload.FederationArgs {
	args := f.FederationArgs
	if !f.elsewhere() {
		args.CreateNamespace = nil // the stack's, see registerNamespaces
	}
	if list := g.targetsOf(f); f.Platform != "" && len(list) == 1 {
		args.Target = list[0].key
	}
	return args
}

// inCluster returns the federations with clusters that the stack reaches.
func (w *Workload) inCluster() []Federation {
	if len(w.Federations) == 0 {
		return []Federation{{}}
	}
	return slices.DeleteFunc(slices.Clone(w.Federations), func(f Federation) bool { return f.elsewhere() })
}

// namespaces returns those in which the workload has service accounts in the clusters that the
// stack reaches, in their order, once each.
func (w *Workload) namespaces() []string {
	var list []string
	for _, f := range w.inCluster() {
		if n := w.namespaceOf(&f); n != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// accounts returns the service accounts that the component creates or changes for the workload,
// "namespace/name".
func (w *Workload) accounts(name string) []string {
	var list []string
	for _, f := range w.inCluster() {
		if cmp.Or(f.ServiceAccountMode, w.ServiceAccount.Mode) != workload.ExistingServiceAccount {
			list = append(list, w.namespaceOf(&f)+"/"+cmp.Or(f.ServiceAccount, w.ServiceAccount.Name, name))
		}
	}
	return list
}

// creates reports whether the stack creates the namespace of a federation's service account.
func (w *Workload) creates(f *Federation) bool {
	if f.CreateNamespace != nil {
		return *f.CreateNamespace
	}
	return w.ServiceAccount.CreateNamespace
}

func (w *Workload) namespaceOf(f *Federation) string {
	return cmp.Or(f.Namespace, w.ServiceAccount.Namespace)
}

// needsAccountName reports whether any federation takes serviceAccount.name.
func (w *Workload) needsAccountName() bool {
	return len(w.Federations) == 0 ||
		slices.ContainsFunc(w.Federations, func(f Federation) bool { return f.ServiceAccount == "" && f.Subject == "" })
}
