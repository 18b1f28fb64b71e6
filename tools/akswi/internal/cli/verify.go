package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/report"
)

// verifyCommand is `akswi verify`.
type verifyCommand struct {
	env       Environment
	outputs   outputsFlags
	workloads []string
	verbose   bool
	json      bool
	timeout   time.Duration
	retryFor  time.Duration
}

func newVerifyCommand(env Environment) *cobra.Command {
	v := &verifyCommand{env: env}
	c := &cobra.Command{
		Use:     "verify",
		Short:   "Prove that pods get their Azure identity, link by link",
		Long:    verifyLong,
		Example: verifyExample,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return v.run(c.Context()) },
	}
	v.outputs.register(c)
	f := c.Flags()
	f.StringSliceVar(&v.workloads, "workload", nil, "check this workload only; repeat it, or separate names by commas (default all)")
	f.BoolVarP(&v.verbose, "verbose", "v", false, "show the seven links of every federation, not only of the broken ones")
	f.BoolVar(&v.json, "json", false, "print JSON instead of text; it always has the seven links")
	f.DurationVar(&v.timeout, "timeout", 2*time.Minute, "end the check after this time, to which --retry-for is added")
	f.DurationVar(&v.retryFor, "retry-for", 0, "check a transient failure again for this long: new credentials, roles and webhooks take effect late")
	return c
}

func (v *verifyCommand) run(ctx context.Context) error {
	if v.timeout <= 0 || v.retryFor < 0 {
		return errors.New("--timeout must be more than 0 and --retry-for not less than 0, such as 2m and 30s")
	}
	stack, err := v.outputs.read(ctx, v.env)
	if err != nil {
		return err
	}
	workloads, err := stack.Select(v.workloads)
	if err != nil {
		return fmt.Errorf("--workload: %w", err)
	}
	connect, err := v.connect(ctx)
	if err != nil {
		return err
	}
	document := report.New(stack.ClusterNames(), v.check(ctx, stack, workloads, connect))
	if v.json {
		err = document.JSON(v.env.Out)
	} else {
		err = document.Text(v.env.Out, report.TextOptions{Verbose: v.verbose, Colour: useColour(v.env.Out)})
	}
	if err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	switch {
	case document.Counts.Broken > 0:
		return exitCode(ExitBroken)
	case document.Counts.Unchecked > 0:
		return exitCode(ExitUnchecked)
	}
	return nil
}

// connect returns the function that makes the clients of a cluster.
func (v *verifyCommand) connect(ctx context.Context) (func(*outputs.Stack) *chain.Chain, error) {
	if v.env.Connect != nil {
		return v.env.Connect, nil
	}
	settings, err := stackSource{v.outputs.stack, v.outputs.cwd, v.outputs.configFile}.loginSettings(ctx)
	if err != nil {
		return nil, err
	}
	return func(s *outputs.Stack) *chain.Chain { return chain.Connect(s, settings) }, nil
}

// check verifies the workloads within the time that the flags allow.
func (v *verifyCommand) check(ctx context.Context, stack *outputs.Stack, workloads []outputs.Workload, connect func(*outputs.Stack) *chain.Chain) []chain.WorkloadReport {
	ctx, cancel := context.WithTimeout(ctx, v.timeout+v.retryFor)
	defer cancel()
	total := 0
	for _, w := range workloads {
		total += len(w.Federations)
	}
	shown := startProgress(v.env.Err, canControl(v.env.Err), total)
	defer shown.end()
	verifier := &chain.Verifier{Stack: stack, Connect: connect, RetryFor: v.retryFor, Checked: shown.add}
	return verifier.Verify(ctx, workloads)
}

const verifyLong = `Prove that pods get their Azure identity, link by link.

verify reads the outputs of a stack and checks, for every workload and every service account that its identity
trusts, the whole way from the cluster to the secret:

  1 issuer           the discovery document is served over HTTPS, has exactly the cluster's issuer, and has RS256 keys
  2 credential       the federated identity credential in Azure trusts issuer, subject and audience, byte for byte
  3 service account  it exists, and its annotations have the identity's client id and tenant
  4 webhook          it is registered and serves: a dry-run pod comes back with environment and projected token
  5 token            the API server issues such a token; issuer, subject, audience and signing key are right
  6 exchange         Entra gives an access token for it, through azidentity.NewWorkloadIdentityCredential
  7 secret           that access token reads each secret that the workload lists

What links 5 to 7 use (client id, tenant, authority, audience, lifetime) comes from the mutated pod, as in a real one.
A stack of workloads alone has the clusters of other stacks among its outputs; each federation is checked in the
cluster of its service account. A federation that the stack marks as elsewhere trusts another cluster: links 3 to 7
are "skipped". Where workloads share a service account, its annotation names the default identity; the exchange of each
uses the workload's own client id.

A federation is proven when all its links hold. A broken link stops the check of its own federation only; the links
after it are "not reached". The output has one line a federation, then the seven links of each broken one, then for
each problem the link, Entra's code (AADSTS...) and what to do. --verbose shows the seven links of every federation.

Nothing is changed: the pod is a dry run, the token is kept in a private file that is removed, secrets are never printed.

What it needs:
  - the outputs: from standard input, a file, or the pulumi command
  - an Azure login for link 2: the deployment's, by azure-native:* in the stack's file and ARM_* in the environment
    (client certificate or secret, OIDC token, GitHub Actions, managed identity), a service connection of Azure
    Pipelines, the Azure SDK's AZURE_*, or az login. Without one the link is "unchecked", and the exchange still
    proves it
  - for links 3 to 5, a kubeconfig in the outputs that may read service accounts and webhook configurations,
    create pods (dry run) and create serviceaccounts/token
  - the network, through HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE as usual

Exit codes:
  0  every federation of this cluster is proven, or there is none
  1  a link is broken
  2  wrong usage, or outputs that cannot be used; nothing was checked
  3  no link is seen to be broken, but something could not be checked: no login, cluster or network out of reach`

const verifyExample = `  akswi verify --stack dev --cwd path/to/program
  pulumi stack output --json --show-secrets | akswi verify
  pulumi stack output --json --show-secrets | akswi verify --workload shop --retry-for 5m --verbose
  akswi verify --outputs outputs.json --json | jq '.problems[] | {workload, link, code, remedy}'`
