package stacks

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// Load turns a stack's raw configuration into a checked Config with all defaults filled in.
//
// values maps `namespace:key` to what Pulumi passes to programs, a scalar's text or JSON; secret holds those keys that
// contain something encrypted. Other namespaces are looked at only where they must agree with this project's. Load is a
// pure function. Its error, if any, is a *ConfigError that lists every problem.
func Load(project, stack string, values map[string]string, secret map[string]bool) (*Config, error) {
	own, ownSecret := map[string]string{}, map[string]bool{}
	found := &problems{}
	for _, full := range sortedKeys(values) {
		namespace, key, _ := strings.Cut(full, ":")
		if namespace == project {
			own[key], ownSecret[key] = values[full], secret[full]
			continue
		}
		// A misspelt namespace hides all that is in it. One wrong letter in six keeps other packages' names out.
		if suggest.EditDistance(namespace, project) <= len(project)/6 {
			found.add(rootKey(namespace, key), "is in no known namespace", "did you mean \""+project+":"+key+"\"?")
		}
	}

	c := &Config{}
	d := &decoder{problems: found}
	d.topLevel(project, own, ownSecret, c)

	if encryptedElsewhere(found, project, ownSecret) {
		// Validation quotes values, and which of them are encrypted nobody tells a program.
		return nil, found.err(file(stack))
	}
	v := &validator{
		problems:    found,
		config:      c,
		project:     project,
		raw:         own,
		clusterKey:  clusterKey(stack),
		encrypted:   ownSecret["vault"],
		environment: func(provider string) string { return values[provider+":environment"] },
	}
	v.all()
	if err := found.err(file(stack)); err != nil {
		return nil, err
	}
	c.fillNames()
	return c, nil
}

// file is the name of a stack's configuration file.
func file(stack string) string { return "Pulumi." + stack + ".yaml" }

// encryptedElsewhere refuses encrypted values outside the vault. Everything else becomes part of resource names, ids and
// outputs, where it could not stay secret; and Pulumi tells a program only which top-level keys contain something
// encrypted, so that a whole section would have to be treated as secret for one value in it.
func encryptedElsewhere(found *problems, project string, secret map[string]bool) bool {
	refused := false
	for _, key := range sortedKeys(secret) {
		if !secret[key] || key == "vault" {
			continue
		}
		refused = true
		found.unreadable(rootKey(project, key), "contains an encrypted value",
			"write it in plain text; only values in vault.secrets can be encrypted, because all others show in resource ids")
	}
	return refused
}

// fillNames fills in the defaults that depend on other values.
func (c *Config) fillNames() {
	for name, w := range c.Workloads {
		c.Workloads[name] = w.withNames(name)
	}
}

// withNames is the workload with its service accounts and federations filled in.
func (w Workload) withNames(name string) Workload {
	if w.ServiceAccount.Name == "" {
		w.ServiceAccount.Name = name
	}
	w.Federations = slices.Clone(w.Federations)
	if len(w.Federations) == 0 {
		w.Federations = make([]Federation, 1)
		w.Federations[0].setDefaults()
	}
	for i := range w.Federations {
		f := &w.Federations[i]
		if f.Namespace == "" {
			f.Namespace = w.ServiceAccount.Namespace
		}
		if f.ServiceAccount == "" {
			f.ServiceAccount = w.ServiceAccount.Name
		}
	}
	return w
}
