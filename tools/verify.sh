#!/usr/bin/env bash
# verify.sh STACK [FLAG…]: gives the stack's outputs to akswi verify, in the sandbox for local stacks (LOCAL is set).
# PROGRAM is the folder of the Pulumi program.
# The outputs hold the kubeconfig, so they go through a pipe and never to a file.
set -euo pipefail
stack=$1
shift
outputs() { "$PULUMI_BIN" stack output --cwd "${PROGRAM:-.}" --stack "$stack" --json --show-secrets; }

if [[ -n ${LOCAL:-} ]]; then
  outputs | "$TOOLS/bin/sandbox" run -- "$TOOLS/bin/akswi" verify "$@"
  exit
fi
# Pulumi's provider logs in by ARM_*, the Azure SDK by AZURE_*: a pipeline sets the first only.
for pair in CLIENT_ID:CLIENT_ID TENANT_ID:TENANT_ID CLIENT_SECRET:CLIENT_SECRET OIDC_TOKEN_FILE_PATH:FEDERATED_TOKEN_FILE; do
  arm=ARM_${pair%%:*} azure=AZURE_${pair##*:}
  if [[ -n ${!arm:-} && -z ${!azure:-} ]]; then
    export "$azure=${!arm}"
  fi
done
outputs | "$TOOLS/bin/akswi" verify "$@"
