#!/usr/bin/env bash
# settle.sh STATE SANDBOX: runs after a local stack was destroyed. If other stacks are still deployed in the sandbox, it prints
# their names. Otherwise it checks that nothing is left in the sandbox, and stops it.
set -euo pipefail
state=$1 sandbox=$2
cd "$(dirname "$0")/.."

# The state of a deployed stack has at least the resource of the stack itself.
living=$(find "$state/.pulumi/stacks" -name '*.json' -exec grep -El '"type": *"pulumi:pulumi:Stack"' {} + 2>/dev/null || true)
if [[ -n $living ]]; then
  echo "The sandbox keeps running, because these stacks are still deployed:"
  while IFS= read -r file; do
    printf '  %s\n' "$(basename "$file" .json)"
  done <<<"$living"
  exit 0
fi
tools/step "Checking that nothing is left" "$sandbox" status --empty
"$sandbox" down
