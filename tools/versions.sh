# Sourced by the scripts here: versions that go.mod files pin, and what of the user's fits.

# pinned MODULE FILE: the version of a module, without the v.
pinned() { awk -v m="$1" '{for (i = 1; i < NF; i++) if ($i == m) {print substr($(i + 1), 2); exit}}' "$2"; }

# fits WANT HAVE: same major version, and not older.
fits() {
  [[ ${1%%.*} == "${2%%.*}" ]] && [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n1) == "$1" ]]
}

# user_kubernetes PULUMI_HOME: the folder of the newest Kubernetes provider there that is not older than the SDK.
user_kubernetes() {
  local sdk dir best=
  sdk=$(pinned github.com/pulumi/pulumi-kubernetes/sdk/v4 go.mod)
  for dir in "$1"/plugins/resource-kubernetes-v4.*; do
    [[ -x $dir/pulumi-resource-kubernetes ]] && fits "$sdk" "${dir##*-v}" && best=$dir
  done
  [[ -n $best ]] && echo "$best"
}
