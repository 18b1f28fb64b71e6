package clusters

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// busy refuses a change of the cluster while another operation is in progress on it or on a pool
// (https://aka.ms/aks-pending-operation has the texts).
func busy(doc *Document) error {
	if !ruleOneOperation.On() {
		return nil
	}
	if err := clusterBusy(doc); err != nil {
		return err
	}
	if len(doc.Body.PoolsBusy) == 0 {
		return nil
	}
	name := doc.Body.PoolsBusy[0]
	return notAllowed("Managed Cluster operation is not allowed: Another operation (%s) is in progress on agent pool (%s)", poolState(doc, name), name)
}

// poolBusy refuses a change of a pool while another operation is in progress on it or on the
// cluster. Operations on different pools can run at the same time (Azure/AKS#1913).
func poolBusy(doc *Document, pool string) error {
	if err := clusterBusy(doc); err != nil {
		return err
	}
	for _, name := range doc.Body.PoolsBusy {
		if strings.EqualFold(name, pool) {
			return notAllowed("Operation is not allowed: Another agentpool operation (%s - %s) is in progress", name, poolState(doc, name))
		}
	}
	return nil
}

func clusterBusy(doc *Document) error {
	switch doc.State {
	case resource.Creating, resource.Updating, resource.Deleting:
		return notAllowed("Operation is not allowed: Another operation (%s) is in progress", doc.State)
	}
	return nil
}

func poolState(doc *Document, name string) string {
	if i := findPool(doc, name); i >= 0 {
		return doc.Body.Properties.AgentPoolProfiles[i].ProvisioningState
	}
	return resource.Updating
}

func notAllowed(format string, args ...any) error {
	return arm.Errorf(http.StatusConflict, "OperationNotAllowed", format+", please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details", args...)
}
