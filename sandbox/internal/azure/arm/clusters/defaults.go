package clusters

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// fill sets what AKS sets in a new cluster. The values are those that a GET of a cluster made with nothing but the
// required properties shows.
func fill(p *Properties, group, name, location, uid string) {
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
	prefix := p.DNSPrefix
	if prefix == "" {
		prefix = p.FQDNSubdomain
	}
	// The hash stands for the subscription's part in AKS's names; it differs from one cluster's life to the next.
	sum := sha256.Sum256([]byte(uid))
	host := strings.ToLower(prefix) + "-" + hex.EncodeToString(sum[:4])
	p.FQDN = host + ".hcp." + location + ".azmk8s.io"
	p.AzurePortalFQDN = host + ".portal.hcp." + location + ".azmk8s.io"
	for i := range p.AgentPoolProfiles {
		fillPool(&p.AgentPoolProfiles[i], p.KubernetesVersion)
	}
}

func networkDefaults(n *Network) {
	setIf(&n.NetworkPlugin, "kubenet")
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
	p.NodeImageVersion = "AKSUbuntu-2204gen2containerd-sandbox"
	p.PowerState = &PowerState{Code: "Running"}
	if p.UpgradeSettings == nil {
		p.UpgradeSettings = &UpgradeSettings{MaxSurge: "10%"}
	}
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
