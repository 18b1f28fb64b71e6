package stacks

import (
	"errors"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// validator checks a decoded Config. Its checks never stop at a problem, and trust nothing: a value
// that could not be decoded is its default.
type validator struct {
	*strict.Problems
	config  *Config
	project string
	// raw are the namespace's values as Pulumi passed them, by key.
	raw map[string]string
	// clusterKey is the key of the federations with this stack's cluster.
	clusterKey string
	// encrypted reports whether the vault section contains an encrypted value; nothing of it may be
	// quoted.
	encrypted bool
	// environment returns the `environment` setting of an Azure provider, "" when unset.
	environment func(provider string) string
}

func (v *validator) all() {
	v.tagged()
	v.program()
	v.cloud()
	v.location()
	v.resourceGroup()
	v.tags()
	v.webhook()
	v.vault()
	for _, name := range sortedKeys(v.config.Workloads) {
		w := v.config.Workloads[name]
		v.workload(name, &w)
	}
	v.betweenWorkloads()
	v.namespaces()
	v.components()
}

// tagged checks the values that the tags of the structs bound: enumerations and ranges.
func (v *validator) tagged() {
	var l problem.List
	arguments.Check(&l, "", v.config)
	for _, p := range l.Problems() {
		path := problem.Path(v.project+":") + p.Path
		if v.encrypted && v.root("vault").Contains(path) {
			p.Message = "has a value that is not allowed"
		}
		v.Add(path, p.Message, p.Remedy)
	}
}

// components asks the components for the problems of their arguments, as the stack would give them,
// and reports them under the keys of the file. So every rule of a component has one place, and
// nothing is registered before all are kept.
//
// What stands in for values that only the graph knows are outputs, which components do not look
// into.
func (v *validator) components() {
	c := v.config
	if c.Program != ProgramWorkloads {
		if c.Cluster.Existing != nil {
			v.component(v.root("cluster").Field("existing"), c.Cluster.Existing.Validate(platformName))
		} else {
			v.component(v.root("cluster"), c.clusterArgs().Validate(platformName))
		}
		if args := c.webhookArgs(); args != nil {
			args.TenantId = unknownText
			v.component(v.root("webhook").Field("chart"), args.Validate("webhook"))
		}
	}
	if c.Program == ProgramPlatform {
		return
	}
	g := v.standIn()
	for _, name := range sortedKeys(c.Workloads) {
		w := c.Workloads[name]
		v.component(v.root("workloads").Key(name), g.validationArgs(&w).Validate(name))
	}
}

// component records what a component's Validate returned, below the section from which the
// component gets its arguments. A problem with a value of which one is known already would only
// repeat that.
func (v *validator) component(section problem.Path, err error) {
	var invalid *arguments.Error
	if !errors.As(err, &invalid) {
		return
	}
	earlier := v.Paths()
	for _, p := range invalid.Problems {
		at := section.Join(p.Path)
		if p.Path == "cloud" || p.Path == "location" {
			at = v.root(string(p.Path)) // one key of the file for several components
		}
		if !slices.ContainsFunc(earlier, func(e problem.Path) bool { return e.Contains(at) || at.Contains(e) }) {
			v.Add(at, p.Message, p.Remedy)
		}
	}
}

// given reports whether the file has the section.
func (v *validator) given(section string) bool { return has(v.raw, section) }

// keysGiven returns the keys that the file has in a section, sorted.
func (v *validator) keysGiven(section string) []string {
	parsed, err := strict.ParseJSON(v.raw[section])
	if err != nil {
		return nil // the decoder has reported it
	}
	entries, _ := parsed.(map[string]any)
	return sortedKeys(entries)
}

func (v *validator) root(name string) problem.Path { return strict.Root(v.project, name) }

// withoutProject returns a path as it stands in a command line of a remedy.
func (v *validator) withoutProject(path problem.Path) problem.Path {
	return path[len(v.project)+1:]
}
