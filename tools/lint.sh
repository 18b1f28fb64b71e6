#!/usr/bin/env bash
# lint.sh: runs gofmt, go vet, staticcheck and govulncheck in every module. It goes on after a finding, so that one run reports
# all.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
modules=(. sandbox tests/engine tests/e2e tests/clients tools/akswi)
check() {
  tools/step "$@" || failed=1
}

unformatted=$(git ls-files '*.go' | xargs gofmt -l)
if [[ -n $unformatted ]]; then
  printf 'Not formatted (gofmt -w):\n%s\n' "$unformatted" >&2
  failed=1
fi

heavy=$(go list -deps . 2>/dev/null | grep -x 'github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/helm/v3\|github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/yaml' || true)
if [[ -n $heavy ]]; then
  printf 'The program imports these packages and must not (with them its build takes three times as long):\n%s\n' "$heavy" >&2
  failed=1
fi

tools/step "Building the linters" go -C tools/lint build -o "$PWD/.tools/bin/" honnef.co/go/tools/cmd/staticcheck golang.org/x/vuln/cmd/govulncheck \
  github.com/rhysd/actionlint/cmd/actionlint || exit 1
check "actionlint of the pipelines' templates" .tools/bin/actionlint -shellcheck= -pyflakes= ci/github/*.yml
for module in "${modules[@]}"; do
  check "go vet in $module" go -C "$module" vet -tags e2e ./...
  check "staticcheck in $module" bash -c 'cd "$1" && "$2" -tags e2e ./...' _ "$module" "$PWD/.tools/bin/staticcheck"
done
# govulncheck needs the vulnerability database. Without access to it, a line is printed that the check was not run.
if [[ ${LINT_VULNERABILITIES:-auto} != never ]]; then
  if curl -fsS --max-time 10 -o /dev/null https://vuln.go.dev/index/db.json 2>/dev/null; then
    for module in "${modules[@]}"; do
      check "govulncheck in $module" bash -c 'cd "$1" && "$2" ./...' _ "$module" "$PWD/.tools/bin/govulncheck"
    done
  else
    echo "    govulncheck: not run, its database (vuln.go.dev) cannot be reached from here" >&2
  fi
fi
exit "$failed"
