# The build rules of this module's programs. sandbox/Makefile and tools/toolchain.mk include them and set
# SANDBOX_DIR, the path of this folder, and OUT, the absolute path of the folder for the results.

# The API server and its clients get an explicit version of Kubernetes. Without it they report v0.0.0,
# which the webhook cannot parse.
KUBERNETES_VERSION := v1.34.4
STAMP := -X k8s.io/component-base/version.gitVersion=$(KUBERNETES_VERSION) \
	-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34

go_files = $(shell find $(1) -name '*.go' ! -name '*_test.go')
module_files = $(SANDBOX_DIR)/go.mod $(call go_files,$(addprefix $(SANDBOX_DIR)/,$(1)))
NAMES_SRC := $(call go_files,$(SANDBOX_DIR)/../names)
BRIDGE_SRC := $(call module_files,internal/bridge cmd/pulumi-resource-azure-native cmd/pulumi-resource-azuread) $(NAMES_SRC)
KUBERNETES_SRC := $(call module_files,third_party/pulumi-kubernetes-sdk cmd/pulumi-resource-kubernetes)
SANDBOX_SRC := $(filter-out $(BRIDGE_SRC) $(KUBERNETES_SRC),$(call module_files,cmd internal third_party)) $(SANDBOX_DIR)/go.mod $(NAMES_SRC)

sandbox_build = $(SANDBOX_DIR)/../tools/step "Building $(1)" go -C $(SANDBOX_DIR) build -ldflags='-s -w $(3)' -o $@ $(2)

$(OUT)/bin/sandbox: $(SANDBOX_SRC) $(OUT)/share/charts/.stamp
	@$(call sandbox_build,the sandbox (Kubernetes API server included),./cmd/sandbox,$(STAMP))
	@touch $@

$(OUT)/bin/pulumi-resource-azure-native $(OUT)/bin/pulumi-resource-azuread: $(BRIDGE_SRC)
$(OUT)/bin/pulumi-resource-kubernetes: $(KUBERNETES_SRC) $(OUT)/share/pulumi-kubernetes/.stamp
$(OUT)/bin/pulumi-resource-%:
	@$(call sandbox_build,the Pulumi provider $*,./cmd/pulumi-resource-$*)
	@touch $@

# The chart is the one in the webhook's Go module; the schema is the one in the provider's module.
from_module = "$$(go -C $(SANDBOX_DIR) mod download -json $(1) >/dev/null && go -C $(SANDBOX_DIR) list -m -f '{{.Dir}}' $(1))"

$(OUT)/share/charts/.stamp: $(SANDBOX_DIR)/go.mod
	@rm -rf $(@D) && mkdir -p $(@D)
	@cp -r $(call from_module,github.com/Azure/azure-workload-identity)/charts/workload-identity-webhook $(@D)/
	@chmod -R u+w $(@D) && touch $@

$(OUT)/share/pulumi-kubernetes/.stamp: $(SANDBOX_DIR)/go.mod
	@rm -rf $(@D) && mkdir -p $(@D)
	@cp $(call from_module,github.com/pulumi/pulumi-kubernetes/provider/v4)/cmd/pulumi-resource-kubernetes/*.json $(@D)/
	@chmod -R u+w $(@D) && touch $@
