#!/usr/bin/env bash
# unlock.sh STATE PULUMI STACK SANDBOX AKSWI: recovers a local stack whose last deployment was killed, by the steps of `akswi recover
# --help`. The lock of a running process stays; Pulumi then reports it.
set -euo pipefail
state=$1 pulumi=$2 stack=$3 sandbox=$4 akswi=$5
flags=(--cwd "${PROGRAM:-.}" --stack "$stack" --non-interactive)

# A zombie has ended; only its parent has not read its exit code yet.
lives() {
  local status
  status=$(ps -o stat= -p "$1") && [[ -n $status && $status != Z* ]]
}

[[ -d $state/.pulumi/locks ]] || exit 0
find "$state/.pulumi/locks" -path "*/$stack/*.json" | while IFS= read -r lock; do
  pid=$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$lock" | head -n1)
  if [[ -n $pid ]] && ! lives "$pid"; then
    echo "The last deployment (process $pid) was killed; removing its lock."
    "$pulumi" cancel "${flags[@]}" --yes >/dev/null
    export=$(mktemp)
    trap 'rm -f "$export"' EXIT
    "$pulumi" stack export "${flags[@]}" >"$export"
    if grep -q '"pending_operations"' "$export"; then
      "$sandbox" recover <"$export"
      "$sandbox" run -- "$akswi" recover <"$export" >"$export.repaired"
      "$pulumi" stack import "${flags[@]}" --file "$export.repaired" >/dev/null
      rm -f "$export.repaired"
    fi
    "$sandbox" run -- "$pulumi" refresh "${flags[@]}" --yes --skip-preview >/dev/null </dev/null
    break
  fi
done
