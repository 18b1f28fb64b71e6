package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// Identity kinds, by the component's own names.
const (
	identityUserAssigned = workload.UserAssigned
	identityExisting     = workload.ExistingUserAssigned
	identityExistingApp  = workload.ExistingApplication
)

// workload checks what only the stack knows about a workload; the component checks the rest (see components).
func (v *validator) workload(at keyPath, name string, w *Workload) {
	v.err(at, azure.ValidateKey(name))
	v.serviceAccount(at.key("serviceAccount"), name, w)
	v.federations(at.key("federations"), name, w)
	v.grants(at.key("grants"), w.Grants)
	v.reads(at.key("secrets"), w)
}

func (v *validator) serviceAccount(at keyPath, name string, w *Workload) {
	s := &w.ServiceAccount
	if s.Name == "" && kube.ValidateServiceAccount(name) != nil && w.needsAccountName() {
		v.add(at.key("name"), fmt.Sprintf("is missing, and the workload's name %s is no service account name", quote(name)),
			"give it a name of lower-case letters, digits and hyphens")
	}
	if s.Namespace == "" && len(w.Federations) == 0 {
		v.add(at.key("namespace"), "is required", "name the namespace of the workload's pods")
	}
}

// needsAccountName reports whether any federation takes serviceAccount.name.
func (w *Workload) needsAccountName() bool {
	return len(w.Federations) == 0 ||
		slices.ContainsFunc(w.Federations, func(f Federation) bool { return f.ServiceAccount == "" })
}

func (v *validator) federations(at keyPath, name string, w *Workload) {
	if w.Federations != nil && len(w.Federations) == 0 {
		v.add(at, "is an empty list", "remove the key for the default, or switch the trust off with \"- enabled: false\"")
	}
	for i := range w.Federations {
		v.federation(at.index(i), &w.Federations[i], w)
	}
}

func (v *validator) federation(at keyPath, f *Federation, w *Workload) {
	if f.Namespace == "" && w.ServiceAccount.Namespace == "" {
		v.add(at.key("namespace"), "is required", "name it here, or for all federations in serviceAccount.namespace")
	}
	switch {
	case f.Issuer == "" && f.Key != "":
		v.add(at.key("key"), "is given without an issuer", "remove it for this stack's cluster, or add the other cluster's issuer")
	case f.Issuer != "" && f.Key == "":
		v.add(at.key("key"), "is missing beside issuer", "give the other cluster a short name; it becomes part of the credential's name")
	case f.Issuer != "" && v.config.Program != ProgramWorkloads && f.Key == v.clusterKey:
		v.add(at.key("key"), fmt.Sprintf("is %s, the key of this stack's own cluster in the names of credentials", quote(f.Key)),
			"give the other cluster another short name, or remove issuer and key for this stack's cluster")
	}
	v.platformOf(at.key("platform"), f)
	v.renamedFrom(at.key("renamedFrom"), f)
}

// renamedFrom checks the form of a former name; the key of a cluster of the stack's own is not the file's to name. The
// component checks the rest.
func (v *validator) renamedFrom(at keyPath, f *Federation) {
	if f.RenamedFrom == "" {
		return
	}
	form, slashes := "namespace/service account", 1
	if f.Issuer != "" {
		form, slashes = "key/namespace/service account", 2
	}
	if strings.Count(f.RenamedFrom, "/") != slashes {
		v.add(at, "is not the former name of a federation: "+quote(f.RenamedFrom), "write "+form)
	}
}

// platformOf checks that a federation's platform is one of the stack's.
func (v *validator) platformOf(at keyPath, f *Federation) {
	if f.Platform == "" {
		return
	}
	if v.config.Program != ProgramWorkloads {
		v.add(at, "is for program "+ProgramWorkloads+" only", "remove it; the federation is with this stack's cluster")
		return
	}
	if f.Issuer != "" {
		v.add(at, "stands beside issuer", "remove one of the two: a federation is with a platform's cluster, or with an issuer of its own")
		return
	}
	if !has(v.config.Platforms, f.Platform) {
		remedy := "use one of: " + joined(v.config.Platforms)
		if near, ok := suggest.Nearest(f.Platform, sortedKeys(v.config.Platforms)); ok {
			remedy = fmt.Sprintf("did you mean %q?", near)
		}
		v.add(at, "names no platform of this stack: "+quote(f.Platform), remedy)
	}
}

// accountOf is the service account of a federation, "namespace/name", with the defaults that fillNames will fill in.
func (w *Workload) accountOf(workload string, f *Federation) string {
	return w.namespaceOf(f) + "/" + firstOf(f.ServiceAccount, w.ServiceAccount.Name, workload)
}

func (w *Workload) namespaceOf(f *Federation) string {
	return firstOf(f.Namespace, w.ServiceAccount.Namespace)
}

// firstOf is the first text that is not empty.
func firstOf(values ...string) string {
	for _, s := range values {
		if s != "" {
			return s
		}
	}
	return ""
}
