#!/usr/bin/env bash
# preflight.sh STACK PULUMI: checks, before anything is built or changed, that a stack on
# real Azure has what it needs; says everything that is missing at once, and what to do.
set -uo pipefail
stack=$1 pulumi=$2
problems=()

if [[ ! -f Pulumi.$stack.yaml ]]; then
  problems+=("There is no Pulumi.$stack.yaml. Copy Pulumi.dev.yaml to it and edit it, or choose another with STACK=….")
fi
if ! "$pulumi" whoami --non-interactive >/dev/null 2>&1; then
  problems+=("Pulumi has no state backend. Run \`pulumi login\`, or set PULUMI_BACKEND_URL (azblob://…, s3://…, file://…).")
fi
if [[ -n ${ARM_CLIENT_ID:-} ]]; then
  for name in ARM_TENANT_ID ARM_SUBSCRIPTION_ID; do
    [[ -n ${!name:-} ]] || problems+=("ARM_CLIENT_ID is set and $name is not.")
  done
  if [[ ${ARM_USE_OIDC:-} != true && -z ${ARM_CLIENT_SECRET:-}${ARM_CLIENT_CERTIFICATE_PATH:-} ]]; then
    problems+=("ARM_CLIENT_ID is set without a way to log in. In CI set ARM_USE_OIDC=true (keyless); see https://www.pulumi.com/registry/packages/azure-native/installation-configuration/.")
  fi
elif ! command -v az >/dev/null; then
  problems+=("There is no Azure login. Install the Azure CLI and run \`az login\`, or set ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID and ARM_USE_OIDC=true.")
elif ! az account show >/dev/null 2>&1; then
  problems+=("The Azure CLI is not logged in. Run \`az login\`, then \`az account set --subscription …\`.")
fi

if ((${#problems[@]} == 0)); then
  exec "$pulumi" stack select "$stack" --create --non-interactive
fi
printf 'Stack %s cannot be reached yet:\n' "$stack" >&2
printf '  - %s\n' "${problems[@]}" >&2
printf 'Without a subscription, `make up` runs the same program in the sandbox on this machine.\n' >&2
exit 1
