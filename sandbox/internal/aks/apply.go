package aks

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/addon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/node"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

const (
	webhookDeployment = "azure-wi-webhook-controller-manager"
	// addonTimeout limits the wait for the add-on's pods.
	addonTimeout = time.Minute
)

// apply brings the running cluster to the state that the spec describes.
func (i *instance) apply(ctx context.Context, spec azure.ClusterSpec) error {
	if err := i.agent.SetPools(ctx, nodePools(spec.Pools)); err != nil {
		return err
	}
	if err := i.bindAdmins(ctx, spec.Entra); err != nil {
		return err
	}
	webhook := addon.Addon{Config: i.config(i.files.Admin), Charts: i.options.Charts, Log: i.log}
	if !spec.WorkloadIdentityAddon {
		return webhook.Remove()
	}
	if err := webhook.Ensure(ctx, spec.TenantID); err != nil {
		return err
	}
	return i.waitAddon(ctx)
}

// waitAddon returns when the webhook is available. Until then every labelled pod is refused,
// because the webhook's failure policy is Fail. If the cluster has no node for the webhook, there
// is nothing to wait for.
func (i *instance) waitAddon(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, addonTimeout, fmt.Errorf("no pod available after %s", addonTimeout))
	defer cancel()
	for {
		d, err := i.admin.AppsV1().Deployments(addon.Namespace).Get(ctx, webhookDeployment, metav1.GetOptions{})
		if err == nil && available(d) {
			return nil
		}
		if err == nil && i.noNodes(ctx) {
			i.log.Warn("the cluster has no node for the workload identity add-on")
			return nil
		}
		if err := pause(ctx, 5*pollEvery); err != nil {
			return fmt.Errorf("workload identity add-on: %w; see kubectl -n %s get pods", err, addon.Namespace)
		}
	}
}

func available(d *appsv1.Deployment) bool {
	if d.Status.ObservedGeneration < d.Generation {
		return false
	}
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentAvailable {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

func (i *instance) noNodes(ctx context.Context) bool {
	nodes, err := i.admin.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 1, LabelSelector: corev1.LabelOSStable + "=linux"})
	return err == nil && len(nodes.Items) == 0
}

func nodePools(pools []azure.PoolSpec) []node.Pool {
	var out []node.Pool
	for _, p := range pools {
		out = append(out, node.Pool{
			Name: p.Name, Mode: p.Mode, OSType: p.OSType, VMSize: p.VMSize, Count: p.Count,
			Labels: p.Labels, Taints: p.Taints, Zones: p.Zones, MaxPods: p.MaxPods,
		})
	}
	return out
}

func nodeCluster(spec azure.ClusterSpec, version string) node.Cluster {
	return node.Cluster{
		SubscriptionID: subscriptionID(spec.ResourceID), NodeResourceGroup: spec.NodeResourceGroup,
		Location: spec.Location, Suffix: nodeSuffix(spec.UID), Version: version,
	}
}

// nodeSuffix returns the eight digits in the names of a cluster's nodes. They depend on the
// cluster's UID only.
func nodeSuffix(uid string) string {
	sum := sha256.Sum256([]byte(uid))
	return fmt.Sprintf("%08d", binary.BigEndian.Uint64(sum[:])%100_000_000)
}

// subscriptionID returns the subscription of a resource ID, /subscriptions/{id}/…, whose words are
// case-insensitive.
func subscriptionID(resourceID string) string {
	parts := strings.Split(resourceID, "/")
	if len(parts) < 3 || !strings.EqualFold(parts[1], "subscriptions") {
		return ""
	}
	return parts[2]
}
