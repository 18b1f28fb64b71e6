#!/usr/bin/env bash
# plugins.sh TOOLS USER_HOME: lays out TOOLS/home as a Pulumi home of the local stack's own, whose plugins
# are the built ones, and the user's Kubernetes provider where that one fits. Your own Pulumi home is not touched.
#
# Each provider lies under the version that the SDK asks for, whatever its own: the engine takes no other. The policy pack
# is an analyzer among the plugins: from the PATH the engine takes it too, but warns of it at every run.
set -euo pipefail
tools=$1 user=$2
cd "$(dirname "$0")/.."
source tools/versions.sh

rm -rf "$tools/home/plugins"
install_plugin() { # NAME SDK BINARY
  local dir
  dir=$tools/home/plugins/resource-$1-v$(pinned "$2" go.mod)
  mkdir -p "$dir"
  ln -s "$3" "$dir/pulumi-resource-$1"
}
kubernetes=$tools/bin/pulumi-resource-kubernetes
if theirs=$(user_kubernetes "$user"); then
  kubernetes=$theirs/pulumi-resource-kubernetes
fi
install_plugin azure-native github.com/pulumi/pulumi-azure-native-sdk/v2 "$tools/bin/pulumi-resource-azure-native"
install_plugin azuread github.com/pulumi/pulumi-azuread/sdk/v5 "$tools/bin/pulumi-resource-azuread"
install_plugin kubernetes github.com/pulumi/pulumi-kubernetes/sdk/v4 "$kubernetes"

pack=policy-$(awk '$1 == "runtime:" {print $2}' policy/prebuilt/PulumiPolicy.yaml)
dir=$tools/home/plugins/analyzer-$pack-v$(awk '$1 == "version:" {print $2}' policy/prebuilt/PulumiPolicy.yaml)
mkdir -p "$dir"
ln -s "$tools/policy/pulumi-analyzer-$pack" "$dir/"
