package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// givenNamespaces exist in every cluster.
var givenNamespaces = []string{"default", "kube-node-lease", "kube-public", "kube-system"}

// betweenWorkloads checks what enabled workloads may not have in common. A disabled workload is in nobody's way.
func (v *validator) betweenWorkloads() {
	accounts, identities, namespaces := map[string]string{}, map[string]string{}, map[string]string{}
	for _, name := range sortedKeys(v.config.Workloads) {
		w := v.config.Workloads[name]
		if !w.Enabled {
			continue
		}
		at := v.root("workloads").key(name)
		v.ownAccounts(at, name, &w, accounts)
		v.ownIdentity(at.key("identity"), name, &w, identities)
		v.agreedNamespaces(at.key("serviceAccount").key("existingNamespace"), name, &w, namespaces)
	}
}

// ownAccounts: a service account has one client-id annotation, so two workloads cannot both create it.
func (v *validator) ownAccounts(at keyPath, name string, w *Workload, owners map[string]string) {
	for _, account := range w.createdAccounts(name) {
		owner, taken := owners[account]
		if !taken {
			owners[account] = name
			continue
		}
		if owner != name {
			v.add(at.key("serviceAccount").key("name"), fmt.Sprintf("%s is created by the workload %s already", account, owner),
				"use another name: a service account stands for one identity")
		}
	}
}

// ownIdentity: credentials of one identity must be written one at a time, which one workload does and two would not; and
// two new identities of one name, in the stack's one resource group, would be one. Azure ignores case in both.
func (v *validator) ownIdentity(at keyPath, name string, w *Workload, owners map[string]string) {
	here, value, remedy := at.key("id"), w.Identity.ID, "make them one workload with several federations"
	switch w.Identity.Kind {
	case identityExisting, identityExistingApp:
	case identityUserAssigned:
		here, value, remedy = at.key("name"), w.Identity.Name, "use another name, or make them one workload with several federations"
	default:
		return
	}
	if value == "" {
		return
	}
	id := w.Identity.Kind + " " + strings.ToLower(value)
	if owner, taken := owners[id]; taken {
		v.add(here, "is the identity of the workload "+owner+" already", remedy)
		return
	}
	owners[id] = name
}

// agreedNamespaces: the stack creates a namespace once, for all workloads in it, or not at all.
func (v *validator) agreedNamespaces(at keyPath, name string, w *Workload, first map[string]string) {
	for _, namespace := range w.namespaces() {
		if w.ServiceAccount.ExistingNamespace {
			v.agree(at, namespace, name, first)
			continue
		}
		if slices.Contains(givenNamespaces, namespace) {
			v.add(at, fmt.Sprintf("is false, but namespace %s exists in every cluster", namespace), "set it to true")
			continue
		}
		if namespace == v.config.webhookNamespace() {
			v.add(at, fmt.Sprintf("is false, but namespace %s is the webhook's", namespace), "use a namespace of the workload's own")
			continue
		}
		v.agree(at, namespace, name, first)
	}
}

// namespaces checks that settings are for namespaces that the stack creates. Workloads that are switched off count: they may
// come back.
func (v *validator) namespaces(at keyPath) {
	created := map[string]bool{}
	for _, w := range v.config.Workloads {
		if w.ServiceAccount.ExistingNamespace {
			continue
		}
		for _, namespace := range w.namespaces() {
			created[namespace] = true
		}
	}
	for _, name := range sortedKeys(v.config.Namespaces) {
		labels := v.config.Namespaces[name].Labels
		for _, key := range sortedKeys(labels) {
			v.err(at.key(name).key("labels").key(key), kube.ValidateLabelKey(key))
			v.err(at.key(name).key("labels").key(key), kube.ValidateLabelValue(labels[key]))
		}
		if created[name] {
			continue
		}
		remedy := "remove it, or name a namespace that a workload of this stack is in"
		if near, ok := suggest.Nearest(name, sortedKeys(created)); ok {
			remedy = fmt.Sprintf("did you mean %q?", near)
		}
		v.add(at.key(name), "is a namespace that this stack does not create", remedy)
	}
}

func (v *validator) agree(at keyPath, namespace, name string, first map[string]string) {
	other, known := first[namespace]
	if !known {
		first[namespace] = name
		return
	}
	if mine := v.config.Workloads[name].ServiceAccount.ExistingNamespace; mine != v.config.Workloads[other].ServiceAccount.ExistingNamespace {
		v.add(at, fmt.Sprintf("is %t, but the workload %s, in the same namespace %s, says %t", mine, other, namespace, !mine),
			"make them agree on whether the stack creates the namespace")
	}
}

// webhookNamespace is where the stack installs the webhook; empty when it does not.
func (c *Config) webhookNamespace() string {
	args := c.webhookArgs()
	if args == nil {
		return ""
	}
	return firstOf(args.Namespace, webhook.DefaultNamespace)
}

// inCluster are the federations with the clusters that the stack reaches.
func (w *Workload) inCluster() []Federation {
	if len(w.Federations) == 0 {
		f := Federation{}
		f.setDefaults()
		return []Federation{f}
	}
	return slices.DeleteFunc(slices.Clone(w.Federations), func(f Federation) bool { return f.Issuer != "" })
}

// namespaces are those in which the workload has service accounts in the clusters that the stack reaches, in their order, once each.
func (w *Workload) namespaces() []string {
	var list []string
	for _, f := range w.inCluster() {
		if n := w.namespaceOf(&f); n != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// createdAccounts are the service accounts that the stack creates for the workload, "namespace/name".
func (w *Workload) createdAccounts(name string) []string {
	if w.ServiceAccount.Mode == workload.ExistingServiceAccount {
		return nil
	}
	var list []string
	for _, f := range w.inCluster() {
		list = append(list, w.accountOf(name, &f))
	}
	return list
}
