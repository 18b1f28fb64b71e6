package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// role is the GUID of a custom role.
const role = "0d1f6a52-0c3e-4f3e-9a63-9d5b4a7d1c04"

func TestProgram(t *testing.T) {
	for reason, tc := range map[string]struct {
		config   map[string]string
		issuer   string
		subjects []string
	}{
		"GitHub Actions": {
			config: map[string]string{"repository": "acme/shop"}, issuer: "https://token.actions.githubusercontent.com",
			subjects: []string{"repo:acme/shop:environment:production", "repo:acme/shop:pull_request", "repo:acme/shop:ref:refs/heads/main"},
		},
		"a role of one's own": {
			config: map[string]string{"repository": "acme/shop", "deployerRole": role}, issuer: "https://token.actions.githubusercontent.com",
			subjects: []string{"repo:acme/shop:environment:production", "repo:acme/shop:pull_request", "repo:acme/shop:ref:refs/heads/main"},
		},
		"Azure Pipelines": {
			config: map[string]string{"issuer": "https://login.microsoftonline.com/t/v2.0", "deployerSubject": "a", "previewerSubject": "b"},
			issuer: "https://login.microsoftonline.com/t/v2.0", subjects: []string{"a", "b"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			values := map[string]string{}
			for key, value := range tc.config {
				values[pulumitest.Project+":"+key] = value
			}
			o := pulumitest.Options{Config: values, RootTypes: []string{
				"azure-native:resources:ResourceGroup", "azure-native:managedidentity:UserAssignedIdentity",
				"azure-native:managedidentity:FederatedIdentityCredential", "azure-native:authorization:RoleAssignment",
			}}
			up := pulumitest.Run(t, Program, o)
			o.DryRun = true
			if diff := cmp.Diff(up.Names(), pulumitest.Run(t, Program, o).Names()); diff != "" {
				t.Errorf("a preview registers something else (-update +preview):\n%s", diff)
			}
			var subjects []string
			for _, r := range up.ByType("azure-native:managedidentity:FederatedIdentityCredential") {
				subjects = append(subjects, r.Inputs["subject"].StringValue())
				if got := r.Inputs["issuer"].StringValue(); got != tc.issuer {
					t.Errorf("%s trusts %s", r.Name, got)
				}
			}
			slices.Sort(subjects)
			if diff := cmp.Diff(tc.subjects, subjects); diff != "" {
				t.Errorf("subjects (-want +got):\n%s", diff)
			}
			for _, r := range up.ByType("azure-native:authorization:RoleAssignment") {
				_, conditional := r.Inputs["condition"]
				if want := r.Name == "deployer-role-based-access-control-administrator" || r.Name == "deployer-"+role; conditional != want {
					t.Errorf("%s has a condition: %v", r.Name, conditional)
				}
			}
		})
	}
}
