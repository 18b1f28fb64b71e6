package rules

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// crossCloud is one Azure cloud for all.
func crossCloud() []Rule {
	return []Rule{{
		Name: "cloud-agrees", IDs: []string{"N19"},
		Title:    "The webhook's environment is the cluster's cloud.",
		Why:      "The pods otherwise ask another cloud's Entra for their tokens.",
		Remedy:   "Set azureEnvironment to AzurePublicCloud, AzureUSGovernment or AzureChinaCloud, as the cluster's region is.",
		Severity: High, Level: Mandatory, Reason: breaks,
		Document: "Mutating admission webhook, Azure AD Workload Identity",
		URL:      webhookDocs,
		Stack:    judgeCloud,
	}}
}

// cloudOf is the cloud that a region belongs to, told by how Azure names regions.
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

// environment reads azureEnvironment. go-autorest, which the webhook asks, also knows the US government's cloud by the
// name with "Cloud" at its end.
func environment(text string) (azure.Cloud, error) {
	if strings.EqualFold(text, "AzureUSGovernmentCloud") {
		return azure.USGovernment, nil
	}
	for _, c := range azure.Clouds() {
		if strings.EqualFold(string(c), text) {
			return c, nil
		}
	}
	return azure.ParseCloud(text)
}

func judgeCloud(g *Graph, _ Params) []Violation {
	var found []Violation
	for _, w := range g.webhooks() {
		if !w.isChart() || w.values.State() == Unknown {
			continue
		}
		v := w.values.Get("azureEnvironment")
		text, state := v.Text()
		if state == Unknown {
			continue
		}
		cloud, err := environment(text)
		if err != nil {
			found = append(found, w.release.fault(v, err.Error()))
			continue
		}
		cluster := w.cluster(g)
		if cluster == nil {
			continue
		}
		if region, ok := cluster.Get("location").KnownText(); ok && cloudOf(region) != cloud {
			found = append(found, w.release.fault(v, fmt.Sprintf("the cluster's region %s is in %s", region, cloudOf(region))))
		}
	}
	return found
}
