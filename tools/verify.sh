#!/usr/bin/env bash
# verify.sh STACK [FLAG…]: passes the stack's outputs to akswi verify; for local stacks (LOCAL is set) in the sandbox. PROGRAM is
# the folder of the Pulumi program. The outputs contain the kubeconfig, so they are piped and not written to a file.
set -euo pipefail
stack=$1
shift
outputs() { "$PULUMI_BIN" stack output --cwd "${PROGRAM:-.}" --stack "$stack" --json --show-secrets; }

if [[ -n ${LOCAL:-} ]]; then
  outputs | "$TOOLS/bin/sandbox" run -- "$TOOLS/bin/akswi" verify "$@"
  exit
fi
# Pulumi's provider reads ARM_* for its login, the Azure SDK reads AZURE_*. Pipelines usually set only ARM_*.
for pair in CLIENT_ID:CLIENT_ID TENANT_ID:TENANT_ID CLIENT_SECRET:CLIENT_SECRET OIDC_TOKEN_FILE_PATH:FEDERATED_TOKEN_FILE; do
  arm=ARM_${pair%%:*} azure=AZURE_${pair##*:}
  if [[ -n ${!arm:-} && -z ${!azure:-} ]]; then
    export "$azure=${!arm}"
  fi
done
outputs | "$TOOLS/bin/akswi" verify "$@"
