package stacks

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Limits of Azure. Sources, all on learn.microsoft.com: "Naming rules and restrictions for Azure resources", "Use tags to
// organize your Azure resources", "About Azure Key Vault secrets".
const (
	maxTags        = 50
	maxSecretTags  = 15 // of a Key Vault secret
	maxTagName     = 512
	maxTagValue    = 256
	maxSecretBytes = 25600
)

var (
	locationForm   = regexp.MustCompile(`^[a-z][a-z0-9]{2,}$`)
	secretNameForm = regexp.MustCompile(`^[a-zA-Z0-9-]{1,127}$`)
)

// validator checks a decoded Config. Its checks never stop at a problem, and trust nothing: a value that could not be
// decoded is its default.
type validator struct {
	*problems
	config  *Config
	project string
	// raw are the namespace's values as Pulumi passed them, by key.
	raw map[string]string
	// clusterKey is the key of the federations with this stack's cluster.
	clusterKey string
	// encrypted says that the vault section contains an encrypted value; nothing of it may be quoted.
	encrypted bool
	// environment is the `environment` setting of an Azure provider, empty when unset.
	environment func(provider string) string
}

func (v *validator) all() {
	v.program()
	v.cloud()
	v.location()
	v.resourceGroup()
	v.tags()
	v.webhook(v.root("webhook"), &v.config.Webhook)
	v.vault(v.root("vault"), v.config.Vault)
	for _, name := range sortedKeys(v.config.Workloads) {
		w := v.config.Workloads[name]
		v.workload(v.root("workloads").key(name), name, &w)
	}
	v.betweenWorkloads()
	v.namespaces(v.root("namespaces"))
	v.components()
}

// given reports whether the file has the section.
func (v *validator) given(section string) bool { return has(v.raw, section) }

// givenIn are the keys that the file has in a section, sorted.
func (v *validator) givenIn(section string) []string {
	parsed, err := parseJSON(v.raw[section])
	if err != nil {
		return nil // a problem of its own
	}
	entries, _ := parsed.(map[string]any)
	return sortedKeys(entries)
}

func (v *validator) root(name string) keyPath { return rootKey(v.project, name) }

// cloud checks that the Azure providers talk to the cloud that the pods' tokens are for: the providers take theirs from
// settings of their own.
func (v *validator) cloud() {
	at := v.root("cloud")
	cloud, err := azure.ParseCloud(v.config.Cloud)
	if err != nil {
		return // found by its tag
	}
	providers := map[string]string{
		azure.PublicCloud.WebhookEnvironment():  "public",
		azure.USGovernment.WebhookEnvironment(): "usgovernment",
		azure.ChinaCloud.WebhookEnvironment():   "china",
	}
	want := providers[string(cloud)]
	used := []string{"azure-native"}
	if v.config.hasApplication() {
		used = append(used, "azuread")
	}
	for _, provider := range used {
		got := v.environment(provider)
		if got == want || got == "" && cloud == azure.PublicCloud {
			continue
		}
		if got == "" {
			got = "public"
		}
		v.add(at, fmt.Sprintf("is %s, but the provider %s is set to %q", cloud, provider, got),
			fmt.Sprintf("make them agree: pulumi config set %s:environment %s", provider, want))
	}
}

func (v *validator) location() {
	at, location := v.root("location"), v.config.Location
	if location == "" {
		v.add(at, "is required", "name an Azure region, for example: pulumi config set location westeurope")
		return
	}
	if !locationForm.MatchString(location) {
		v.add(at, fmt.Sprintf("is not the short name of a region: %s", quote(location)),
			"use lower-case letters and digits, as \"az account list-locations\" shows under name: westeurope")
		return
	}
	belongs := azure.PublicCloud
	switch {
	case strings.HasPrefix(location, "usgov"), strings.HasPrefix(location, "usdod"):
		belongs = azure.USGovernment
	case strings.HasPrefix(location, "china"):
		belongs = azure.ChinaCloud
	}
	if cloud, err := azure.ParseCloud(v.config.Cloud); err == nil && cloud != belongs {
		v.add(at, fmt.Sprintf("%s is a region of %s, but cloud is %s", location, belongs, cloud),
			"set a region of that cloud, or the other cloud")
	}
}

