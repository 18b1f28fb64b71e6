#!/usr/bin/env bash
# plugins.sh TOOLS USER_HOME: lays out TOOLS/home as a Pulumi home of the local stacks' own, whose plugins are the built
# ones, the policy pack among them, and the user's Kubernetes provider where that one fits. Your own Pulumi home is not touched.
#
# Each plugin lies under the version that is asked for, whatever its own: the engine takes no other.
set -euo pipefail
tools=$1 user=$2
cd "$(dirname "$0")/.."
source tools/versions.sh

# What is there already stays untouched: another deployment may be starting its plugins at this moment.
wanted=()
install_plugin() { # KIND NAME VERSION BINARY
  local dir link
  dir=$tools/home/plugins/$1-$2-v$3
  link=$dir/pulumi-$1-$2
  wanted+=("$dir")
  [[ $(readlink "$link" || true) != "$4" ]] || return 0
  mkdir -p "$dir"
  ln -s "$4" "$link.$$"
  mv -T "$link.$$" "$link"
}
provider() { # NAME SDK BINARY
  install_plugin resource "$1" "$(pinned "$2" go.mod)" "$3"
}
manifest() { awk -v key="$1:" '$1 == key {print $2}' policy/prebuilt/PulumiPolicy.yaml; }

kubernetes=$tools/bin/pulumi-resource-kubernetes
if theirs=$(user_kubernetes "$user"); then
  kubernetes=$theirs/pulumi-resource-kubernetes
fi
provider azure-native github.com/pulumi/pulumi-azure-native-sdk/v2 "$tools/bin/pulumi-resource-azure-native"
provider azuread github.com/pulumi/pulumi-azuread/sdk/v5 "$tools/bin/pulumi-resource-azuread"
provider kubernetes github.com/pulumi/pulumi-kubernetes/sdk/v4 "$kubernetes"
install_plugin analyzer "policy-$(manifest runtime)" "$(manifest version)" "$tools/policy/pulumi-analyzer-policy-$(manifest runtime)"
for dir in "$tools"/home/plugins/*; do
  [[ " ${wanted[*]} " == *" $dir "* ]] || rm -rf "$dir"
done
