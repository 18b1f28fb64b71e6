package cli

const long = `Prove that pods get their Azure identity, link by link.

verify reads the outputs of a stack and checks, for every workload and every service account that its identity
trusts, the whole way from the cluster to the secret:

  1 issuer           the discovery document is served over HTTPS, says exactly the cluster's issuer, and has RS256 keys
  2 credential       the federated identity credential in Azure trusts issuer, subject and audience, byte for byte
  3 service account  it exists, and its annotations name the identity's client id and tenant
  4 webhook          it is registered and serves: a dry-run pod comes back with environment and projected token
  5 token            the API server issues such a token; issuer, subject, audience and signing key are right
  6 exchange         Entra gives an access token for it, through azidentity.NewWorkloadIdentityCredential
  7 secret           that access token reads each secret that the workload lists

What links 5 to 7 use (client id, tenant, authority, audience, lifetime) comes from the mutated pod, as in a real one.
A stack of workloads alone has the clusters of other stacks among its outputs; each federation is checked in its own.
A federation that the stack marks as elsewhere trusts another cluster: links 3 to 7 are "skipped". Where workloads share a
service account, its annotation names the default identity; the exchange of each uses the workload's own client id.
A broken link stops its own federation only; the links after it are "not reached". The summary names the link,
Entra's code (AADSTS...) and what to do.

Nothing is changed: the pod is a dry run, the token lies in a private file and is removed, secrets are never printed.

What it needs:
  - outputs: pulumi stack output --json --show-secrets
  - an Azure login for link 2, as DefaultAzureCredential finds it: az login, or AZURE_CLIENT_ID, AZURE_TENANT_ID
    and AZURE_FEDERATED_TOKEN_FILE (not the ARM_* variables of pulumi up).
    Without one the link is "unchecked", and the exchange still proves it
  - for links 3 to 5, a kubeconfig in the outputs that may read service accounts and webhook configurations,
    create pods (dry run) and create serviceaccounts/token
  - the network, through HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE as usual

Exit codes:
  0  every federation of this cluster is proven, or there is none
  1  a link is broken
  2  wrong usage, or outputs that cannot be used; nothing was checked
  3  no link is seen to be broken, but something could not be checked: no login, cluster or network out of reach`

const example = `  pulumi stack output --json --show-secrets | verify
  pulumi stack output --json --show-secrets | verify --workload shop --retry-for 5m
  verify --outputs outputs.json --json | jq '.problems[] | {workload, link, code, remedy}'`
