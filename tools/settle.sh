#!/usr/bin/env bash
# settle.sh STATE SANDBOX: after a local stack was destroyed, stops the sandbox, and checks that nothing is left in
# it; unless another stack still lives there, which is then named.
set -euo pipefail
state=$1 sandbox=$2
cd "$(dirname "$0")/.."

# The state of a stack that has resources names their types; an empty one has none.
living=$(find "$state/.pulumi/stacks" -name '*.json' -exec grep -El '"type": *"pulumi:pulumi:Stack"' {} + 2>/dev/null || true)
if [[ -n $living ]]; then
  echo "The sandbox goes on, because these stacks are still deployed:"
  while IFS= read -r file; do
    printf '  %s\n' "$(basename "$file" .json)"
  done <<<"$living"
  exit 0
fi
tools/step "Checking that nothing is left" "$sandbox" status --empty
"$sandbox" down
