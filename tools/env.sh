#!/usr/bin/env bash
# env.sh: prints the environment of plain pulumi commands, for eval in bash and zsh. For local stacks (LOCAL is set) it has
# the sandbox's Azure and a login to it; for others it only has the Pulumi CLI and the policy pack on the PATH.
set -euo pipefail
show() { # NAME VALUE
  printf 'export %s=%q\n' "$1" "$2"
}

# The folder of the sandbox's providers is not on the PATH: Pulumi would use them for real Azure as well.
path=$(dirname "$PULUMI_BIN"):$TOOLS/policy
if [[ -n ${LOCAL:-} ]]; then
  "$TOOLS/bin/sandbox" env
  for name in PULUMI_HOME PULUMI_BACKEND_URL PULUMI_CONFIG_PASSPHRASE PULUMI_SKIP_UPDATE_CHECK PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION; do
    show "$name" "${!name}"
  done
  path=$(dirname "$PULUMI_BIN")
fi
printf 'export PATH=%q:"$PATH"\n' "$path"
