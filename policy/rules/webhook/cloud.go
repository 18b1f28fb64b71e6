package webhook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// cloud returns the rules about the Azure cloud that cluster and webhook have to agree on.
func cloud() []rule.Rule {
	return []rule.Rule{{
		Name:        "cloud-agrees",
		Title:       "The webhook's environment is the cluster's cloud.",
		Why:         "Otherwise the pods ask another cloud's Entra for their tokens.",
		Remedy:      "Set azureEnvironment to AzurePublicCloud, AzureUSGovernment or AzureChinaCloud, as the cluster's region requires.",
		FalseAlarms: "Regions of a cloud that is newer than the rule.",
		Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
		Source:     rule.MutatingWebhook,
		CheckStack: checkCloud,
	}}
}

// cloudOf returns the cloud that a region belongs to, by Azure's prefixes of region names.
func cloudOf(region string) azure.Cloud {
	plain := strings.ToLower(strings.ReplaceAll(region, " ", ""))
	switch {
	case strings.HasPrefix(plain, "usgov"), strings.HasPrefix(plain, "usdod"):
		return azure.USGovernment
	case strings.HasPrefix(plain, "china"):
		return azure.ChinaCloud
	}
	return azure.PublicCloud
}

// parseEnvironment returns the cloud of an azureEnvironment. go-autorest, which the webhook uses,
// ignores case and takes a second name for the US government's cloud.
func parseEnvironment(text string) (azure.Cloud, error) {
	if strings.EqualFold(text, "AzureUSGovernmentCloud") {
		return azure.USGovernment, nil
	}
	clouds := azure.Clouds()
	if i := slices.IndexFunc(clouds, func(c azure.Cloud) bool { return strings.EqualFold(string(c), text) }); i >= 0 {
		return clouds[i], nil
	}
	return azure.ParseCloud(text)
}

// checkCloud finds webhooks of another cloud than their cluster's, or of none that exists.
func checkCloud(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, w := range g.Webhooks() {
		v := w.Values.Get("azureEnvironment")
		text, state := v.Text()
		if !w.IsChart() || state == graph.Unknown {
			continue
		}
		cloud, err := parseEnvironment(text)
		if err != nil {
			found = append(found, rule.At(w.Release, v, err.Error()))
			continue
		}
		cluster := g.ClusterOf(w.Provider())
		if cluster == nil {
			continue
		}
		if region, ok := cluster.Get("location").KnownText(); ok && cloudOf(region) != cloud {
			found = append(found, rule.At(w.Release, v, fmt.Sprintf("the cluster's region %s is in %s", region, cloudOf(region))))
		}
	}
	return found
}
