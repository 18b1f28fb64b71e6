package workload_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// rights returns arguments without federations; change adds what the identity may do.
func rights(change func(*workload.FederatedWorkloadArgs)) *workload.FederatedWorkloadArgs {
	return valid(func(a *workload.FederatedWorkloadArgs) {
		a.Federations = nil
		change(a)
	})
}

// granting returns arguments with grants alone.
func granting(list ...workload.GrantArgs) *workload.FederatedWorkloadArgs {
	return rights(func(a *workload.FederatedWorkloadArgs) { a.Grants = list })
}

// plain builds a workload without federations, and exports what grants give.
func plain(change func(*workload.FederatedWorkloadArgs)) pulumitest.Build {
	return func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		w, err := workload.NewFederatedWorkload(ctx, name, rights(change), opts...)
		if err != nil {
			return err
		}
		ctx.Export("roleAssignmentIds", w.RoleAssignmentIds)
		ctx.Export("sqlScripts", w.SqlScripts)
		return nil
	}
}

// try runs a workload that may fail.
func try(t *testing.T, o pulumitest.Options, change func(*workload.FederatedWorkloadArgs)) *pulumitest.Result {
	t.Helper()
	return pulumitest.Try(t, func(ctx *pulumi.Context) error { return plain(change)(ctx, "shop") }, o)
}

func granted(list ...workload.GrantArgs) *workload.FederatedWorkloadArgs {
	return valid(func(a *workload.FederatedWorkloadArgs) { a.Grants = list })
}

func one(change func(*workload.GrantArgs)) *workload.FederatedWorkloadArgs {
	g := workload.GrantArgs{Role: "Storage Blob Data Reader", Scope: pulumi.String(storageID), ScopeKey: "blobs"}
	change(&g)
	return granted(g)
}

// warned reports whether the program warned in these words.
func warned(r *pulumitest.Result, text string) bool {
	return slices.ContainsFunc(r.Log, func(m pulumitest.Message) bool {
		return m.Severity == "WARNING" && strings.Contains(m.Text, text)
	})
}

func warnings(r *pulumitest.Result) []string {
	var list []string
	for _, m := range r.Log {
		if m.Severity == "WARNING" {
			list = append(list, m.Text)
		}
	}
	return list
}

// warningCase is a program that warns, or does not.
type warningCase struct {
	change func(*workload.FederatedWorkloadArgs)
	want   []string
}

// runWarnings runs programs, in a preview too, and compares their warnings.
func runWarnings(t *testing.T, cases map[string]warningCase) {
	t.Helper()
	for reason, tc := range cases {
		t.Run(reason, func(t *testing.T) {
			for _, dryRun := range []bool{false, true} {
				o := options()
				o.DryRun = dryRun
				r := try(t, o, tc.change)
				if r.Err != nil {
					t.Fatal(r.Err)
				}
				checkWarnings(t, r, tc.want)
			}
		})
	}
}

// checkWarnings compares the program's warnings with parts of their texts, one each.
func checkWarnings(t *testing.T, r *pulumitest.Result, want []string) {
	t.Helper()
	got := warnings(r)
	if len(got) != len(want) {
		t.Errorf("%d warnings, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for _, text := range want {
		if !warned(r, text) {
			t.Errorf("no warning says %q:\n%s", text, strings.Join(got, "\n"))
		}
	}
}
