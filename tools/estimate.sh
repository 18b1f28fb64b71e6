#!/usr/bin/env bash
# estimate.sh FILE…: prints which tools are missing, and about how long it takes to build them.
set -euo pipefail

# CPU seconds with empty caches, without the packages that an earlier tool of the list has compiled (docs/performance.md).
cost() {
  case $1 in
    pulumi) echo 420 ;;
    pulumi-language-go) echo 80 ;;
    akswi) echo 80 ;;
    pulumi-analyzer-policy-*) echo 15 ;;
    program.stamp) echo 150 ;;
    sandbox) echo 420 ;;
    pulumi-resource-azure-native) echo 30 ;;
    pulumi-resource-azuread) echo 30 ;;
    pulumi-resource-kubernetes) echo 90 ;;
    *) echo 0 ;;
  esac
}

missing='' seconds=0
for file in "$@"; do
  [[ -e $file ]] && continue
  name=${file##*/}
  missing+="${missing:+, }${name/program.stamp/the program}"
  seconds=$((seconds + $(cost "$name")))
done
[[ -n $missing ]] || exit 0
cores=$(getconf _NPROCESSORS_ONLN)
((cores > 4)) && cores=4 # more cores do not help, because packages wait for those that they import
printf 'To be built, once: %s.\n' "$missing"
printf 'With empty Go caches this takes about %d minutes on this machine; with filled ones, one or two.\n' $(((seconds / cores + 59) / 60))
