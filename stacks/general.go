package stacks

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// Limits of tags. Sources, on learn.microsoft.com: "Use tags to organize your Azure resources",
// "About Azure Key Vault secrets".
const (
	maxTags       = 50
	maxSecretTags = 15 // of a Key Vault secret
	maxTagName    = 512
	maxTagValue   = 256
)

var locationForm = regexp.MustCompile(`^[a-z][a-z0-9]{2,}$`)

// cloud checks that the Azure providers talk to the cloud that the pods' tokens are for: the
// providers take theirs from settings of their own.
func (v *validator) cloud() {
	at := v.root("cloud")
	cloud, err := azure.ParseCloud(string(v.config.Cloud))
	if err != nil {
		return // found by arguments.Check
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
		v.Add(at, fmt.Sprintf("is %s, but the provider %s is set to %q", cloud, provider, got),
			fmt.Sprintf("make them agree: pulumi config set %s:environment %s", provider, want))
	}
}

func (v *validator) location() {
	at, location := v.root("location"), v.config.Location
	if location == "" {
		v.Add(at, "is required", "name an Azure region, for example: pulumi config set location westeurope")
		return
	}
	if !locationForm.MatchString(location) {
		v.Add(at, fmt.Sprintf("is not the short name of a region: %s", strict.Quote(location)),
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
	if cloud, err := azure.ParseCloud(string(v.config.Cloud)); err == nil && cloud != belongs {
		v.Add(at, fmt.Sprintf("%s is a region of %s, but cloud is %s", location, belongs, cloud),
			"set a region of that cloud, or the other cloud")
	}
}

func (v *validator) tags() {
	at := v.root("tags")
	switch n := len(v.config.Tags); {
	case n > maxTags:
		v.Add(at, fmt.Sprintf("has %d tags", n), fmt.Sprintf("keep at most %d, Azure's limit", maxTags))
	case n > maxSecretTags && v.config.Vault != nil && len(v.config.Vault.Secrets) > 0:
		v.Add(at, fmt.Sprintf("has %d tags, and they go to the vault's secrets too", n),
			fmt.Sprintf("keep at most %d, Key Vault's limit for a secret, or remove %s", maxSecretTags, v.root("vault").Field("secrets")))
	}
	first := map[string]string{}
	for _, name := range sortedKeys(v.config.Tags) {
		v.differsInMoreThanCase(at.Key(name), name, first, "Azure")
		if name == "" || len(name) > maxTagName || strings.ContainsAny(name, `<>%&\?/`) {
			v.Add(at.Key(name), "is not a tag name",
				fmt.Sprintf("use 1 to %d characters without < > %% & \\ ? /", maxTagName))
		}
		if len(v.config.Tags[name]) > maxTagValue {
			v.Add(at.Key(name), "is too long", fmt.Sprintf("use at most %d characters", maxTagValue))
		}
	}
}

// differsInMoreThanCase refuses a name that an earlier one in first equals but for case.
func (v *validator) differsInMoreThanCase(at problem.Path, name string, first map[string]string, who string) {
	folded := strings.ToLower(name)
	if other, taken := first[folded]; taken {
		v.Add(at, fmt.Sprintf("differs from %s only in case, which %s ignores", strict.Quote(other), who), "remove or rename one of the two")
		return
	}
	first[folded] = name
}
