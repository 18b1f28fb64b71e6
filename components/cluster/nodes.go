package cluster

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// OsType is the operating system of a pool's nodes.
type OsType string

// Operating systems of a pool's nodes.
const (
	OsLinux   OsType = "Linux"
	OsWindows OsType = "Windows"
)

var _ = arguments.Enum(OsLinux, OsWindows)

// OsSku is a node image.
type OsSku string

// Node images.
const (
	OsSkuUbuntu      OsSku = "Ubuntu"
	OsSkuAzureLinux  OsSku = "AzureLinux"
	OsSkuWindows2019 OsSku = "Windows2019"
	OsSkuWindows2022 OsSku = "Windows2022"
)

var osSkus = arguments.Enum(OsSkuUbuntu, OsSkuAzureLinux, OsSkuWindows2019, OsSkuWindows2022)

// OsDiskType is a kind of a node's system disk.
type OsDiskType string

// Kinds of a node's system disk.
const (
	// OsDiskManaged is a network disk.
	OsDiskManaged OsDiskType = "Managed"
	// OsDiskEphemeral is on the VM's own disk: faster, and lost with the node.
	OsDiskEphemeral OsDiskType = "Ephemeral"
)

var _ = arguments.Enum(OsDiskManaged, OsDiskEphemeral)

// SpotArgs describes a pool of spot VMs. None of it can change later.
type SpotArgs struct {
	// MaxPrice is the highest price of a node in US dollars an hour, with at most five decimal
	// places. Default: -1, up to the price of an ordinary VM.
	MaxPrice pulumi.Float64PtrInput `pulumi:"maxPrice,optional"`
	// EvictionPolicy is Delete (the default) or Deallocate, which keeps the node and its quota.
	EvictionPolicy pulumi.StringPtrInput `pulumi:"evictionPolicy,optional" enum:"EvictionPolicy"`
}

// EvictionPolicy says what happens to an evicted spot node.
type EvictionPolicy string

// What happens to an evicted spot node.
const (
	EvictionDelete     EvictionPolicy = "Delete"
	EvictionDeallocate EvictionPolicy = "Deallocate"
)

var _ = arguments.Enum(EvictionDelete, EvictionDeallocate)

const (
	// criticalTaint is the only taint that the pool may have that a cluster is created with.
	// Source: learn.microsoft.com, "Use system node pools in Azure Kubernetes Service (AKS)", and
	// Azure/AKS#2578.
	criticalTaint = "CriticalAddonsOnly=true:NoSchedule"

	// spotKey and spotValue are the label and the taint that AKS gives every spot node. The
	// component sets them too, so that other labels and taints do not ask AKS to remove them.
	// Source: learn.microsoft.com, "Add an Azure Spot node pool to an Azure Kubernetes Service
	// (AKS) cluster", as of all rules about spot nodes.
	spotKey   = "kubernetes.azure.com/scalesetpriority"
	spotValue = "spot"
	spotTaint = spotKey + "=" + spotValue + ":NoSchedule"
)

// lastWithImage maps each Windows image to the last Kubernetes version that has it. Source:
// learn.microsoft.com, "Deploy a Windows Server container on an Azure Kubernetes Service (AKS)
// cluster using Azure CLI".
var lastWithImage = map[OsSku]string{OsSkuWindows2019: "1.32", OsSkuWindows2022: "1.34"}

// osSku returns the given node image. Its default for Windows is Windows Server 2022 as long as
// Kubernetes has it, because AKS's own choice changes with the Kubernetes version, and containers
// run only on the Windows version that they are made for.
func (p *NodePoolArgs) osSku(kubernetesVersion pulumi.StringPtrInput) pulumi.StringPtrInput {
	if p.OsSku != nil || p.OsType != OsWindows {
		return p.OsSku
	}
	if v, ok := knownVersion(kubernetesVersion); ok && isNewer(v, "v"+lastWithImage[OsSkuWindows2022]) {
		return nil
	}
	return pulumi.String(OsSkuWindows2022)
}

