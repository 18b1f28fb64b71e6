#!/usr/bin/env bash
# preflight.sh azure STACK, and preflight.sh pulumi STACK PULUMI: check that a stack in Azure has a stack file, an Azure login
# and a Pulumi backend. The first runs before anything is built, the second before anything is deployed. Each reports all
# problems with a remedy.
set -uo pipefail
part=$1 stack=$2
problems=()

# The stack's name may have the organisation and the project before it; the name of its file does not.
file=${PROGRAM:-.}/Pulumi.${stack##*/}.yaml

# given VARIABLE KEY: succeeds if the login has this setting, in the environment or as the provider's setting in the stack file.
given() {
  [[ -n ${!1:-} ]] || grep -Eqs "^ *[\"']?azure-native:$2[\"']?:" "$file"
}
# chosen VARIABLE KEY: the same for a setting that is true or false.
chosen() {
  [[ ${!1:-} == true ]] || grep -Eqs "^ *[\"']?azure-native:$2[\"']?: *[\"']?true" "$file"
}
# require VARIABLE KEY BECAUSE: reports a setting that is missing.
require() {
  given "$1" "$2" || problems+=("$3, and $1 is not set, nor azure-native:$2 in $file.")
}

azure() {
  [[ -f $file ]] ||
    problems+=("There is no $file. Copy Pulumi.dev.yaml to it and edit it, or choose another with STACK=….")
  if chosen ARM_USE_MSI useMsi; then
    require ARM_SUBSCRIPTION_ID subscriptionId 'The login is a managed identity (ARM_USE_MSI)'
    return
  fi
  if given ARM_CLIENT_ID clientId; then
    service_principal
    return
  fi
  if ! command -v az >/dev/null; then
    problems+=("There is no Azure login. Install the Azure CLI and run \`az login\`, or set ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID and ARM_USE_OIDC=true.")
  elif ! az account show >/dev/null 2>&1; then
    problems+=("There is no Azure login. Run \`az login\`, then \`az account set --subscription …\`; in CI set ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID and ARM_USE_OIDC=true.")
  fi
}

service_principal() {
  require ARM_TENANT_ID tenantId 'The login is a service principal (ARM_CLIENT_ID)'
  require ARM_SUBSCRIPTION_ID subscriptionId 'The login is a service principal (ARM_CLIENT_ID)'
  if chosen ARM_USE_OIDC useOidc; then
    given ARM_OIDC_TOKEN oidcToken || given ARM_OIDC_TOKEN_FILE_PATH oidcTokenFilePath ||
      given ARM_OIDC_REQUEST_URL oidcRequestUrl || [[ -n ${ACTIONS_ID_TOKEN_REQUEST_URL:-} ]] ||
      problems+=("ARM_USE_OIDC is set, and there is no token to log in with. In GitHub Actions give the job \`permissions: id-token: write\`; elsewhere set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH.")
    return
  fi
  given ARM_CLIENT_SECRET clientSecret || given ARM_CLIENT_CERTIFICATE_PATH clientCertificatePath ||
    problems+=("ARM_CLIENT_ID is set without a way to log in. In CI set ARM_USE_OIDC=true (keyless); see https://www.pulumi.com/registry/packages/azure-native/installation-configuration/.")
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
