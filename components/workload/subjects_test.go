package workload_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

const (
	github      = "https://token.actions.githubusercontent.com"
	environment = "repo:shop/web:environment:prod"
)

// pipelineOf returns a federation with what is no service account.
func pipelineOf(key, issuer, subject string) workload.FederationArgs {
	return workload.FederationArgs{Key: key, Issuer: pulumi.String(issuer), Subject: subject}
}

func TestAFederationWithAPipeline(t *testing.T) {
	r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
		args := minimal(c)
		args.Federations = append(args.Federations, pipelineOf("deploy", github, environment))
		args.Federations[1].Audience = pulumi.String("api://other")
		return args
	})
	got := r.Get(t, credentialType, "shop-credential-deploy").Inputs.Mappable()
	want := map[string]any{
		"resourceGroupName": "apps", "resourceName": pulumitest.Physical("shop-identity"),
		"federatedIdentityCredentialResourceName": azure.FederatedCredentialName("deploy", "", ""),
		"issuer": github, "subject": environment, "audiences": []any{"api://other"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"shop/web"}, r.Exports["serviceAccountNames"].Value); diff != "" {
		t.Errorf("service accounts (-want +got):\n%s", diff)
	}
	if n := len(r.ByType(accountType)); n != 1 {
		t.Errorf("%d service accounts, want 1", n)
	}
	if values := r.Exports["helmValues"].Value.(string); !strings.Contains(values, "create: false") || !strings.Contains(values, "name: web") {
		t.Errorf("a pipeline is no account that a chart should create:\n%s", values)
	}
	last := r.Exports["federations"].Value.([]map[string]any)[1]
	if last["subject"] != environment || last["namespace"] != "" || last["serviceAccount"] != "" {
		t.Errorf("output %v", last)
	}
}

func TestSubjects(t *testing.T) {
	for reason, f := range map[string]workload.FederationArgs{
		"GitHub's environments":         pipelineOf("a", github, environment),
		"a subject that an owner chose": pipelineOf("a", github, "repository_owner_id:1:repo:x"),
		"GitLab's branches":             pipelineOf("a", "https://gitlab.com", "project_path:shop/web:ref_type:branch:ref:main"),
		"Terraform's runs":              pipelineOf("a", "https://app.terraform.io", "organization:shop:project:web:workspace:prod:run_phase:apply"),
		"another issuer's":              pipelineOf("a", "https://ci.example.com/", "anything goes"),
	} {
		t.Run(reason, func(t *testing.T) {
			if err := valid(func(a *workload.FederatedWorkloadArgs) { a.Federations = []workload.FederationArgs{f} }).Validate("shop"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestInvalidSubjects(t *testing.T) {
	one := func(f workload.FederationArgs, path, text string) invalidCase {
		return invalidCase{
			Args: valid(func(a *workload.FederatedWorkloadArgs) { a.Federations = []workload.FederationArgs{f} }),
			Want: []pulumitest.Problem{{Path: "federations[0]." + path, Text: text}},
		}
	}
	both := pipelineOf("a", github, environment)
	both.Namespace, both.ServiceAccount = "shop", "web"
	renamed := pipelineOf("a", github, environment)
	renamed.RenamedFrom = "shop/web"
	pulumitest.Invalid(t, map[string]invalidCase{
		"a repository without what runs": one(pipelineOf("a", github, "shop-web"), "subject", "repo:ORGANISATION/REPOSITORY"),
		"GitLab in GitHub's words":       one(pipelineOf("a", "https://gitlab.com", environment), "subject", "project_path:GROUP/PROJECT"),
		"Terraform in GitHub's words":    one(pipelineOf("a", "https://app.terraform.io", environment), "subject", "run_phase:plan"),
		"a wildcard":                     one(pipelineOf("a", github, "repo:shop/*:ref:x"), "subject", "one federation for each"),
		"a service account as a subject": one(pipelineOf("a", issuer, "system:serviceaccount:shop:web"), "subject", "name its namespace and serviceAccount"),
		"a subject beside an account":    one(both, "subject", "leave out subject, or namespace and serviceAccount"),
		"a subject that is too long":     one(pipelineOf("a", "https://example.com", strings.Repeat("x", 601)), "subject", "at most 600"),
		"a subject with a space behind":  one(pipelineOf("a", "https://example.com", "x "), "subject", "white space"),
		"a former name of an account":    one(renamed, "renamedFrom", "write the former key"),
		"a subject without a key":        one(pipelineOf("", github, environment), "key", "required"),
		"a subject of no issuer's tokens": {
			Args: target(func(a *workload.FederatedWorkloadArgs, _ *workload.Target) {
				a.Federations = []workload.FederationArgs{{Subject: environment}}
			}),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "needs the issuer of its tokens"}},
		},
		"two subjects under one key": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = []workload.FederationArgs{pipelineOf("a", github, environment), pipelineOf("a", github, "repo:shop/web:pull_request")}
			}),
			Want: []pulumitest.Problem{{Path: "federations[1].key", Text: "a key of its own"}},
		},
		"one subject twice": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = []workload.FederationArgs{pipelineOf("a", github, environment), pipelineOf("b", github, environment)}
			}),
			Want: []pulumitest.Problem{{Path: "federations[1].issuer", Text: "same issuer and subject under another key"}},
		},
	}, newWorkload)
}
