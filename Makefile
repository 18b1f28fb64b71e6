# Keyless workloads on AKS: `make help` lists what there is to run.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

ifneq ($(words $(CURDIR)),1)
$(error make cannot work in a folder whose path has spaces: $(CURDIR))
endif

# STACK names the Pulumi stack. `local` and `local-…` live in the sandbox; any other is real Azure, with your own login.
STACK ?= local
LOCAL := $(filter local local-%,$(STACK))
export LOCAL
# PROGRAM is the folder of the Pulumi program: this one, examples/fleet, or tests/defects.
PROGRAM ?= .
export PROGRAM

TOOLS := $(CURDIR)/.tools
SANDBOX := $(TOOLS)/bin/sandbox
export SANDBOX_HOME ?= $(CURDIR)/.sandbox
export TOOLS
# Go links here, and moves what it linked to its place. On one file system that is a rename, so that the program of a stack
# stays whole while another stack of the same program has it built; the system's temporary folder may be on another.
export GOTMPDIR := $(shell mkdir -p $(TOOLS)/tmp)$(TOOLS)/tmp

# What the local stack needs is found or built by tools/toolchain.mk.
include tools/toolchain.mk

# POLICY is the policy pack that judges every preview and update; POLICY= is none. POLICY_CONFIG is a file of levels and
# parameters for it, such as policy/profiles/hardened.json (docs/policies.md).
POLICY ?= $(CURDIR)/policy/prebuilt
POLICY_FLAGS = $(if $(POLICY),--policy-pack $(POLICY) $(if $(POLICY_CONFIG),--policy-pack-config $(abspath $(POLICY_CONFIG))))
# Local stacks have the pack among their plugins (tools/plugins.sh); elsewhere the engine looks for it on the PATH, and says so.
ifeq ($(LOCAL),)
export PATH := $(TOOLS)/policy:$(PATH)
endif

verify = tools/step "Verifying stack $(STACK)" tools/verify.sh $(STACK) $(VERIFY_RETRY) $(VERIFY_FLAGS)

##@ Use
.PHONY: up
up: preflight ## Deploy the stack and prove that its workloads get their tokens and read their secrets
	@tools/step "Deploying stack $(STACK)" $(PULUMI) up --cwd $(PROGRAM) --stack $(STACK) $(YES) $(POLICY_FLAGS) $(PULUMI_FLAGS) $(UP_FLAGS)
	@$(verify)

.PHONY: preview
preview: preflight ## Show what `make up` would change
	@tools/step "Previewing stack $(STACK)" $(PULUMI) preview --cwd $(PROGRAM) --stack $(STACK) $(POLICY_FLAGS) $(PULUMI_FLAGS)

.PHONY: policy
policy: preflight ## Build the policy pack, and judge by it what the stack has deployed
	@tools/step "Judging stack $(STACK)" $(PULUMI) policy analyze --cwd $(PROGRAM) --stack $(STACK) $(POLICY_FLAGS)

.PHONY: verify
verify: preflight ## Prove the chain from issuer to secret; VERIFY_FLAGS=-v shows its seven links
	@$(verify)

.PHONY: down
down: preflight ## Destroy the stack; after the last local one, check that nothing is left and stop the sandbox
	@tools/step "Destroying stack $(STACK)" $(PULUMI) destroy --cwd $(PROGRAM) --stack $(STACK) $(YES) $(PULUMI_FLAGS) $(DOWN_FLAGS)
ifneq ($(LOCAL),)
	@tools/settle.sh $(LOCAL_STATE) $(SANDBOX)
endif

##@ Work on it
# The race detector needs a C compiler; Go says whether there is one. It compiles all that a package imports a second time, so
# that it does not run where that costs much and finds nothing:
# - in tests/engine, because Pulumi's engine itself has a race, between saving a failed creation and the step that reports it
#   (pkg/v3 3.245.0, resource/deploy/step.go, CreateStep.Apply);
# - in the sandbox's packages that contain the servers of Kubernetes and etcd, or are nothing but a main function: a third
#   of all that is compiled, for one test, which has no goroutines of ours.
# go vet is left to `make lint`: here it would read every dependency once more, for a part of its checks.
RACE ?= $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)
SERVERS := /cmd/|/internal/aks/process$$
.PHONY: test
test: ## Run the tests: names, components, stacks and examples under mocks and in the engine, the sandbox's rules
	@tools/step "Testing names, components and stacks" go test -vet=off $(RACE) ./...
	@cd sandbox && ../tools/step "Testing the sandbox" go test -vet=off $(RACE) $$(go list ./... | grep -vE '$(SERVERS)')
	@cd sandbox && ../tools/step "Testing the sandbox's servers" go test -vet=off $$(go list ./... | grep -E '$(SERVERS)')
	@cd tests/engine && ../../tools/step "Testing the components in the real engine" go test -vet=off ./...
	@cd tools/akswi && ../step "Testing akswi" go test -vet=off $(RACE) ./...

# E2E_FLAGS are flags of go test, such as E2E_FLAGS='-run TestSwitches'. Two functions run at a time, as on 2 cores the
# commands of a third would only wait.
.PHONY: e2e
e2e: tools ## Run the whole product: lifecycles, broken links, clusters, workloads, grants and policies, each in its own sandbox
	@cd tests/e2e && E2E_TOOLS=$(TOOLS) E2E_PULUMI="$(PULUMI_BIN)" ../../tools/step "Running end to end" \
		go test -vet=off -count=1 -timeout 60m -parallel 2 -v $(E2E_FLAGS) .

.PHONY: e2e-sandbox
e2e-sandbox: tools ## Run clusters of the sandbox by themselves: crashes, restarts, two at once
	@cd sandbox && AKS_E2E_SANDBOX=$(SANDBOX) ../tools/step "Running the sandbox's clusters" \
		go test -vet=off -tags e2e -count=1 ./internal/aks

.PHONY: lint
lint: ## Check formatting, vet, staticcheck and known vulnerabilities
	@tools/lint.sh

.PHONY: bench-build
bench-build: ## Measure the program's cold build against one that imports kubernetes/helm/v3
	@tools/bench-build.sh

# The Go language host of a deployment lists every module of the program's graph and notes their sums; they are
# committed, so that a deployment changes no file. GONOSUMDB: the Kubernetes provider's source is not in the checksum database.
.PHONY: tidy
tidy: ## Tidy every module's go.mod and go.sum
	@export GONOSUMDB=github.com/pulumi/pulumi-kubernetes/provider/v4; \
		for module in . sandbox tests/engine tests/e2e tools/akswi; do go -C $$module mod tidy; done
	@go list -m -mod=mod all > /dev/null

.PHONY: clean
clean: ## Remove built tools and programs; the sandbox's state and the local stack's state stay
	rm -rf $(TOOLS)
	find . -path '*/bin/program.exe' -delete

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nmake … STACK=dev runs the same on real Azure with your own login.\n'