func (v *validator) resourceGroup() {
	at, g := v.root("resourceGroup"), v.config.ResourceGroup
	if g.Existing && g.Name == "" {
		v.add(at.key("name"), "is required with existing: true", "name the resource group to use, or remove existing")
	}
	if g.Name != "" {
		v.err(at.key("name"), azure.ValidateResourceName(azure.TypeResourceGroup, g.Name))
	}
}

func (v *validator) tags() {
	at := v.root("tags")
	switch n := len(v.config.Tags); {
	case n > maxTags:
		v.add(at, fmt.Sprintf("has %d tags", n), fmt.Sprintf("keep at most %d, Azure's limit", maxTags))
	case n > maxSecretTags && v.config.Vault != nil && len(v.config.Vault.Secrets) > 0:
		v.add(at, fmt.Sprintf("has %d tags, and they go to the vault's secrets too", n),
			fmt.Sprintf("keep at most %d, Key Vault's limit for a secret, or remove %s", maxSecretTags, v.root("vault").key("secrets")))
	}
	first := map[string]string{}
	for _, name := range sortedKeys(v.config.Tags) {
		v.onceIgnoringCase(at.key(name), name, first, "Azure")
		if name == "" || len(name) > maxTagName || strings.ContainsAny(name, `<>%&\?/`) {
			v.add(at.key(name), "is not a tag name",
				fmt.Sprintf("use 1 to %d characters without < > %% & \\ ? /", maxTagName))
		}
		if len(v.config.Tags[name]) > maxTagValue {
			v.add(at.key(name), "is too long", fmt.Sprintf("use at most %d characters", maxTagValue))
		}
	}
}

// vault quotes none of the section's values: one of them may be encrypted.
func (v *validator) vault(at keyPath, vault *Vault) {
	if vault == nil {
		return
	}
	if vault.Name != "" && azure.ValidateResourceName(azure.TypeVault, vault.Name) != nil {
		v.add(at.key("name"), "is not a vault name",
			"use 3 to 24 letters, digits and single hyphens, starting with a letter and ending with a letter or digit, or remove the key to get a name that is free")
	}
	v.officers(at.key("officers"), vault.Officers)
	secrets := at.key("secrets")
	first := map[string]string{}
	for _, name := range sortedKeys(vault.Secrets) {
		v.onceIgnoringCase(secrets.key(name), name, first, "Key Vault")
		if !secretNameForm.MatchString(name) {
			v.add(secrets.key(name), "is not the name of a Key Vault secret", "use 1 to 127 letters, digits and hyphens")
		}
		if n := len(vault.Secrets[name]); n == 0 || n > maxSecretBytes {
			v.add(secrets.key(name), fmt.Sprintf("has %d bytes", n),
				fmt.Sprintf("give it 1 to %d bytes, or remove the key", maxSecretBytes))
		}
	}
	if len(vault.Secrets) > 0 && !v.encrypted && !vault.PlainTextSecrets {
		v.add(secrets, "stands in plain text in the stack file",
			fmt.Sprintf("encrypt each value: pulumi config set --secret --path '%s.NAME'; or, if none is worth hiding, permit it with %s: true",
				secrets.local(), at.key("plainTextSecrets").local()))
	}
}

// officers checks those who are given a role on the vault.
func (v *validator) officers(at keyPath, officers map[string]Officer) {
	for _, name := range sortedKeys(officers) {
		v.err(at.key(name), azure.ValidateKey(name))
		if !azure.IsGUID(officers[name].PrincipalID) {
			v.add(at.key(name).key("principalId"), "is not an object id", "write the GUID that \"az ad user show --query id\" prints")
		}
	}
}

// onceIgnoringCase refuses a name that an earlier one in first equals but for case.
func (v *validator) onceIgnoringCase(at keyPath, name string, first map[string]string, who string) {
	folded := strings.ToLower(name)
	if other, taken := first[folded]; taken {
		v.add(at, fmt.Sprintf("differs from %s only in case, which %s ignores", quote(other), who), "remove or rename one of the two")
		return
	}
	first[folded] = name
}

// err records what a check of package names returned.
func (v *validator) err(at keyPath, err error) {
	var p *problem.Problem
	if errors.As(err, &p) {
		v.add(at, p.Message, p.Remedy)
	}
}

// hasApplication reports whether any enabled workload is an Entra application.
func (c *Config) hasApplication() bool {
	for _, w := range c.Workloads {
		if w.Enabled && (w.Identity.Kind == workload.Application || w.Identity.Kind == workload.ExistingApplication) {
			return true
		}
	}
	return false
}
