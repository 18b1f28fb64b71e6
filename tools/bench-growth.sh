#!/usr/bin/env bash
# bench-growth.sh TOOLS PULUMI: deploys and destroys stacks of several sizes in the sandbox, each twice: as usual, and with an
# engine that writes its state once, at the end. It prints the seconds and, from the smallest size to the largest, the exponent
# with which they grow: 1 is in proportion to the resources. All is measured in one run. What the second kind does not need is
# the engine's own work: with a state on disk it writes all of it before and after each step.
set -euo pipefail
tools=$1 pulumi=$2
sizes=${SIZES:-12 50 200}
cd "$(dirname "$0")/.."
work=$(mktemp -d)
export SANDBOX_HOME=$work/sandbox LOCAL=local PULUMI_CONFIG_PASSPHRASE=sandbox PULUMI_HOME=$tools/home PULUMI_SKIP_UPDATE_CHECK=true
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true PULUMI_BACKEND_URL="file://$work/state?metadata=skip"
trap '"$tools/bin/sandbox" down --purge >/dev/null 2>&1; rm -rf "$work"' EXIT
mkdir -p "$work/state"

# stack N: a stack file with N workloads, a quarter of them Entra applications.
stack() {
  cat <<'YAML'
config:
  aks-workload-identity:location: westeurope
  aks-workload-identity:cluster: {kubernetesVersion: "1.34", systemPool: {count: 1}}
  aks-workload-identity:webhook: {mode: chart, chart: {replicas: 1}}
  aks-workload-identity:vault: {plainTextSecrets: true, secrets: {greeting: hello}}
  aks-workload-identity:workloads:
YAML
  for ((i = 0; i < $1; i++)); do
    printf '    w%d: {serviceAccount: {namespace: team%d}, grants: [{role: Key Vault Secrets User, scope: vault}]%s}\n' \
      "$i" $((i / 4)) "$( ((i % 4 == 3)) && echo ', identity: {kind: application}')"
  done
  echo 'encryptionsalt: v1:8BbZ1OlFyhg=:v1:OzafOGELwdXUVj32:He7g+9uYOn61hu5maQ+L5JpkjuMz8A=='
}

run() { "$tools/bin/sandbox" run -- "$pulumi" "$@" --stack local --non-interactive --yes --skip-preview >"$work/out" 2>&1 || { tail -20 "$work/out" >&2; exit 1; }; }

# seconds COMMAND…: its wall time.
seconds() {
  local began=$EPOCHREALTIME
  "$@"
  awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}'
}

"$tools/bin/sandbox" up >/dev/null
"$pulumi" stack select local --create --non-interactive >/dev/null 2>&1
printf '%-10s %10s %10s %10s %16s %16s\n' workloads resources 'up s' 'destroy s' 'up, one write' 'destroy, one w.'
for n in $sizes; do
  stack "$n" >"$work/Pulumi.local.yaml"
  line=("$n")
  for write in each last; do
    if [[ $write == last ]]; then export PULUMI_EXPERIMENTAL=true PULUMI_SKIP_CHECKPOINTS=true; fi
    up=$(seconds run up --config-file "$work/Pulumi.local.yaml")
    [[ $write == last ]] || line+=("$("$pulumi" stack export --stack local --non-interactive | grep -c '"urn":')")
    line+=("$up" "$(seconds run destroy)")
    unset PULUMI_EXPERIMENTAL PULUMI_SKIP_CHECKPOINTS
  done
  printf '%-10s %10s %10s %10s %16s %16s\n' "${line[@]}" | tee -a "$work/table"
done
awk '{for (i = 3; i <= 6; i++) {if (NR == 1) first[i] = $i; last[i] = $i}; if (NR == 1) small = $2; large = $2}
  END {if (NR > 1) {printf "%-21s", "exponent"; split("0 0 10 10 16 16", w, " ")
    for (i = 3; i <= 6; i++) printf " %*.2f", w[i], log(last[i] / first[i]) / log(large / small); print ""}}' "$work/table"
