#!/usr/bin/env bash
# estimate.sh FILE…: says which tools are missing and about how long they take to build.
# The figures are CPU seconds with empty caches on the machine of docs/performance.md, each counted
# without what an earlier one of the list has compiled.
set -euo pipefail
declare -A cost=(
  [pulumi]=300 [pulumi-language-go]=30 [sandbox]=300 [pulumi-resource-kubernetes]=60
  [pulumi-resource-azure-native]=100 [pulumi-resource-azuread]=20 [verify]=20 [program.stamp]=120
)
missing=() seconds=0
for file in "$@"; do
  [[ -e $file ]] && continue
  missing+=("${file##*/}")
  seconds=$((seconds + ${cost[${file##*/}]:-0}))
done
((${#missing[@]})) || exit 0
cores=$(getconf _NPROCESSORS_ONLN)
((cores > 4)) && cores=4 # the long pole is one package after another
printf 'To be built, once: %s.\n' "$(IFS=' '; echo "${missing[*]}" | sed 's/ /, /g; s/program.stamp/the program/')"
printf 'With empty Go caches this takes about %d minutes on this machine; with filled ones, one or two.\n' $(((seconds / cores + 59) / 60))
