# The tools of this project: the user's own if they fit, otherwise built from pinned Go modules into .tools. Make's file rules
# decide what has to be built.

# tools/find.sh prints the path of the Pulumi CLI, and the tools to build.
# In a shell with the variables of `make env` PULUMI_HOME is the local stacks' own home, which is made here and no user's.
USER_PULUMI_HOME := $(or $(filter-out $(TOOLS)/%,$(PULUMI_HOME)),$(HOME)/.pulumi)
FOUND := $(shell tools/find.sh $(or $(LOCAL),azure) $(TOOLS) $(USER_PULUMI_HOME))
export PULUMI_BIN := $(patsubst pulumi=%,%,$(filter pulumi=%,$(FOUND)))
BUILD := $(patsubst build=%,$(TOOLS)/%,$(filter build=%,$(FOUND)))

PULUMI_VERSION := $(shell awk '{for (i = 1; i < NF; i++) if ($$i == "github.com/pulumi/pulumi/pkg/v3") print $$(i + 1)}' tools/pulumi/go.mod)

# The sandbox and its providers.
SANDBOX_DIR := sandbox
OUT := $(TOOLS)
include sandbox/build.mk

POLICY_SRC := go.mod $(shell find policy -name '*.go' ! -name '*_test.go') $(NAMES_SRC)
AKSWI_SRC := tools/akswi/go.mod $(shell find tools/akswi -name '*.go' ! -name '*_test.go') $(NAMES_SRC)

# Two jobs, so that one tool compiles while another is linked, which uses one core only.
.PHONY: tools
tools: possible ## Build the tools that are missing (the other targets do so as needed)
	@tools/estimate.sh $(BUILD)
	@$(MAKE) -j2 tools-built STACK=$(STACK) PULUMI_HOME=$(USER_PULUMI_HOME)
ifneq ($(LOCAL),)
	@tools/plugins.sh $(TOOLS) $(USER_PULUMI_HOME)
endif

.PHONY: tools-built
tools-built: $(BUILD)
	@:

go_build = tools/step "Building $(1)" go -C $(2) build -ldflags='-s -w $(4)' -o $@ $(3)

$(TOOLS)/pulumi/pulumi: tools/pulumi/go.mod tools/pulumi/go.sum
	@$(call go_build,the Pulumi CLI,tools/pulumi,github.com/pulumi/pulumi/pkg/v3/cmd/pulumi,-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$(PULUMI_VERSION))
	@touch $@

# The CLI starts this script as the language host; it starts the real one with the build target as a flag.
$(TOOLS)/pulumi/pulumi-language-go: tools/pulumi-language-go/pulumi-language-go $(TOOLS)/pulumi/host/pulumi-language-go
	@install -m 755 $< $@

$(TOOLS)/pulumi/host/pulumi-language-go: tools/pulumi-language-go/go.mod tools/pulumi-language-go/go.sum
	@$(call go_build,the Go language host,tools/pulumi-language-go,github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go)
	@touch $@

$(TOOLS)/bin/akswi: $(AKSWI_SRC)
	@$(call go_build,akswi,tools/akswi,.)
	@touch $@

# The engine looks for the pack's program by this name (policy/prebuilt/PulumiPolicy.yaml) in its plugins and on the PATH.
PACK := $(TOOLS)/policy/pulumi-analyzer-policy-aks-workload-identity
$(PACK): $(POLICY_SRC)
	@$(call go_build,the policy pack,.,./policy)
	@touch $@

# The language host lists the program's modules, for which it needs their go.mod files. They are fetched here, because nothing
# can be fetched inside the sandbox.
$(TOOLS)/program.stamp: go.mod go.sum
	@tools/step "Fetching the program's modules" bash -c 'go list -m all > /dev/null && go build -o /dev/null .'
	@mkdir -p $(@D) && touch $@

# How Pulumi runs. Local stacks have a separate Pulumi home and state, need no account, and use the sandbox instead of Azure.
ifneq ($(LOCAL),)
LOCAL_STATE ?= $(CURDIR)/.pulumi/state
# metadata=skip: without it every write of the state also writes a second file, and not atomically, so that a deployment that is
# killed at that moment leaves a state that no command can read ("failed to load checkpoint: EOF").
export PULUMI_BACKEND_URL := file://$(LOCAL_STATE)?metadata=skip
export PULUMI_CONFIG_PASSPHRASE := sandbox
export PULUMI_SKIP_UPDATE_CHECK := true
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION := true
export PULUMI_HOME := $(TOOLS)/home
PULUMI := $(SANDBOX) run -- $(PULUMI_BIN) --non-interactive
.PHONY: possible preflight
possible:
ifneq ($(shell uname -s),Linux)
	@echo 'The local stack needs Linux: elsewhere Go programs do not take the sandbox'"'"'s authority from SSL_CERT_FILE.' >&2
	@echo 'Run it in a Linux container or virtual machine; make … STACK=dev works here.' >&2
	@exit 1
endif
preflight: tools
	@mkdir -p $(LOCAL_STATE)
	@$(SANDBOX) up
	@tools/unlock.sh $(LOCAL_STATE) $(PULUMI_BIN) $(STACK) $(SANDBOX) $(TOOLS)/bin/akswi
	@tools/stack.sh select $(STACK)
else
PULUMI := $(PULUMI_BIN)
# It may take minutes until new roles and credentials have an effect everywhere in Azure.
VERIFY_RETRY := --retry-for 10m
.PHONY: possible preflight
possible: $(TOOLS)/bin/akswi
	@tools/preflight.sh azure $(STACK) $(PULUMI_BIN) $(filter down verify policy env,$(MAKECMDGOALS))
preflight: tools
	@tools/preflight.sh pulumi $(STACK) $(PULUMI_BIN)
endif
