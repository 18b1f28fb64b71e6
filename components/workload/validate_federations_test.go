package workload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// Carries R8.
func TestInvalidFederations(t *testing.T) {
	off := false
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty federation lacks everything": {
			Args: changed(func(f *workload.FederationArgs) { *f = workload.FederationArgs{} }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].key", Text: "required"},
				{Path: "federations[0].namespace", Text: "required"},
				{Path: "federations[0].serviceAccount", Text: "required"},
				{Path: "federations[0].issuer", Text: "issuerUrl output"},
				{Path: "federations[0].kubernetesProvider", Text: `"existing"`},
			},
		},
		"a key with a dot would make names ambiguous": {
			Args: changed(func(f *workload.FederationArgs) { f.Key = "a.b" }),
			Want: []pulumitest.Problem{{Path: "federations[0].key", Text: "letters, digits, hyphens and underscores"}},
		},
		"names that Kubernetes refuses": {
			Args: changed(func(f *workload.FederationArgs) { f.Namespace, f.ServiceAccount = "Shop", "web_1" }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].namespace", Text: "lower-case"},
				{Path: "federations[0].serviceAccount", Text: "lower-case"},
			},
		},
		"wildcards do not exist for AKS issuers": {
			Args: changed(func(f *workload.FederationArgs) { f.Namespace, f.ServiceAccount = "*", "web-*" }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].namespace", Text: "wildcard"},
				{Path: "federations[0].serviceAccount", Text: "wildcard"},
			},
		},
		"the default service account is everybody's": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccount = "default" }),
			Want: []pulumitest.Problem{{Path: "federations[0].serviceAccount", Text: "allowDefaultServiceAccount"}},
		},
		"an AKS issuer without its slash matches no token": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String(strings.TrimSuffix(issuer, "/")) }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "trailing slash"}},
		},
		"an issuer over http": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String("http://example.com/") }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "https"}},
		},
		"an empty issuer, R20's live symptom": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String("") }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "issuerUrl"}},
		},
		"an audience with a wildcard and a description that is too long": {
			Args: changed(func(f *workload.FederationArgs) { f.Audience, f.Description = "api://*", strings.Repeat("x", 601) }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].audience", Text: "wildcard"},
				{Path: "federations[0].description", Text: "at most 600"},
			},
		},
		"a mode that does not exist": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = "patch" }),
			Want: []pulumitest.Problem{{Path: "federations[0].serviceAccountMode", Text: "create, adopt, annotate, existing"}},
		},
		"a service account needs a cluster to be created in": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = "" }),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"a service account needs a cluster to be adopted in": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = workload.AdoptServiceAccount }),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"a service account needs a cluster to be annotated in": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = workload.AnnotateServiceAccount }),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"a provider that is a nil pointer": {
			Args: changed(func(f *workload.FederationArgs) {
				var none *kubernetes.Provider
				f.ServiceAccountMode, f.KubernetesProvider = workload.CreateServiceAccount, none
			}),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"nothing to wait for": {
			Args: changed(func(f *workload.FederationArgs) {
				var none *kubernetes.Provider
				f.After = []pulumi.Resource{nil, none}
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[0].after[0]", Text: "leave it out"},
				{Path: "federations[0].after[1]", Text: "leave it out"},
			},
		},
		"former names that are none": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = nil
				for i, name := range []string{"main", "main/shop", "main/shop/web/x", "ma.in/shop/web", "main/Shop/web", "main/shop/web_"} {
					f := federation("main", "shop", fmt.Sprintf("web-%d", i))
					f.RenamedFrom = name
					a.Federations = append(a.Federations, f)
				}
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[0].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[1].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[2].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[3].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[4].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[5].renamedFrom", Text: "write key/namespace/serviceAccount"},
			},
		},
		"a former name that is the name now": {
			Args: changed(func(f *workload.FederationArgs) { f.RenamedFrom = "main/shop/web" }),
			Want: []pulumitest.Problem{{Path: "federations[0].renamedFrom", Text: "leave it out"}},
		},
		"a former name that another federation has now, or had": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				b, c, d := federation("main", "shop", "b"), federation("main", "shop", "c"), federation("main", "shop", "d")
				b.RenamedFrom, c.RenamedFrom, d.RenamedFrom = "main/shop/web", "main/shop/old", "main/shop/old"
				a.Federations = append(a.Federations, b, c, d)
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[1].renamedFrom", Text: "federations[0] is called"},
				{Path: "federations[3].renamedFrom", Text: "federations[2] was"},
			},
		},
		"a namespace needs a cluster to be created in": {
			Args: changed(func(f *workload.FederationArgs) { f.CreateNamespace = true }),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"the same service account twice": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = append(a.Federations, federation("main", "shop", "web"))
			}),
			Want: []pulumitest.Problem{{Path: "federations[1]", Text: "federations[0]"}},
		},
		"the same trust under another key": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = append(a.Federations, federation("other", "shop", "web"))
			}),
			Want: []pulumitest.Problem{{Path: "federations[1].issuer", Text: "federations[0]"}},
		},
		"21 federations": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = nil
				for i := range 21 {
					a.Federations = append(a.Federations, federation("main", "shop", fmt.Sprintf("web-%d", i)))
				}
				// One that is off does not count, and is not the reason.
				spare := federation("main", "shop", "spare")
				spare.Enabled = &off
				a.Federations = append(a.Federations, spare)
			}),
			Want: []pulumitest.Problem{{Path: "federations", Text: "21 federations are enabled: an identity holds at most 20"}},
		},
	}, newWorkload)
}
