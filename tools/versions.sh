# Sourced by other scripts: functions about the versions in go.mod files, and about those of the user's tools.

# pinned MODULE FILE: prints the version of a module in a go.mod file, without the v.
pinned() { awk -v m="$1" '{for (i = 1; i < NF; i++) if ($i == m) {print substr($(i + 1), 2); exit}}' "$2"; }

# fits WANT HAVE: succeeds if HAVE has the same major version and is not older.
fits() {
  [[ ${1%%.*} == "${2%%.*}" ]] && [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n1) == "$1" ]]
}

# inside FOLDER PATH: succeeds if the path, or what it links to, is in the folder.
inside() {
  [[ $(readlink -f "$2") == "$(readlink -f "$1")"/* ]]
}

# user_kubernetes PULUMI_HOME TOOLS: prints the folder of the newest Kubernetes provider in the Pulumi home, if that is not older
# than the SDK. What this project has built or linked below TOOLS is not the user's: the plugin there would become a link to
# itself, or to a link to itself.
user_kubernetes() {
  local newest
  newest=$(find "$1/plugins" -maxdepth 1 -name 'resource-kubernetes-v4.*' ! -name '*.lock' ! -name '*.partial' 2>/dev/null | sort -V | tail -n1)
  [[ -n $newest && -x $newest/pulumi-resource-kubernetes ]] &&
    ! inside "$2" "$newest" && ! inside "$2" "$newest/pulumi-resource-kubernetes" &&
    fits "$(pinned github.com/pulumi/pulumi-kubernetes/sdk/v4 go.mod)" "${newest##*-v}" &&
    echo "$newest"
}
