// Package corpus reads the cases under policy/testdata: small resource graphs, each with the rules
// that it must violate, or none.
package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// Case is one case.
type Case struct {
	// File is its path below the corpus.
	File string
	// Rule is the rule that it is about: its folder.
	Rule string
	// Fails is true if it must violate rules.
	Fails bool
	// Reason is what the case shows.
	Reason string
	// Expect are the rules that must report, sorted: for a case that fails, and, as advice, for a
	// good program.
	Expect []string
	// MayAlso are rules that may report in place of an expected one when some value becomes
	// unknown.
	MayAlso []string
	// Params are parameters by rule, over the defaults.
	Params map[string]rule.Params
	// Resources is the graph.
	Resources []*graph.Resource
}

// document is the content of a case's file.
type document struct {
	Reason    string                    `yaml:"reason"`
	Expect    []string                  `yaml:"expect"`
	MayAlso   []string                  `yaml:"mayAlso"`
	Params    map[string]map[string]any `yaml:"params"`
	Resources []entry                   `yaml:"resources"`
}

// Load reads all cases of a corpus, in the order of their files. It does not know the rules: a test
// that does checks that each folder is named after one.
func Load(root string) ([]Case, error) {
	bases, err := loadBases(filepath.Join(root, "bases.yaml"))
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(root, "*", "*.yaml"))
	if err != nil {
		return nil, err
	}
	var cases []Case
	var failed []error
	for _, file := range files {
		c, err := load(root, file, bases)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", file, err))
			continue
		}
		cases = append(cases, c)
	}
	return cases, errors.Join(failed...)
}

// load reads one case.
func load(root, file string, bases map[string]entry) (Case, error) {
	var doc document
	if err := decode(file, &doc); err != nil {
		return Case{}, err
	}
	relative, err := filepath.Rel(root, file)
	if err != nil {
		return Case{}, err
	}
	c := Case{
		File: relative, Rule: filepath.Base(filepath.Dir(file)), Reason: doc.Reason,
		Fails: strings.HasPrefix(filepath.Base(file), "fail-"), Expect: doc.Expect, MayAlso: doc.MayAlso,
		Params: map[string]rule.Params{},
	}
	if c.Fails && len(c.Expect) == 0 {
		c.Expect = []string{c.Rule}
	}
	slices.Sort(c.Expect)
	for name, values := range doc.Params {
		c.Params[name] = asJSON(values).(map[string]any)
	}
	c.Resources, err = build(doc.Resources, bases)
	return c, err
}

// decode reads a file strictly: an unknown key is an error.
func decode(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// asJSON converts what the YAML decoder returns to what the JSON decoder would.
func asJSON(v any) any {
	switch w := v.(type) {
	case int:
		return float64(w)
	case []any:
		list := make([]any, len(w))
		for i, e := range w {
			list[i] = asJSON(e)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(w))
		for key, e := range w {
			m[key] = asJSON(e)
		}
		return m
	}
	return v
}
