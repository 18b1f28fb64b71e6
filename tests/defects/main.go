// Command defects is the Pulumi program of this repository with the defects of hand-written recipes
// planted in it. The policy pack must refuse each by the policy that is about it. The end-to-end
// tests run it, and so can you:
//
//	make preview PROGRAM=tests/defects DEFECT=webhook-not-awaited
//
// DEFECT lists defects, separated by commas; without it the program has none. ISSUER is the issuer
// that is copied as text, such as the stack's output issuerUrl.
//
//	defect                  planted as                           refused by
//	password                a password of the workload's         no-client-secret
//	                        service principal
//	label-on-account-only   a Deployment without the label,      pod-use-label
//	                        which its service account has
//	webhook-not-awaited     skipAwait on the webhook's release   webhook-awaited
//	chart-unpinned          no version of the webhook's chart    webhook-version-pinned
//	issuer-copied           the issuer of a user-assigned        credential-issuer-reference
//	                        identity's credential as text
//	issuer-without-slash    the issuer of an application's       credential-issuer-reference,
//	                        credential as text, without its      credential-issuer-form
//	                        last character
//	principal-type-missing  role assignments without             role-principal-type
//	                        principalType
//	client-id-in-pod        a labelled Deployment that sets      pod-explicit-environment
//	                        AZURE_CLIENT_ID
//	policy-on-rbac-vault    an access policy of a vault that     keyvault-policy-on-rbac-vault
//	                        grants access by roles
//	workload-is-sql-admin   a SQL server whose administrator     sql-workload-not-admin
//	                        is the workload
//
// The missing version of the chart is found only while there is no cluster: as soon as the
// Kubernetes provider can reach it, the provider writes the version that it found into the
// resource's inputs, before the engine shows them to policies (pulumi-kubernetes v4,
// helm_release.go, Check).
//
// The recipes have one more defect, a "test" that sends the Kubernetes token to Azure Resource
// Manager. It is a command for a terminal and not a resource; in a pod's command,
// pod-token-sent-to-azure finds it.
//
// "defects list" prints the table for tests: a defect and its policies, separated by blanks.
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
