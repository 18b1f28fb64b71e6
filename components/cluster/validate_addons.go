package cluster

import (
	"fmt"
	"regexp"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// pollInterval is a duration of Go's with one unit.
// Source: learn.microsoft.com, "Azure Key Vault provider for Secrets Store CSI
// Driver for AKS configuration and troubleshooting options".
var pollInterval = regexp.MustCompile(`^[1-9][0-9]*[smh]$`)

func (args *ClusterArgs) validateAddOns(l *problem.List) {
	a := args.AddOns
	if a == nil {
		return
	}
	if k := a.KeyVaultSecretsProvider; k != nil {
		if text, ok := known.String(k.RotationPollInterval); ok && !pollInterval.MatchString(text) {
			l.Add("addOns.keyVaultSecretsProvider.rotationPollInterval", fmt.Sprintf("%q is not an interval", text), "write a number of at least 1 with the unit s, m or h, such as \"2m\"")
		}
		if rotates, ok := known.Bool(k.Rotation); ok && !rotates && k.RotationPollInterval != nil {
			l.Add("addOns.keyVaultSecretsProvider.rotationPollInterval", "nothing is read again without rotation", "leave one of the two out")
		}
	}
	if c := a.ContainerInsights; c != nil {
		checkID(l, "addOns.containerInsights.workspaceId", c.WorkspaceId, azure.TypeWorkspace)
	}
	if d := a.Defender; d != nil {
		checkID(l, "addOns.defender.workspaceId", d.WorkspaceId, azure.TypeWorkspace)
	}
}
