#!/usr/bin/env bash
# plugins.sh TOOLS USER_HOME: lays out TOOLS/home as a Pulumi home of the local stack's own, whose plugins
# are the built ones, and the user's Kubernetes provider where that one fits. Your own Pulumi home is not touched.
set -euo pipefail
tools=$1 user=$2
cd "$(dirname "$0")/.."
source tools/versions.sh

rm -rf "$tools/home/plugins"
install_plugin() { # NAME VERSION BINARY
  local dir=$tools/home/plugins/resource-$1-v$2
  mkdir -p "$dir"
  ln -s "$3" "$dir/pulumi-resource-$1"
}
install_plugin azure-native "$(pinned github.com/pulumi/pulumi-azure-native-sdk/v2 go.mod)" "$tools/bin/pulumi-resource-azure-native"
install_plugin azuread "$(pinned github.com/pulumi/pulumi-azuread/sdk/v5 go.mod)" "$tools/bin/pulumi-resource-azuread"
if dir=$(user_kubernetes "$user"); then
  install_plugin kubernetes "${dir##*-v}" "$dir/pulumi-resource-kubernetes"
else
  install_plugin kubernetes "$(pinned github.com/pulumi/pulumi-kubernetes/sdk/v4 go.mod)" "$tools/bin/pulumi-resource-kubernetes"
fi
