#!/usr/bin/env bash
# preflight.sh azure STACK PULUMI [TARGET], and preflight.sh pulumi STACK PULUMI: check that a stack can be deployed to Azure. The
# first runs akswi preflight, before anything but akswi is built; the second selects the stack, before anything is deployed.
set -uo pipefail
part=$1 stack=$2
problems=()

# azure PULUMI [down|verify|policy|env]: a stack that exists can be verified or destroyed whatever the quota is.
azure() {
  local flags=()
  # The CLI may be one of those that are built after this.
  [[ -x $1 ]] || flags+=(--skip pulumi,state,secrets)
  [[ -z ${2:-} ]] || flags+=(--only "stack file,login,subscription")
  "$TOOLS/bin/akswi" preflight --stack "$stack" --cwd "${PROGRAM:-.}" --pulumi "$1" "${flags[@]}"
  case $? in
    0 | 3) ;; # 3: something could not be checked, which the deployment will show
    *) exit 1 ;;
  esac
}

pulumi() {
  if ! "$1" whoami --non-interactive >/dev/null 2>&1; then
    problems+=("Pulumi has no state backend. Run \`$1 login\`, or set PULUMI_BACKEND_URL (azblob://…, s3://…, file://…) and, for these, PULUMI_CONFIG_PASSPHRASE.")
    return
  fi
  tools/stack.sh select "$stack" || problems+=("Pulumi cannot open the stack; see above. A backend of your own needs PULUMI_CONFIG_PASSPHRASE, or \`pulumi stack init --secrets-provider=azurekeyvault://…\`.")
}

"$part" "${@:3}"
((${#problems[@]})) || exit 0
printf 'Stack %s cannot be reached yet:\n' "$stack" >&2
printf '  - %s\n' "${problems[@]}" >&2
printf 'Without a subscription, `make up` runs the same program in the sandbox on this machine.\n' >&2
exit 1
