#!/usr/bin/env bash
# unlock.sh STATE PULUMI STACK SANDBOX: removes the lock of a deployment whose process was killed, and recovers what it left
# unfinished in the cluster. The lock of a running process stays; Pulumi then reports it.
set -euo pipefail
state=$1 pulumi=$2 stack=$3 sandbox=$4

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
    "$pulumi" cancel --cwd "${PROGRAM:-.}" --yes --stack "$stack" --non-interactive >/dev/null
    "$pulumi" stack export --cwd "${PROGRAM:-.}" --stack "$stack" | "$sandbox" recover
    # Without this, every Pulumi command would warn of the interrupted creations. The sandbox's providers have them in their
    # journal, and complete them.
    "$sandbox" run -- "$pulumi" refresh --cwd "${PROGRAM:-.}" --yes --skip-preview --clear-pending-creates --stack "$stack" --non-interactive >/dev/null </dev/null
    break
  fi
done
