#!/usr/bin/env bash
# unlock.sh STATE PULUMI STACK: takes back the lock of a deployment that was killed. A lock
# whose process lives is another deployment's and stays; Pulumi then says so itself.
set -euo pipefail
state=$1 pulumi=$2 stack=$3
shopt -s nullglob globstar
for lock in "$state"/.pulumi/locks/**/"$stack"/*.json; do
  pid=$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$lock" | head -n1)
  if [[ -n $pid ]] && ! kill -0 "$pid" 2>/dev/null; then
    echo "The last deployment (process $pid) was killed; taking back its lock."
    "$pulumi" cancel --yes --stack "$stack" --non-interactive >/dev/null
    exit 0
  fi
done
