#!/usr/bin/env bash
# preflight.sh azure STACK, and preflight.sh pulumi STACK PULUMI: check that a stack in Azure has a stack file, an Azure login
# and a Pulumi backend. The first runs before anything is built, the second before anything is deployed. Each reports all
# problems with a remedy.
set -uo pipefail
part=$1 stack=$2
problems=()

azure() {
  if [[ ! -f ${PROGRAM:-.}/Pulumi.$stack.yaml ]]; then
    problems+=("There is no ${PROGRAM:-.}/Pulumi.$stack.yaml. Copy Pulumi.dev.yaml to it and edit it, or choose another with STACK=….")
  fi
  if grep -qs 'azure-native:\(clientId\|useOidc\|useMsi\)' "${PROGRAM:-.}/Pulumi.$stack.yaml"; then
    return # the login is part of the stack's configuration
  fi
  if [[ ${ARM_USE_MSI:-} == true ]]; then
    [[ -n ${ARM_SUBSCRIPTION_ID:-} ]] || problems+=("ARM_USE_MSI is set and ARM_SUBSCRIPTION_ID is not.")
    return
  fi
  if [[ -n ${ARM_CLIENT_ID:-} ]]; then
    for name in ARM_TENANT_ID ARM_SUBSCRIPTION_ID; do
      [[ -n ${!name:-} ]] || problems+=("ARM_CLIENT_ID is set and $name is not.")
    done
    if [[ ${ARM_USE_OIDC:-} != true && -z ${ARM_CLIENT_SECRET:-}${ARM_CLIENT_CERTIFICATE_PATH:-} ]]; then
      problems+=("ARM_CLIENT_ID is set without a way to log in. In CI set ARM_USE_OIDC=true (keyless); see https://www.pulumi.com/registry/packages/azure-native/installation-configuration/.")
    fi
    return
  fi
  if ! command -v az >/dev/null; then
    problems+=("There is no Azure login. Install the Azure CLI and run \`az login\`, or set ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID and ARM_USE_OIDC=true.")
  elif ! az account show >/dev/null 2>&1; then
    problems+=("There is no Azure login. Run \`az login\`, then \`az account set --subscription …\`; in CI set ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID and ARM_USE_OIDC=true.")
  fi
}

pulumi() {
  if ! "$1" whoami --non-interactive >/dev/null 2>&1; then
    problems+=("Pulumi has no state backend. Run \`pulumi login\`, or set PULUMI_BACKEND_URL (azblob://…, s3://…, file://…) and, for these, PULUMI_CONFIG_PASSPHRASE.")
    return
  fi
  "$1" stack select --cwd "${PROGRAM:-.}" "$stack" --create --non-interactive || problems+=("Pulumi cannot open the stack; see above. A backend of your own needs PULUMI_CONFIG_PASSPHRASE, or \`pulumi stack init --secrets-provider=azurekeyvault://…\`.")
}

"$part" "${@:3}"
((${#problems[@]})) || exit 0
printf 'Stack %s cannot be reached yet:\n' "$stack" >&2
printf '  - %s\n' "${problems[@]}" >&2
printf 'Without a subscription, `make up` runs the same program in the sandbox on this machine.\n' >&2
exit 1
