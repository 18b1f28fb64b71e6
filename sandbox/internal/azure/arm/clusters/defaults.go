package clusters

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// fill sets what AKS sets in a new cluster. The values are those that a GET of a cluster made with nothing but the
// required properties shows.
func fill(p *Properties, group, name, location, uid, apiVersion string) {
	setIf(&p.KubernetesVersion, RealVersion)
	p.CurrentKubernetesVersion = RealVersion
	p.MaxAgentPools = maxPools
	p.PowerState = &PowerState{Code: "Running"}
	setIf(&p.NodeResourceGroup, cut(fmt.Sprintf("MC_%s_%s_%s", group, name, location), maxNodeGroupName))
	setPtr(&p.EnableRBAC, true)
	setIf(&p.SupportPlan, "KubernetesOfficial")
	setPtr(&p.DisableLocalAccounts, false)
	if p.OIDCIssuerProfile == nil {
		enabled := defaultIssuer(p.KubernetesVersion)
		p.OIDCIssuerProfile = &OIDCIssuer{Enabled: &enabled}
	}
	p.OIDCIssuerProfile.IssuerURL = ""
	if p.SecurityProfile == nil {
		p.SecurityProfile = &Security{}
	}
	if p.NetworkProfile == nil {
		p.NetworkProfile = &Network{}
	}
	networkDefaults(p.NetworkProfile)
	if p.StorageProfile == nil {
		yes := true
		p.StorageProfile = &Storage{DiskCSIDriver: &Toggle{&yes}, FileCSIDriver: &Toggle{&yes}, SnapshotController: &Toggle{&yes}}
	}
	// The default since that version: https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image#default-channel
	if apiVersion >= nodeOSChannelSince {
		if p.AutoUpgradeProfile == nil {
			p.AutoUpgradeProfile = &AutoUpgrade{}
		}
		setIf(&p.AutoUpgradeProfile.NodeOSUpgradeChannel, "NodeImage")
	}
	refill(p, location, uid)
	for i := range p.AgentPoolProfiles {
		fillPool(&p.AgentPoolProfiles[i], p.KubernetesVersion)
	}
}

// refill sets what follows from other values, in a new cluster and after each change.
func refill(p *Properties, location, uid string) {
	prefix := p.DNSPrefix
	if prefix == "" {
		prefix = p.FQDNSubdomain
	}
	// The hash stands for the subscription's part in AKS's names; it differs from one cluster's life to the next.
	sum := sha256.Sum256([]byte(uid))
	hostNames(p, location, strings.ToLower(prefix)+"-"+hex.EncodeToString(sum[:4]), uid)
	if s := p.SecurityProfile; s != nil && s.ImageCleaner != nil && on(s.ImageCleaner.Enabled) {
		setPtr(&s.ImageCleaner.IntervalHours, 168) // https://learn.microsoft.com/azure/aks/image-cleaner
	}
}

func networkDefaults(n *Network) {
	setIf(&n.NetworkPlugin, "kubenet")
	if in(n.NetworkDataplane, "cilium") {
		// https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium
		setIf(&n.NetworkPolicy, "cilium")
	}
	setIf(&n.NetworkPolicy, "none")
	setIf(&n.LoadBalancerSKU, "standard")
	setIf(&n.OutboundType, "loadBalancer")
	setIf(&n.ServiceCIDR, "10.0.0.0/16")
	setIf(&n.DNSServiceIP, "10.0.0.10")
	if in(n.NetworkPlugin, "kubenet") || in(n.NetworkPluginMode, "overlay") {
		setIf(&n.PodCIDR, "10.244.0.0/16")
	}
	if len(n.IPFamilies) == 0 {
		n.IPFamilies = []string{"IPv4"}
	}
	if len(n.ServiceCIDRs) == 0 {
		n.ServiceCIDRs = []string{n.ServiceCIDR}
	}
	if len(n.PodCIDRs) == 0 && n.PodCIDR != "" {
		n.PodCIDRs = []string{n.PodCIDR}
	}
	if n.LoadBalancerProfile == nil && in(n.OutboundType, "loadBalancer") && in(n.LoadBalancerSKU, "standard") {
		n.LoadBalancerProfile = &LoadBalancer{ManagedOutboundIPs: &OutboundIPs{Count: 1}}
	}
	if n.NATGatewayProfile == nil && in(n.OutboundType, "managedNATGateway") {
		// https://learn.microsoft.com/azure/aks/nat-gateway
		one, minutes := 1, 4
		n.NATGatewayProfile = &NATGateway{ManagedOutboundIPProfile: &NATOutboundIPs{Count: &one}, IdleTimeoutInMinutes: &minutes}
	}
}

// fillPool sets what AKS sets in a new pool.
func fillPool(p *AgentPool, version string) {
	setPtr(&p.Count, 1)
	p.scale()
	setIf(&p.Mode, "User")
	setIf(&p.OSType, "Linux")
	setIf(&p.Type, "VirtualMachineScaleSets")
	if in(p.OSType, "Windows") {
		setIf(&p.OSSKU, "Windows2022")
	}
	setIf(&p.OSSKU, "Ubuntu")
	setPtr(&p.OSDiskSizeGB, 128)
	if *p.OSDiskSizeGB == 0 {
		*p.OSDiskSizeGB = 128
	}
	setIf(&p.OSDiskType, "Managed")
	setIf(&p.KubeletDiskType, "OS")
	setPtr(&p.MaxPods, 110)
	setIf(&p.ScaleDownMode, "Delete")
	setPtr(&p.EnableFIPS, false)
	setIf(&p.OrchestratorVersion, version)
	p.CurrentOrchestratorVersion = RealVersion
	p.NodeImageVersion = nodeImage(p.OSSKU)
	p.PowerState = &PowerState{Code: "Running"}
	p.spot()
	if !p.isSpot() {
		if p.UpgradeSettings == nil {
			p.UpgradeSettings = &UpgradeSettings{}
		}
		setIf(&p.UpgradeSettings.MaxSurge, "10%")
	}
}

// nodeImage has the form of AKS's image versions; there is no image here.
func nodeImage(sku string) string {
	switch {
	case in(sku, "Windows2019", "Windows2022"):
		return "AKSWindows-" + sku[len("Windows"):] + "-containerd-sandbox"
	case in(sku, "AzureLinux", "AzureLinux3", "CBLMariner"):
		return "AKSAzureLinux-V3gen2-sandbox"
	}
	return "AKSUbuntu-2204gen2containerd-sandbox"
}

func setIf(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

func setPtr[T any](p **T, value T) {
	if *p == nil {
		*p = &value
	}
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}
