# Keyless workloads on AKS: `make help` lists what there is to run.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

ifneq ($(words $(CURDIR)),1)
$(error make cannot work in a folder whose path has spaces: $(CURDIR))
endif

# STACK is the name of the Pulumi stack. `local` and `local-…` are deployed to the sandbox, every other one to Azure with your
# own login.
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
# Go links programs in this folder and then moves them to their place. On one file system the move is an atomic rename, so that
# a deployment never starts a half-written program while another stack builds it. The system's temporary folder may be on
# another file system.
export GOTMPDIR := $(shell mkdir -p $(TOOLS)/tmp)$(TOOLS)/tmp

# tools/toolchain.mk finds or builds the tools that a stack needs.
include tools/toolchain.mk

# POLICY is the folder of the policy pack that checks every preview and update; empty, none does. POLICY_CONFIG is a file with
# the pack's enforcement levels and parameters, such as policy/profiles/hardened.json (docs/policies.md).
POLICY ?= $(CURDIR)/policy/prebuilt
POLICY_FLAGS = $(if $(POLICY),--policy-pack $(POLICY) $(if $(POLICY_CONFIG),--policy-pack-config $(abspath $(POLICY_CONFIG))))
# For local stacks the pack is installed as a plugin (tools/plugins.sh). For others the engine finds it on the PATH, and prints
# a notice about that.
ifeq ($(LOCAL),)
export PATH := $(TOOLS)/policy:$(PATH)
endif

verify = tools/step "Verifying stack $(STACK)" tools/verify.sh $(STACK) $(VERIFY_RETRY) $(VERIFY_FLAGS)

# Pulumi refuses to deploy without --yes where it cannot ask: in CI, and without a terminal. YES=--yes does not ask either. Whoever
# pipes the output elsewhere (make up STACK=dev | tee log) still has a terminal: Pulumi then stops, and deploys nothing unasked.
YES ?= $(if $(LOCAL),--yes)
confirmed = yes='$(YES)'; [[ -n $$yes || ( -z $${CI:-} && -t 0 ) ]] || yes=--yes

# pulumi runs a command of Pulumi on the stack, as a step with a title.
pulumi = tools/stack.sh run $(STACK) tools/step "$(1) stack $(STACK)" $(PULUMI) $(2) --cwd $(PROGRAM) --stack $(STACK)

##@ Use
.PHONY: up
up: preflight ## Deploy the stack, and verify that its workloads get tokens and read their secrets
	@$(confirmed); $(call pulumi,Deploying,up) $$yes $(POLICY_FLAGS) $(PULUMI_FLAGS) $(UP_FLAGS)
	@$(verify)

.PHONY: preview
preview: preflight ## Show what `make up` would change
	@$(call pulumi,Previewing,preview) $(POLICY_FLAGS) $(PULUMI_FLAGS)

.PHONY: policy
policy: preflight ## Check the deployed stack against the policy pack
	@tools/step "Checking stack $(STACK) against the policy pack" $(PULUMI) policy analyze --cwd $(PROGRAM) --stack $(STACK) $(POLICY_FLAGS)

.PHONY: verify
verify: preflight ## Verify each federation from issuer to secret; VERIFY_FLAGS=-v shows the seven links
	@$(verify)

.PHONY: down
down: preflight ## Destroy the stack; after the last local one, check that nothing is left and stop the sandbox
	@$(confirmed); $(call pulumi,Destroying,destroy) $$yes $(PULUMI_FLAGS) $(DOWN_FLAGS)
ifneq ($(LOCAL),)
	@tools/settle.sh $(LOCAL_STATE) $(SANDBOX)
endif

.PHONY: env
env: ## Print the variables for plain pulumi commands on the stack: eval "$(make env)"
	@$(MAKE) $(if $(LOCAL),preflight,-j2 tools-built) STACK=$(STACK) PULUMI_HOME=$(USER_PULUMI_HOME) >&2
	@tools/env.sh

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

# The Azure CLI lives in a virtual environment of the tests, which is made once and when its list of versions changes. Python is
# needed here and nowhere else. azure-cli needs Python 3.10 or newer.
AZ := $(TOOLS)/az/bin/az
$(AZ): tests/clients/requirements.txt
	@tools/step "Installing the Azure CLI" tests/clients/install.sh $(TOOLS)/az $<
	@touch $@

.PHONY: e2e-clients
e2e-clients: tools $(AZ) ## Run clients that others wrote against the sandbox: the Azure CLI, the SDK for Go (needs Python)
	@cd tests/clients && CLIENTS_TOOLS=$(TOOLS) CLIENTS_AZ=$(AZ) ../../tools/step "Running clients of others" \
		go test -vet=off -count=1 -timeout 30m -v $(E2E_FLAGS) .

# A case is a fault at one of the calls that change something. N=0 takes every fault at every call.
N ?= 200
SEED ?= 1
.PHONY: torture
torture: tools ## Deploy again and again, each time with a fault or a kill at one call: N=200 SEED=1, or ONLY=case
	@cd tests/e2e && E2E_TOOLS=$(TOOLS) E2E_PULUMI="$(PULUMI_BIN)" ../../tools/step "Torturing the deployment" \
		go run ./torture -n $(N) -seed $(SEED) $(if $(ONLY),-only '$(ONLY)') $(TORTURE_FLAGS)

.PHONY: lint
lint: ## Check formatting, vet, staticcheck and known vulnerabilities
	@tools/lint.sh

.PHONY: bench-makespan
bench-makespan: tools ## Compare a deployment under Azure's latencies with its critical path, and with two updates: WORKLOADS=1,20,200
	@cd tests/e2e && E2E_TOOLS=$(TOOLS) E2E_PULUMI="$(PULUMI_BIN)" go run ./makespan $(if $(WORKLOADS),-workloads $(WORKLOADS)) $(MAKESPAN_FLAGS)

.PHONY: bench-growth
bench-growth: tools ## Measure how up and destroy grow with the number of workloads: SIZES='12 50 200'
	@tools/bench-growth.sh $(TOOLS) $(PULUMI_BIN)

.PHONY: bench-build
bench-build: ## Measure the program's cold build against one that imports kubernetes/helm/v3
	@tools/bench-build.sh

# The Go language host lists all modules of the program, which adds their sums to go.sum. They are committed, so that a
# deployment does not change the file. GONOSUMDB: the Kubernetes provider's module is not in the checksum database.
.PHONY: tidy
tidy: ## Tidy every module's go.mod and go.sum
	@export GONOSUMDB=github.com/pulumi/pulumi-kubernetes/provider/v4; \
		for module in . sandbox tests/engine tests/e2e tests/clients tools/akswi; do go -C $$module mod tidy; done
	@go list -m -mod=mod all > /dev/null

.PHONY: clean
clean: ## Remove built tools and programs, but not the state of the sandbox and of the local stacks
	rm -rf $(TOOLS)
	find . -path '*/bin/program.exe' -delete

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nmake … STACK=dev does the same in Azure, with your own login.\n'
