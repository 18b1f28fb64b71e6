// Command defects is the Pulumi program of this repository with the defects of hand-written recipes planted in it. The
// policy pack must refuse each by the rule that is about it (sandbox/e2e/policy_test.go runs it, and so can you):
//
//	make preview PROGRAM=tests/defects DEFECT=webhook-not-awaited
//
// DEFECT names the defects, separated by commas; without it the program is the clean one. ISSUER is the issuer that was
// copied by hand, such as the output issuerUrl of the stack.
//
//	defect                     planted as                                              refused by
//	password                   a password of the workload's service principal          no-client-secret
//	label-on-account-only      a Deployment without the label, its account has it      pod-use-label
//	webhook-not-awaited        skipAwait on the webhook's release                      webhook-awaited
//	chart-unpinned             no version of the webhook's chart                       webhook-version-pinned
//	issuer-copied              the issuer of a user-assigned identity's credential     credential-issuer-reference
//	                           as text
//	issuer-without-slash       the issuer of an application's credential as text,      credential-issuer-reference,
//	                           without its last character                              credential-issuer-form
//	principal-type-missing     role assignments without principalType                  role-principal-type
//	client-id-in-pod           a labelled Deployment that sets AZURE_CLIENT_ID         pod-explicit-environment
//	policy-on-rbac-vault       an access policy of a vault that roles govern            keyvault-policy-on-rbac-vault
//	workload-is-sql-admin      a SQL server whose administrator is the workload        sql-workload-not-admin
//
// That a chart has no version shows only while there is no cluster: once the Kubernetes provider can reach it, it writes the version
// that it found into the resource's inputs, before the engine shows them to policies (pulumi-kubernetes v4, helm_release.go, Check).
//
// The recipes have one more, a "test" that sends the Kubernetes token straight to Azure Resource Manager. It is a command that
// somebody types and no resource; where it stands in a pod's command, pod-token-sent-to-azure finds it.
//
// "defects list" prints the table for tests: a defect, its rules, separated by blanks.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "list" {
		for i := range defects {
			fmt.Println(defects[i].name, strings.Join(defects[i].rules, " "))
		}
		return
	}
	pulumi.Run(program(os.Getenv("DEFECT"), os.Getenv("ISSUER")))
}
