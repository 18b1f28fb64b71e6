#!/usr/bin/env bash
# bench-build.sh: builds the program, and the program with an additional import (kubernetes/helm/v3, which imports every package
# of the Kubernetes SDK), each with an empty build cache, and prints the CPU time of both and their ratio. The download of
# modules is not measured.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go mod download

# An overlay adds the import, so that no file is written into the source tree.
cat >"$work/helm.go" <<'GO'
package main

import _ "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/helm/v3"
GO
printf '{"Replace": {"%s/helm.go": "%s/helm.go"}}\n' "$PWD" "$work" >"$work/overlay.json"

# measure NAME FLAG…: CPU seconds (user and system, children included) of a cold build.
measure() {
  local name=$1
  shift
  mkdir -p "$work/$name"
  TIMEFORMAT='%U %S %R'
  local times
  times=$({ time GOCACHE="$work/$name" go build "$@" -o "$work/$name.bin" . 2>&3; } 3>&2 2>&1)
  awk '{printf "%.0f %.0f\n", $1 + $2, $3}' <<<"$times"
}

echo "Cold builds on $(getconf _NPROCESSORS_ONLN) cores; this takes some minutes."
read -r ours wall < <(measure ours)
printf '%-42s %6d CPU s %6d s\n' "the program" "$ours" "$wall"
read -r theirs wall < <(measure helm -overlay "$work/overlay.json")
printf '%-42s %6d CPU s %6d s\n' "the same with kubernetes/helm/v3" "$theirs" "$wall"
awk -v a="$ours" -v b="$theirs" 'BEGIN {printf "ratio of CPU time: %.2f (at most 0.40)\n", a / b; exit a / b > 0.40}'
