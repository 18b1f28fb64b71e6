#!/usr/bin/env bash
# plugins.sh TOOLS USER_HOME: creates TOOLS/home, the Pulumi home of local stacks. Its plugins are those that this project
# builds, the policy pack among them, and the user's Kubernetes provider if that fits. The user's Pulumi home does not change.
#
# Each plugin is installed under the version that the program requests, also if its own version differs: the engine accepts only
# the requested one.
set -euo pipefail
tools=$1 user=$2
cd "$(dirname "$0")/.."
source tools/versions.sh

# A link that is right already is not written again: another deployment may be starting its plugins at the same time.
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
if theirs=$(user_kubernetes "$user" "$tools"); then
  kubernetes=$theirs/pulumi-resource-kubernetes
fi
provider azure-native github.com/pulumi/pulumi-azure-native-sdk/v2 "$tools/bin/pulumi-resource-azure-native"
provider azuread github.com/pulumi/pulumi-azuread/sdk/v5 "$tools/bin/pulumi-resource-azuread"
provider kubernetes github.com/pulumi/pulumi-kubernetes/sdk/v4 "$kubernetes"
install_plugin analyzer "policy-$(manifest runtime)" "$(manifest version)" "$tools/policy/pulumi-analyzer-policy-$(manifest runtime)"
for dir in "$tools"/home/plugins/*; do
  [[ " ${wanted[*]} " == *" $dir "* ]] || rm -rf "$dir"
done
