package stacks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// Identity kinds, by the component's own names.
const (
	identityUserAssigned = workload.UserAssigned
	identityApplication  = workload.Application
	identityExisting     = workload.ExistingUserAssigned
)

// maxApplicationName keeps an application's display name readable in the portal's lists.
const maxApplicationName = 120

// reservedPrefix begins the annotations that the webhook reads and the component writes.
const reservedPrefix = "azure.workload.identity/"

var (
	identityIDForm = regexp.MustCompile(`(?i)^/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/resourceGroups/[^/\s]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/\s]+$`)
	labelKeyForm   = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	labelValueForm = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$`)
)

func (v *validator) workload(at keyPath, name string, w *Workload) {
	v.err(at, names.ValidateKey(name))
	v.identity(at.key("identity"), &w.Identity)
	v.serviceAccount(at.key("serviceAccount"), name, w)
	v.federations(at.key("federations"), name, w)
	v.grants(at.key("grants"), w.Grants)
	v.reads(at.key("secrets"), w)
}

func (v *validator) identity(at keyPath, i *Identity) {
	if !v.oneOf(at.key("kind"), i.Kind, identityUserAssigned, identityApplication, identityExisting) {
		return
	}
	if i.Kind == identityExisting {
		if i.Name != "" {
			v.add(at.key("name"), "is given for an identity that exists", "remove it; id says which identity it is")
		}
		if !identityIDForm.MatchString(i.ID) {
			v.add(at.key("id"), "must be the id of the existing identity",
				"write /subscriptions/GUID/resourceGroups/NAME/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME, as \"az identity show --query id\" prints it")
		}
		return
	}
	if i.ID != "" {
		v.add(at.key("id"), "is given for a new identity", "set kind to "+identityExisting+", or remove id")
	}
	if i.Name == "" {
		return
	}
	if i.Kind == identityApplication {
		if len(i.Name) > maxApplicationName {
			v.add(at.key("name"), fmt.Sprintf("has %d characters", len(i.Name)), fmt.Sprintf("use at most %d", maxApplicationName))
		}
		return
	}
	v.err(at.key("name"), names.ValidateIdentityName(i.Name))
}

func (v *validator) serviceAccount(at keyPath, name string, w *Workload) {
	s := &w.ServiceAccount
	if s.Name != "" {
		v.account(at.key("name"), s.Name, s.AllowDefault)
	} else if names.ValidateServiceAccount(name) != nil && w.needsAccountName() {
		v.add(at.key("name"), fmt.Sprintf("is missing, and the workload's name %s is no service account name", quote(name)),
			"give it a name of lower-case letters, digits and hyphens")
	}
	if s.Namespace != "" {
		v.err(at.key("namespace"), names.ValidateNamespace(s.Namespace))
	} else if len(w.Federations) == 0 {
		v.add(at.key("namespace"), "is required", "name the namespace of the workload's pods")
	}
	if s.TokenExpirationSeconds != nil {
		v.between(at.key("tokenExpirationSeconds"), *s.TokenExpirationSeconds,
			names.MinTokenExpirationSeconds, names.MaxTokenExpirationSeconds, "seconds; the webhook denies pods outside")
	}
	v.labels(at.key("labels"), s.Labels)
	for _, key := range sortedKeys(s.Annotations) {
		switch {
		case strings.HasPrefix(key, reservedPrefix):
			v.add(at.key("annotations").key(key), "is the component's own annotation", "remove it; tokenExpirationSeconds and the identity decide about these")
		case !labelKeyForm.MatchString(key):
			v.add(at.key("annotations").key(key), "is not an annotation's name", "use an optional prefix with a slash, then at most 63 letters, digits, - _ .")
		}
	}
}

// account checks a service account's name; "default" needs an explicit permission, because every pod without a service
// account of its own uses it.
func (v *validator) account(at keyPath, name string, allowDefault bool) {
	v.err(at, names.ValidateServiceAccount(name))
	if name == "default" && !allowDefault {
		v.add(at, "is default, which every pod without a service account of its own uses",
			"use another service account, or permit it with serviceAccount.allowDefault: true")
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
	enabled, trusts, accounts := 0, map[string]int{}, map[string]int{}
	for i := range w.Federations {
		f, here := &w.Federations[i], at.index(i)
		v.federation(here, f, w)
		if f.Enabled {
			enabled++
		}
		id := f.Key + "\x00" + w.accountOf(name, f)
		if j, taken := accounts[id]; taken {
			v.add(here, fmt.Sprintf("names the same service account as federations[%d]", j), "remove one of the two: Entra allows issuer and subject once per identity")
			continue
		}
		accounts[id] = i
		trust := f.Issuer + "\x00" + w.accountOf(name, f)
		if j, taken := trusts[trust]; taken {
			v.add(here, fmt.Sprintf("has the same issuer and service account as federations[%d]", j), "remove one of the two: Entra allows issuer and subject once per identity")
		}
		trusts[trust] = i
	}
	if enabled > names.MaxFederatedCredentials {
		v.add(at, fmt.Sprintf("has %d enabled federations", enabled),
			fmt.Sprintf("keep at most %d, Entra's limit for one identity: let pods share a service account, or split the workload", names.MaxFederatedCredentials))
	}
}

func (v *validator) federation(at keyPath, f *Federation, w *Workload) {
	if f.Namespace != "" {
		v.err(at.key("namespace"), names.ValidateNamespace(f.Namespace))
	} else if w.ServiceAccount.Namespace == "" {
		v.add(at.key("namespace"), "is required", "name it here, or for all federations in serviceAccount.namespace")
	}
	if f.ServiceAccount != "" {
		v.account(at.key("serviceAccount"), f.ServiceAccount, w.ServiceAccount.AllowDefault)
	}
	if f.Audience != "" {
		v.err(at.key("audience"), names.ValidateAudience(f.Audience))
	}
	if n := len([]rune(f.Description)); n > names.MaxFederatedFieldLength {
		v.add(at.key("description"), fmt.Sprintf("has %d characters", n), fmt.Sprintf("use at most %d", names.MaxFederatedFieldLength))
	}
	switch {
	case f.Issuer == "" && f.Key != "":
		v.add(at.key("key"), "is given without an issuer", "remove it for this stack's cluster, or add the other cluster's issuer")
	case f.Issuer != "" && f.Key == "":
		v.add(at.key("key"), "is missing beside issuer", "give the other cluster a short name; it becomes part of the credential's name")
	}
	if f.Issuer != "" {
		v.err(at.key("issuer"), names.ValidateIssuer(f.Issuer))
	}
	if f.Key != "" {
		v.err(at.key("key"), names.ValidateKey(f.Key))
	}
	if f.Issuer != "" && f.Key == v.clusterKey {
		v.add(at.key("key"), fmt.Sprintf("is %s, the key of this stack's own cluster in the names of credentials", quote(f.Key)),
			"give the other cluster another short name, or remove issuer and key for this stack's cluster")
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

func (v *validator) labels(at keyPath, labels map[string]string) {
	for _, key := range sortedKeys(labels) {
		if !labelKeyForm.MatchString(key) {
			v.add(at.key(key), "is not a label's name", "use an optional prefix with a slash, then at most 63 letters, digits, - _ .")
		}
		if !labelValueForm.MatchString(labels[key]) {
			v.add(at.key(key), "has a value that no label can have: "+quote(labels[key]), "use at most 63 letters, digits, - _ . and start and end with a letter or digit")
		}
	}
}
