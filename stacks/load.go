package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// ConfigError reports every problem of a stack's configuration at once. When [Run] returns one, no
// resource has been registered.
type ConfigError struct {
	// File is the stack's configuration file, for example `Pulumi.local.yaml`.
	File string
	// Problems are sorted by path and never empty. A path is that of the offending value, as
	// `pulumi config set --path` takes it, for example
	// `aks-workload-identity:workloads.quick-start.serviceAccount.name`.
	Problems []problem.Problem
}

// Error lists all problems, one a line, each with file, path, message and remedy.
func (e *ConfigError) Error() string {
	var b strings.Builder
	noun := "problems"
	if len(e.Problems) == 1 {
		noun = "problem"
	}
	fmt.Fprintf(&b, "the configuration in %s has %d %s; nothing was deployed:", e.File, len(e.Problems), noun)
	for i := range e.Problems {
		fmt.Fprintf(&b, "\n  - %s: %s", e.File, e.Problems[i].Error())
	}
	return b.String()
}

// refused returns nil when nothing is wrong, else a *ConfigError.
func refused(file string, found *strict.Problems) error {
	list := found.Sorted()
	if len(list) == 0 {
		return nil
	}
	return &ConfigError{File: file, Problems: list}
}

// repositoryProject is the project's name in this repository. A copy that `pulumi new` has made has
// another name, and still the stack files of this one.
const repositoryProject = "aks-workload-identity"

// Load turns a stack's raw configuration into a checked Config with all defaults filled in.
//
// values maps `namespace:key` to what Pulumi passes to programs, a scalar's text or JSON; secret
// holds those keys that contain something encrypted. Other namespaces are looked at only where they
// must agree with this project's. Load is a pure function. Its error, if any, is a *ConfigError
// that lists every problem.
func Load(project, stack string, values map[string]string, secret map[string]bool) (*Config, error) {
	own, ownSecret := map[string]string{}, map[string]bool{}
	found := &strict.Problems{}
	for _, full := range sortedKeys(values) {
		namespace, key, _ := strings.Cut(full, ":")
		if namespace == project {
			own[key], ownSecret[key] = values[full], secret[full]
			continue
		}
		if namespace == repositoryProject {
			found.Add(strict.Root(namespace, key), "is a key of another project: this one is \""+project+"\"",
				"name it \""+project+":"+key+"\", as all keys that the file has from "+repositoryProject)
			continue
		}
		// A misspelt namespace hides all that is in it. One wrong letter in six keeps other
		// packages' names out.
		if suggest.EditDistance(namespace, project) <= len(project)/6 {
			found.Add(strict.Root(namespace, key), "is in no known namespace", "did you mean \""+project+":"+key+"\"?")
		}
	}

	c := &Config{}
	d := &strict.Decoder{Problems: found}
	d.TopLevel(project, own, ownSecret, c)

	if encryptedElsewhere(found, project, ownSecret) {
		// Validation quotes values, and Pulumi does not report which of them are encrypted.
		return nil, refused(file(stack), found)
	}
	v := &validator{
		Problems:    found,
		config:      c,
		project:     project,
		raw:         own,
		clusterKey:  clusterKey(stack),
		encrypted:   ownSecret["vault"],
		environment: func(provider string) string { return values[provider+":environment"] },
	}
	v.protectByDefault(stack)
	v.all()
	if err := refused(file(stack), found); err != nil {
		return nil, err
	}
	return c, nil
}

// file returns the name of a stack's configuration file.
func file(stack string) string { return "Pulumi." + stack + ".yaml" }

// encryptedElsewhere refuses encrypted values outside the vault. Everything else becomes part of
// resource names, ids and outputs, where it could not stay secret; and Pulumi tells a program only
// which top-level keys contain something encrypted, so that a whole section would have to be
// treated as secret for one value in it.
func encryptedElsewhere(found *strict.Problems, project string, secret map[string]bool) bool {
	refused := false
	for _, key := range sortedKeys(secret) {
		if !secret[key] || key == "vault" {
			continue
		}
		refused = true
		found.Unreadable(strict.Root(project, key), "contains an encrypted value",
			"write it in plain text; only values in vault.secrets can be encrypted, because all others show in resource ids")
	}
	return refused
}

// settings is a stack's configuration as Pulumi hands it over, unchecked.
type settings struct {
	// values maps `namespace:key` to the value: a scalar's text, or the JSON of anything else.
	values map[string]string
	// secret holds those keys whose value is, or contains, something encrypted.
	secret map[string]bool
}

// settingsOf collects what the engine gave this run.
//
// The SDK (v3.245.0) answers for one known key at a time (Context.GetConfig) and keeps the whole
// map to itself, but a misspelt key can only be found in the whole map. Language hosts pass that in
// the environment variable PULUMI_CONFIG, a JSON object of `namespace:key` to value, which is also
// where the SDK takes it from; so the names come from there. The values always come from GetConfig:
// it is right too when the configuration came another way, as under mocks and in inline programs of
// the Automation API, where that variable is absent or is an outer program's. There, misspelt
// top-level keys go unnoticed; everything below the top level is checked all the same.
func settingsOf(ctx *pulumi.Context) settings {
	s := settings{values: map[string]string{}, secret: map[string]bool{}}
	take := func(key string) {
		value, ok := ctx.GetConfig(key)
		if !ok {
			return
		}
		s.values[key] = value
		s.secret[key] = ctx.IsConfigSecret(key)
	}
	var environment map[string]string
	// The SDK treats an unreadable variable as empty, and so must its second reader.
	_ = json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &environment)
	for key := range environment {
		take(key)
	}
	for name := range strict.Keys(reflect.TypeFor[Config]()) {
		take(ctx.Project() + ":" + name)
	}
	return s
}
