package cluster

import (
	"regexp"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// pollInterval is a duration of Go's with one unit.
// Source: learn.microsoft.com, "Azure Key Vault provider for Secrets Store CSI
// Driver for AKS configuration and troubleshooting options".
var pollInterval = regexp.MustCompile(`^[1-9][0-9]*[smh]$`)

func (args *ClusterArgs) validateAddOns(l *problems.List) {
	a := args.AddOns
	if a == nil {
		return
	}
	if k := a.KeyVaultSecretsProvider; k != nil {
		if text, ok := known.String(k.RotationPollInterval); ok && !pollInterval.MatchString(text) {
			l.Addf("addOns.keyVaultSecretsProvider.rotationPollInterval", "%q is not an interval: write a number of at least 1 with the unit s, m or h, such as \"2m\"", text)
		}
		if rotates, ok := known.Bool(k.Rotation); ok && !rotates && k.RotationPollInterval != nil {
			l.Addf("addOns.keyVaultSecretsProvider.rotationPollInterval", "nothing is read again without rotation: leave one of the two out")
		}
	}
	if c := a.ContainerInsights; c != nil {
		checkID(l, "addOns.containerInsights.workspaceId", c.WorkspaceId, azure.TypeWorkspace)
	}
	if d := a.Defender; d != nil {
		checkID(l, "addOns.defender.workspaceId", d.WorkspaceId, azure.TypeWorkspace)
	}
}
