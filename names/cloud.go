package names

import (
	"fmt"
	"strings"
)

// Cloud is an Azure cloud. Authority host, audience and the webhook's
// environment follow from it, so that they always agree.
type Cloud string

// The Azure clouds, by the names that go-autorest (and so the webhook) uses.
const (
	AzurePublicCloud  Cloud = "AzurePublicCloud"
	AzureUSGovernment Cloud = "AzureUSGovernment"
	AzureChinaCloud   Cloud = "AzureChinaCloud"
)

// Audiences of federated identity credentials.
const (
	// AudiencePublic is the audience that the webhook projects into the token, in
	// every cloud: the chart has no setting for it.
	AudiencePublic = "api://AzureADTokenExchange"
	// AudienceUSGovernment and AudienceChina are the audiences that Entra's
	// documentation lists for the sovereign clouds. They apply to tokens that
	// something other than the webhook requests.
	AudienceUSGovernment = "api://AzureADTokenExchangeUSGov"
	AudienceChina        = "api://AzureADTokenExchangeChina"
)

var authorityHosts = map[Cloud]string{
	AzurePublicCloud:  "https://login.microsoftonline.com/",
	AzureUSGovernment: "https://login.microsoftonline.us/",
	AzureChinaCloud:   "https://login.chinacloudapi.cn/",
}

// Clouds lists the known clouds, the public one first.
func Clouds() []Cloud {
	return []Cloud{AzurePublicCloud, AzureUSGovernment, AzureChinaCloud}
}

// ParseCloud returns the cloud of that name; the empty string is the public
// cloud. The error lists the names that exist.
func ParseCloud(name string) (Cloud, error) {
	if name == "" {
		return AzurePublicCloud, nil
	}
	known := make([]string, 0, len(authorityHosts))
	for _, c := range Clouds() {
		if string(c) == name {
			return c, nil
		}
		known = append(known, string(c))
	}
	return "", fmt.Errorf("unknown Azure cloud %q: use one of %s", name, strings.Join(known, ", "))
}

// AuthorityHost is the URL of Entra's token endpoint, with a trailing slash, as
// the webhook injects it into AZURE_AUTHORITY_HOST. It is empty for an unknown
// cloud.
func (c Cloud) AuthorityHost() string { return authorityHosts[c] }

// Audience is the audience that a federated identity credential must name in
// this cloud: the one that the webhook projects. Microsoft's documents disagree
// about sovereign clouds (Entra lists AudienceUSGovernment and AudienceChina,
// AKS calls the default global), but a credential only ever matches the token
// that the pod really holds.
func (c Cloud) Audience() string { return AudiencePublic }

// WebhookEnvironment is the value of the chart's azureEnvironment.
func (c Cloud) WebhookEnvironment() string { return string(c) }
