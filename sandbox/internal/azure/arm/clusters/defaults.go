package clusters

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"k8s.io/utils/ptr"
)

// fillDefaults sets the values that AKS sets in a new cluster. They are those that a GET shows of a
// cluster created with the required properties only, recorded at api-version 2023-04-01 in
// pulumi-azure-native (testdata/recorded/TestProviderUpgrade/
// upgrade-containerservice-agentpool/2.90.0).
func fillDefaults(doc *Document, apiVersion string) {
	p := &doc.Body.Properties
	p.CurrentKubernetesVersion = RealVersion
	p.MaxAgentPools = maxPools
	p.PowerState = &PowerState{Code: "Running"}
	nodeGroup := fmt.Sprintf("MC_%s_%s_%s", groupOf(doc.ID), doc.Name, doc.Location)
	p.NodeResourceGroup = cmp.Or(p.NodeResourceGroup, nodeGroup[:min(len(nodeGroup), maxNodeGroupName)])
	p.EnableRBAC = cmp.Or(p.EnableRBAC, ptr.To(true))
	p.SupportPlan = cmp.Or(p.SupportPlan, "KubernetesOfficial")
	p.OIDCIssuerProfile = cmp.Or(p.OIDCIssuerProfile, &OIDCIssuer{Enabled: ptr.To(issuerByDefaultIn(p.KubernetesVersion))})
	p.OIDCIssuerProfile.IssuerURL = ""
	p.SecurityProfile = cmp.Or(p.SecurityProfile, &Security{})
	p.WorkloadAutoScalerProfile = cmp.Or(p.WorkloadAutoScalerProfile, &WorkloadAutoScaler{})
	p.AutoUpgradeProfile = cmp.Or(p.AutoUpgradeProfile, &AutoUpgrade{})
	p.NetworkProfile = cmp.Or(p.NetworkProfile, defaultNetwork())
	fillNetwork(p.NetworkProfile)
	fillPolicy(p.NetworkProfile, apiVersion)
	p.StorageProfile = cmp.Or(p.StorageProfile, &Storage{})
	for _, driver := range []**Toggle{&p.StorageProfile.DiskCSIDriver, &p.StorageProfile.FileCSIDriver, &p.StorageProfile.SnapshotController} {
		*driver = cmp.Or(*driver, &Toggle{ptr.To(true)})
	}
	// The default since that version:
	// https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image#default-channel
	if apiVersion >= nodeOSChannelSince {
		p.AutoUpgradeProfile.NodeOSUpgradeChannel = cmp.Or(p.AutoUpgradeProfile.NodeOSUpgradeChannel, "NodeImage")
	}
	if apiVersion >= bootstrapSince {
		p.BootstrapProfile = cmp.Or(p.BootstrapProfile, &Bootstrap{})
		p.BootstrapProfile.ArtifactSource = cmp.Or(p.BootstrapProfile.ArtifactSource, "Direct")
	}
	fillDerived(doc)
	for i := range p.AgentPoolProfiles {
		fillPool(&p.AgentPoolProfiles[i], p)
	}
}

// fillDerived sets the values that depend on others, in a new cluster and after each change.
func fillDerived(doc *Document) {
	p, uid := &doc.Body.Properties, doc.Body.UID
	prefix := cmp.Or(p.DNSPrefix, p.FQDNSubdomain)
	// AKS puts a part of the subscription's ID there. The hash of the UID also distinguishes a
	// cluster from an earlier one with the same name.
	sum := sha256.Sum256([]byte(uid))
	hostNames(p, doc.Location, strings.ToLower(prefix)+"-"+hex.EncodeToString(sum[:4]), uid)
	if s := p.SecurityProfile; s != nil && s.ImageCleaner != nil && on(s.ImageCleaner.Enabled) {
		// https://learn.microsoft.com/azure/aks/image-cleaner
		s.ImageCleaner.IntervalHours = cmp.Or(s.ImageCleaner.IntervalHours, ptr.To(168))
	}
}
