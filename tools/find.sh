#!/usr/bin/env bash
# find.sh STACK|azure TOOLS USER_HOME: prints `pulumi=PATH`, the CLI to use, and a line `build=FILE`
# for each tool under TOOLS that is needed and not there otherwise.
#
# A Pulumi CLI of the user's fits if it is of version 3 and not older than the
# one this project builds, and its Go language host lies beside it or on PATH.
# A Kubernetes provider of the user's fits if it is of version 4 and not older than the SDK.
set -euo pipefail
stack=$1 tools=$2 user=$3
cd "$(dirname "$0")/.."
source tools/versions.sh

cli=$(pinned github.com/pulumi/pulumi/pkg/v3 tools/pulumi/go.mod)
pulumi=$(command -v pulumi || true)
if [[ -n $pulumi && $pulumi != "$tools"/* ]] &&
  fits "$cli" "$("$pulumi" version 2>/dev/null | tr -d v)" &&
  { [[ -x $(dirname "$pulumi")/pulumi-language-go ]] || command -v pulumi-language-go >/dev/null; }; then
  echo "pulumi=$pulumi"
else
  echo "pulumi=$tools/pulumi/pulumi"
  echo build=pulumi/pulumi
  echo build=pulumi/pulumi-language-go
fi

echo build=bin/akswi
echo build=policy/pulumi-analyzer-policy-aks-workload-identity
echo build=program.stamp
[[ $stack != azure ]] || exit 0 # azure: a stack outside the sandbox
echo build=bin/sandbox
echo build=bin/pulumi-resource-azure-native
echo build=bin/pulumi-resource-azuread
user_kubernetes "$user" >/dev/null || echo build=bin/pulumi-resource-kubernetes
