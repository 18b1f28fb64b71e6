# The tools of this project: found where the user has them, else built from
# pinned Go modules into .tools. Make's own file rules decide what is missing.

# tools/find.sh answers with the user's pulumi, if one fits, and with what must be built.
USER_PULUMI_HOME := $(or $(PULUMI_HOME),$(HOME)/.pulumi)
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

# Both cores stay busy while another build links.
.PHONY: tools
tools: possible ## Build the tools that are missing (done by the others as needed)
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

# The CLI starts a script of ours, which starts the host with what it must know.
$(TOOLS)/pulumi/pulumi-language-go: tools/pulumi-language-go/pulumi-language-go $(TOOLS)/pulumi/host/pulumi-language-go
	@install -m 755 $< $@

$(TOOLS)/pulumi/host/pulumi-language-go: tools/pulumi-language-go/go.mod tools/pulumi-language-go/go.sum
	@$(call go_build,the Go language host,tools/pulumi-language-go,github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go)
	@touch $@

$(TOOLS)/bin/akswi: $(AKSWI_SRC)
	@$(call go_build,akswi,tools/akswi,.)
	@touch $@

# The engine finds the pack under this name (policy/prebuilt/PulumiPolicy.yaml), among the plugins or on the PATH.
PACK := $(TOOLS)/policy/pulumi-analyzer-policy-aks-workload-identity
$(PACK): $(POLICY_SRC)
	@$(call go_build,the policy pack,.,./policy)
	@touch $@

# The language host lists the program's modules, which needs their go.mod files; inside the sandbox nothing can be fetched.
$(TOOLS)/program.stamp: go.mod go.sum
	@tools/step "Fetching the program's modules" bash -c 'go list -m all > /dev/null && go build -o /dev/null .'
	@mkdir -p $(@D) && touch $@

# How pulumi is run. Local stacks have a Pulumi home and a state of their own,
# need no account, and see the sandbox instead of Azure.
ifneq ($(LOCAL),)
LOCAL_STATE ?= $(CURDIR)/.pulumi/state
export PULUMI_BACKEND_URL := file://$(LOCAL_STATE)
export PULUMI_CONFIG_PASSPHRASE := sandbox
export PULUMI_SKIP_UPDATE_CHECK := true
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION := true
export PULUMI_HOME := $(TOOLS)/home
PULUMI := $(SANDBOX) run -- $(PULUMI_BIN) --non-interactive
YES := --yes
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
	@tools/unlock.sh $(LOCAL_STATE) $(PULUMI_BIN) $(STACK) $(SANDBOX)
	@$(PULUMI_BIN) stack select --cwd $(PROGRAM) $(STACK) --create --non-interactive
else
PULUMI := $(PULUMI_BIN)
YES ?=
# Roles and credentials take minutes to reach all of Azure.
VERIFY_RETRY := --retry-for 10m
.PHONY: possible preflight
possible:
	@tools/preflight.sh azure $(STACK)
preflight: tools
	@tools/preflight.sh pulumi $(STACK) $(PULUMI_BIN)
endif