func (p *NodePoolArgs) checkOsSku(l *problem.List, path problem.Path, kubernetesVersion pulumi.StringPtrInput) {
	text, ok := known.String(p.OsSku)
	sku := OsSku(text)
	if !ok || !slices.Contains(osSkus, sku) {
		return
	}
	last, windows := lastWithImage[sku]
	if windows != (p.OsType == OsWindows) {
		l.Add(path+".osSku", fmt.Sprintf("%s is not an image for %s nodes", sku, cmp.Or(p.OsType, OsLinux)), "leave osSku out, and AKS chooses")
		return
	}
	if v, ok := knownVersion(kubernetesVersion); ok && windows && isNewer(v, "v"+last) {
		l.Add(path+".osSku", fmt.Sprintf("%s ends with Kubernetes %s", sku, last), "leave osSku out, and AKS chooses the image")
	}
}

func (p *NodePoolArgs) checkLabelsAndTaints(l *problem.List, path problem.Path) {
	metadata.Labels(l, path+".nodeLabels", p.NodeLabels)
	metadata.Each(path+".nodeLabels", p.NodeLabels, func(at problem.Path, key string, _ pulumi.StringInput) {
		if azure.ReservedNodeLabel(key) {
			l.Add(at, "AKS keeps the prefixes kubernetes.io/ and kubernetes.azure.com/ for itself", "use another one")
		}
	})
	taints, _ := known.As[pulumi.StringArray](p.NodeTaints)
	for i, in := range taints {
		if taint, ok := known.String(in); ok {
			l.AddError(path.Field("nodeTaints").Index(i), kube.ValidateTaint(taint))
		}
	}
}

func (p *NodePoolArgs) checkSpot(l *problem.List, path problem.Path) {
	if p.Spot == nil {
		return
	}
	if price, ok := known.As[float64](p.Spot.MaxPrice); ok && price != -1 && !isPrice(price) {
		l.Add(path+".spot.maxPrice", fmt.Sprintf("%g is neither -1 nor a positive price in US dollars with at most five decimal places", price), "leave it out for the price of an ordinary VM")
	}
	if p.MaxSurge != nil {
		l.Add(path+".maxSurge", "spot pools are upgraded without extra nodes", "leave maxSurge out")
	}
}

// isPrice reports whether a price is above zero and has at most five decimal places, as exactly as
// binary fractions represent decimal ones.
func isPrice(price float64) bool {
	scaled := price * 1e5
	return price > 0 && math.Abs(scaled-math.Round(scaled)) < 1e-6*math.Max(1, scaled)
}

// apply makes a pool's nodes spot VMs.
func (s *SpotArgs) apply(pool *containerservice.AgentPoolArgs) {
	pool.ScaleSetPriority = pulumi.String("Spot")
	pool.ScaleSetEvictionPolicy = inputs.StringOr(s.EvictionPolicy, EvictionDelete)
	pool.SpotMaxPrice = s.MaxPrice
	if s.MaxPrice == nil {
		pool.SpotMaxPrice = pulumi.Float64(-1)
	}
	pool.NodeLabels = withSpotLabel(pool.NodeLabels)
	pool.NodeTaints = withSpotTaint(pool.NodeTaints)
}

func withSpotLabel(labels pulumi.StringMapInput) pulumi.StringMapInput {
	if labels == nil {
		return pulumi.StringMap{spotKey: pulumi.String(spotValue)}
	}
	if given, ok := known.As[pulumi.StringMap](labels); ok {
		all := maps.Clone(given)
		all[spotKey] = pulumi.String(spotValue)
		return all
	}
	return labels.ToStringMapOutput().ApplyT(func(given map[string]string) map[string]string {
		all := map[string]string{spotKey: spotValue}
		maps.Copy(all, given)
		return all
	}).(pulumi.StringMapOutput)
}

func withSpotTaint(taints pulumi.StringArrayInput) pulumi.StringArrayInput {
	if taints == nil {
		return pulumi.StringArray{pulumi.String(spotTaint)}
	}
	if given, ok := known.As[pulumi.StringArray](taints); ok {
		return append(slices.Clone(given), pulumi.String(spotTaint))
	}
	return taints.ToStringArrayOutput().ApplyT(func(given []string) []string {
		return append(slices.Clone(given), spotTaint)
	}).(pulumi.StringArrayOutput)
}
