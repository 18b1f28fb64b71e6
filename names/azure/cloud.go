package azure

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Cloud is an Azure cloud. Authority host, audience and the webhook's environment follow from it,
// so that they always agree.
type Cloud string

// The Azure clouds, by the names that go-autorest (and so the webhook) uses.
const (
	PublicCloud  Cloud = "AzurePublicCloud"
	USGovernment Cloud = "AzureUSGovernment"
	ChinaCloud   Cloud = "AzureChinaCloud"
)

// Audiences of federated identity credentials.
const (
	// AudiencePublic is the audience that the webhook projects into the token, in every cloud: the
	// chart has no setting for it.
	AudiencePublic = "api://AzureADTokenExchange"
	// AudienceUSGovernment and AudienceChina are the audiences that Entra's documentation lists for
	// the sovereign clouds. They apply to tokens that something other than the webhook requests.
	AudienceUSGovernment = "api://AzureADTokenExchangeUSGov"
	AudienceChina        = "api://AzureADTokenExchangeChina"
)

var authorityHosts = map[Cloud]string{
	PublicCloud:  "https://login.microsoftonline.com/",
	USGovernment: "https://login.microsoftonline.us/",
	ChinaCloud:   "https://login.chinacloudapi.cn/",
}

// Clouds lists the known clouds, the public one first.
func Clouds() []Cloud {
	return []Cloud{PublicCloud, USGovernment, ChinaCloud}
}

// ParseCloud returns the cloud of that name; the empty string is the public cloud. The error lists
// the names that exist.
func ParseCloud(name string) (Cloud, error) {
	if name == "" {
		return PublicCloud, nil
	}
	known := make([]string, 0, len(authorityHosts))
	for _, c := range Clouds() {
		if string(c) == name {
			return c, nil
		}
		known = append(known, string(c))
	}
	return "", problem.New(fmt.Sprintf("unknown Azure cloud %q", name), "use one of "+strings.Join(known, ", "))
}

// AuthorityHost returns the URL of Entra's token endpoint, with a trailing slash, as the webhook
// injects it into AZURE_AUTHORITY_HOST, or "" for an unknown cloud.
func (c Cloud) AuthorityHost() string { return authorityHosts[c] }

// Audience returns the audience that a federated identity credential must name in this cloud: the
// one that the webhook projects. Microsoft's documents disagree about sovereign clouds (Entra lists
// AudienceUSGovernment and AudienceChina, AKS calls the default global), but a credential only ever
// matches the token that the pod really holds.
func (c Cloud) Audience() string { return AudiencePublic }

// WebhookEnvironment returns the value of the chart's azureEnvironment.
func (c Cloud) WebhookEnvironment() string { return string(c) }
