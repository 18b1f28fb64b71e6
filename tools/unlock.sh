#!/usr/bin/env bash
# unlock.sh STATE PULUMI STACK SANDBOX: takes back the lock of a deployment that was killed, and clears what it left
# half done in the cluster. A lock whose process lives is another deployment's and stays; Pulumi then says so itself.
set -euo pipefail
state=$1 pulumi=$2 stack=$3 sandbox=$4

# A zombie is dead: its parent has only not asked for its exit code yet.
lives() {
  local status
  status=$(ps -o stat= -p "$1") && [[ -n $status && $status != Z* ]]
}

[[ -d $state/.pulumi/locks ]] || exit 0
find "$state/.pulumi/locks" -path "*/$stack/*.json" | while IFS= read -r lock; do
  pid=$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$lock" | head -n1)
  if [[ -n $pid ]] && ! lives "$pid"; then
    echo "The last deployment (process $pid) was killed; taking back its lock."
    "$pulumi" cancel --cwd "${PROGRAM:-.}" --yes --stack "$stack" --non-interactive >/dev/null
    "$pulumi" stack export --cwd "${PROGRAM:-.}" --stack "$stack" | "$sandbox" recover
    # Pulumi would warn of the interrupted creations for ever; the providers' journal knows them and takes them over.
    "$sandbox" run -- "$pulumi" refresh --cwd "${PROGRAM:-.}" --yes --skip-preview --clear-pending-creates --stack "$stack" --non-interactive >/dev/null </dev/null
    break
  fi
done
