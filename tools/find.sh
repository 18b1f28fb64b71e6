#!/usr/bin/env bash
# find.sh STACK|azure TOOLS USER_HOME: prints `pulumi=PATH`, the CLI to use, and a line `build=FILE` for each tool under TOOLS
# that has to be built because the user has none that fits.
#
# The user's Pulumi CLI fits if its major version is 3, it is not older than the one that this project builds, and its Go
# language host is in the same folder or on the PATH. The user's Kubernetes provider fits if its major version is 4 and it is
# not older than the SDK.
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
user_kubernetes "$user" "$tools" >/dev/null || echo build=bin/pulumi-resource-kubernetes
