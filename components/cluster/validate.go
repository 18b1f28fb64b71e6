package cluster

import (
	"fmt"
	"reflect"
	"regexp"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

var (
	// resourceGroupName is Azure's rule for resource groups; the last character
	// may not be a period.
	resourceGroupName = regexp.MustCompile(`^[-\w._()]{0,89}[-\w_()]$`)
	// clusterName is Azure's rule for managed clusters.
	// Source: Microsoft.ContainerService/managedClusters, parameter resourceName.
	clusterName = regexp.MustCompile(`^[a-zA-Z0-9]([-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$`)
)

// maxNodeResourceGroup is the longest name of a node resource group.
// Source: learn.microsoft.com, "Frequently asked questions about AKS".
const maxNodeResourceGroup = 80

// Validate reports everything that is wrong with the arguments of the cluster of
// that name, as far as it is known, at once: an error that unwraps to
// *errors.InputPropertiesError. It registers nothing. NewCluster calls it.
func (args *ClusterArgs) Validate(name string) error {
	if args == nil {
		return nil
	}
	var l problems.List
	checkTags(&l, "", reflect.ValueOf(*args))
	args.validateNames(&l)
	args.validateVersions(&l)
	args.validatePools(&l)
	args.validateNetwork(&l)
	args.validateRanges(&l)
	args.validateAPIServer(&l)
	args.validateIdentities(&l)
	args.validateAccess(&l)
	args.validateAddOns(&l)
	args.validateMaintenance(&l)
	return l.Err("cluster", name)
}

// Validate reports everything that is wrong with the arguments, as
// ClusterArgs.Validate does. LookupCluster calls it.
func (args *LookupClusterArgs) Validate(name string) error {
	var l problems.List
	if args == nil {
		args = &LookupClusterArgs{}
	}
	checkTags(&l, "", reflect.ValueOf(*args))
	if group, ok := known.String(args.ResourceGroupName); ok && !resourceGroupName.MatchString(group) {
		l.Add("resourceGroupName", badGroup(group, 90))
	}
	if cluster, ok := known.String(args.ClusterName); ok && !clusterName.MatchString(cluster) {
		l.Add("clusterName", badCluster(cluster))
	}
	validateKubelogin(&l, args.Credentials, args.Kubelogin)
	return l.Err("existing cluster", name)
}

func (args *ClusterArgs) validateNames(l *problems.List) {
	if group, ok := known.String(args.ResourceGroupName); ok && !resourceGroupName.MatchString(group) {
		l.Addf("resourceGroupName", "%s; or leave it out to create one", badGroup(group, 90))
	}
	if cluster, ok := known.String(args.ResourceName); ok && !clusterName.MatchString(cluster) {
		l.Add("resourceName", badCluster(cluster))
	}
	if prefix, ok := known.String(args.DnsPrefix); ok {
		l.Add("dnsPrefix", names.ValidateDNSPrefix(prefix))
	}
	if group, ok := known.String(args.NodeResourceGroup); ok && (len(group) > maxNodeResourceGroup || !resourceGroupName.MatchString(group)) {
		l.Add("nodeResourceGroup", badGroup(group, maxNodeResourceGroup))
	}
}

func badGroup(name string, longest int) error {
	return fmt.Errorf("resource group %q is not allowed: use 1 to %d letters, digits, underscores, hyphens, periods and parentheses, not ending with a period", name, longest)
}

func badCluster(name string) error {
	return fmt.Errorf("cluster name %q is not allowed: use 1 to 63 letters, digits, hyphens and underscores, starting and ending with a letter or digit", name)
}
