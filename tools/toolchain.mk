# The tools of this project: found where the user has them, else built from
# pinned Go modules into .tools. Make's own file rules decide what is missing.

# tools/find.sh answers with the user's pulumi, if one fits, and with what must be built.
USER_PULUMI_HOME := $(or $(PULUMI_HOME),$(HOME)/.pulumi)
FOUND := $(shell tools/find.sh $(or $(LOCAL),azure) $(TOOLS) $(USER_PULUMI_HOME))
export PULUMI_BIN := $(patsubst pulumi=%,%,$(filter pulumi=%,$(FOUND)))
BUILD := $(patsubst build=%,$(TOOLS)/%,$(filter build=%,$(FOUND)))

# Everything runs with an explicit version of Kubernetes in the API server and
# the clients: unstamped builds call themselves v0.0.0, which the webhook cannot parse.
KUBERNETES_VERSION := v1.34.4
STAMP := -X k8s.io/component-base/version.gitVersion=$(KUBERNETES_VERSION) \
	-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34

PULUMI_VERSION := $(shell awk '{for (i = 1; i < NF; i++) if ($$i == "github.com/pulumi/pulumi/pkg/v3") print $$(i + 1)}' tools/pulumi/go.mod)

NAMES_SRC := $(shell find names -name '*.go' ! -name '*_test.go')
sources = sandbox/go.mod $(shell find $(1) -name '*.go' ! -name '*_test.go')
BRIDGE_SRC := $(call sources,sandbox/internal/bridge sandbox/cmd/pulumi-resource-azure-native sandbox/cmd/pulumi-resource-azuread) $(NAMES_SRC)
KUBERNETES_SRC := $(call sources,sandbox/third_party/pulumi-kubernetes-sdk sandbox/cmd/pulumi-resource-kubernetes)
SANDBOX_SRC := $(filter-out $(BRIDGE_SRC) $(KUBERNETES_SRC),$(call sources,sandbox)) sandbox/go.mod $(NAMES_SRC)
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

$(TOOLS)/bin/sandbox: $(SANDBOX_SRC) $(TOOLS)/share/charts/.stamp
	@$(call go_build,the sandbox (Kubernetes API server included),sandbox,./cmd/sandbox,$(STAMP))
	@touch $@

$(TOOLS)/bin/pulumi-resource-azure-native $(TOOLS)/bin/pulumi-resource-azuread: $(BRIDGE_SRC)
$(TOOLS)/bin/pulumi-resource-kubernetes: $(KUBERNETES_SRC) $(TOOLS)/share/pulumi-kubernetes/.stamp
$(TOOLS)/bin/pulumi-resource-%:
	@$(call go_build,the Pulumi provider $*,sandbox,./cmd/pulumi-resource-$*)
	@touch $@

$(TOOLS)/bin/akswi: $(AKSWI_SRC)
	@$(call go_build,akswi,tools/akswi,.)
	@touch $@

# The engine finds the pack under this name (policy/prebuilt/PulumiPolicy.yaml), among the plugins or on the PATH.
PACK := $(TOOLS)/policy/pulumi-analyzer-policy-aks-workload-identity
$(PACK): $(POLICY_SRC)
	@$(call go_build,the policy pack,.,./policy)
	@touch $@

# The chart is the one that the webhook's own Go module carries; the schema is the one of the provider's module.
from_module = "$$(go -C sandbox mod download -json $(1) >/dev/null && go -C sandbox list -m -f '{{.Dir}}' $(1))"

$(TOOLS)/share/charts/.stamp: sandbox/go.mod
	@rm -rf $(@D) && mkdir -p $(@D)
	@cp -r $(call from_module,github.com/Azure/azure-workload-identity)/charts/workload-identity-webhook $(@D)/
	@chmod -R u+w $(@D) && touch $@

$(TOOLS)/share/pulumi-kubernetes/.stamp: sandbox/go.mod
	@rm -rf $(@D) && mkdir -p $(@D)
	@cp $(call from_module,github.com/pulumi/pulumi-kubernetes/provider/v4)/cmd/pulumi-resource-kubernetes/*.json $(@D)/
	@chmod -R u+w $(@D) && touch $@

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
