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
# The login may be configured in the stack's file.
file=${PROGRAM:-.}/Pulumi.${stack##*/}.yaml
[[ ! -f $file ]] || set -- --config-file "$file" "$@"
outputs | "$TOOLS/bin/akswi" verify "$@"
