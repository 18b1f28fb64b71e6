#!/usr/bin/env bash
# verify.sh STACK [FLAG…]: gives the stack's outputs to verify, in the sandbox for the local stack.
# The outputs hold the kubeconfig, so they go through a pipe and never to a file.
set -euo pipefail
stack=$1
shift
run=()
if [[ $stack == local ]]; then
  run=("$TOOLS/bin/sandbox" run --)
fi
"$PULUMI_BIN" stack output --stack "$stack" --json --show-secrets | "${run[@]}" "$TOOLS/bin/verify" "$@"
