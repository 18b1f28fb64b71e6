#!/usr/bin/env bash
# plugins.sh TOOLS USER_HOME: lays out TOOLS/home as a Pulumi home of the local stack's own, whose plugins
# are the built ones, and the user's Kubernetes provider where that one fits. Your own Pulumi home is not touched.
#
# Each plugin lies under the version that the SDK asks for, whatever its own: the engine takes no other.
set -euo pipefail
tools=$1 user=$2
cd "$(dirname "$0")/.."
source tools/versions.sh

# What is there already stays untouched: another deployment may be starting its plugins at this moment.
wanted=()
install_plugin() { # NAME SDK BINARY
  local dir link
  dir=$tools/home/plugins/resource-$1-v$(pinned "$2" go.mod)
  link=$dir/pulumi-resource-$1
  wanted+=("$dir")
  [[ $(readlink "$link" || true) != "$3" ]] || return 0
  mkdir -p "$dir"
  ln -s "$3" "$link.$$"
  mv -T "$link.$$" "$link"
}
kubernetes=$tools/bin/pulumi-resource-kubernetes
if theirs=$(user_kubernetes "$user"); then
  kubernetes=$theirs/pulumi-resource-kubernetes
fi
install_plugin azure-native github.com/pulumi/pulumi-azure-native-sdk/v2 "$tools/bin/pulumi-resource-azure-native"
install_plugin azuread github.com/pulumi/pulumi-azuread/sdk/v5 "$tools/bin/pulumi-resource-azuread"
install_plugin kubernetes github.com/pulumi/pulumi-kubernetes/sdk/v4 "$kubernetes"
for dir in "$tools"/home/plugins/*; do
  [[ " ${wanted[*]} " == *" $dir "* ]] || rm -rf "$dir"
done
