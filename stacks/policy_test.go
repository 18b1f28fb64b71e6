package stacks

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// What this repository ships must pass the policies that it ships, without exemptions, in previews and in updates.
func TestShippedStacksPassThePolicies(t *testing.T) {
	files, err := filepath.Glob("../Pulumi.*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("stack files: %v, %v", files, err)
	}
	for _, file := range files {
		for name, dryRun := range map[string]bool{"update": false, "preview": true} {
			t.Run(filepath.Base(file)+" "+name, func(t *testing.T) {
				values := stackFile(t, filepath.Base(file), pulumitest.Project)
				up := pulumitest.Run(t, Run, pulumitest.Options{
					Config: values, RootTypes: rootTypes, DryRun: dryRun, Stacks: map[string]resource.PropertyMap{
						"organization/aks-workload-identity/local-platform": platformState(t, "platform-aks"),
					},
				})
				for _, found := range judged(up) {
					t.Error(found)
				}
			})
		}
	}
}

// The policies judge what the mocks recorded, so that a broken recording would prove nothing: one that must be refused is.
func TestPoliciesSeeWhatTheMocksRecord(t *testing.T) {
	up := run(t, stackFile(t, "Pulumi.local.yaml", pulumitest.Project), false)
	for _, r := range up.ByType("kubernetes:core/v1:ServiceAccount") {
		metadata := r.Inputs["metadata"].ObjectValue()
		metadata["annotations"] = resource.NewProperty(resource.PropertyMap{
			"azure.workload.identity/client-id": resource.NewProperty(pulumitest.ObjectID),
		})
	}
	if list := strings.Join(judged(up), "\n"); !strings.Contains(list, "client-id") {
		t.Errorf("a service account that names another client id passes:\n%s", list)
	}
}

// judged are the violations at the default levels, advice included.
func judged(up *pulumitest.Result) []string {
	var list []*rules.Resource
	for _, r := range up.Resources {
		typ, version := rules.Canonical(r.Type)
		list = append(list, &rules.Resource{
			URN: r.URN, Type: typ, Version: version, Name: r.Name, Inputs: r.Inputs, Outputs: r.Outputs,
			Parent: r.Parent, Provider: r.Provider, Dependencies: r.Dependencies(), PropertyDependencies: r.PropertyDeps,
		})
	}
	graph := rules.NewGraph(list)
	var found []string
	for _, rule := range rules.All() {
		if rule.Level == rules.Disabled {
			continue
		}
		var violations []rules.Violation
		if rule.Stack != nil {
			violations = rule.Stack(graph, rule.Defaults())
		} else {
			for _, r := range list {
				if len(rule.Types) == 0 || slices.Contains(rule.Types, r.Type) {
					violations = append(violations, rule.Resource(r, rule.Defaults())...)
				}
			}
		}
		for _, v := range violations {
			found = append(found, fmt.Sprintf("%s (%s): %+v", rule.Name, rule.Level, v))
		}
	}
	return found
}
