#!/usr/bin/env bash
# stack.sh select STACK, stack.sh run STACK COMMAND…: select a stack, which creates it if there is none, and run a command on
# it. If the command fails and has deployed nothing to a stack that was created just now, the stack is removed again, so that
# a stack file that the program refuses leaves nothing behind. The stack file stays.
set -euo pipefail
part=$1 stack=$2
shift 2
pulumi() { "$PULUMI_BIN" "$@" --cwd "${PROGRAM:-.}" --stack "$stack" --non-interactive; }
# Stacks of one name in different backends may be deployed with the same tools at the same time.
created=$TOOLS/tmp/created.${stack//\//.}.$(cksum <<<"${PULUMI_BACKEND_URL:-}" | cut -d ' ' -f 1)

# deployed succeeds unless the state is certainly empty. The engine registers the stack itself and its providers before the
# program has checked anything.
deployed() {
  local state
  state=$(pulumi stack export) || return 0
  grep '"type": "[^"]*:[^"]*:' <<<"$state" | grep -qv '"pulumi:pulumi:Stack"\|"pulumi:providers:'
}

select_stack() {
  rm -f "$created"
  if pulumi stack select 2>/dev/null; then
    return
  fi
  pulumi stack select --create
  touch "$created"
}

run() {
  local code=0
  "$@" || code=$?
  if [[ -e $created ]]; then
    rm "$created"
    if ((code)) && ! deployed && pulumi stack rm --yes --force --preserve-config >/dev/null; then
      echo "Stack $stack was new and has nothing, so it is removed again." >&2
    fi
  fi
  exit "$code"
}

case $part in
  select) select_stack ;;
  run) run "$@" ;;
esac
