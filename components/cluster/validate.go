package cluster

import (
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
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
	var l problem.List
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
	return arguments.Err("cluster", name, &l)
}

// Validate reports everything that is wrong with the arguments, as
// ClusterArgs.Validate does. LookupCluster calls it.
func (args *LookupClusterArgs) Validate(name string) error {
	var l problem.List
	if args == nil {
		args = &LookupClusterArgs{}
	}
	checkTags(&l, "", reflect.ValueOf(*args))
	checkName(&l, "resourceGroupName", azure.TypeResourceGroup, args.ResourceGroupName)
	checkName(&l, "clusterName", azure.TypeManagedCluster, args.ClusterName)
	validateKubelogin(&l, args.Credentials, args.Kubelogin)
	return arguments.Err("existing cluster", name, &l)
}

func (args *ClusterArgs) validateNames(l *problem.List) {
	if group, ok := known.String(args.ResourceGroupName); ok {
		l.AddError("resourceGroupName", problem.Or(azure.ValidateResourceName(azure.TypeResourceGroup, group), "leave it out to create one"))
	}
	checkName(l, "resourceName", azure.TypeManagedCluster, args.ResourceName)
	if prefix, ok := known.String(args.DnsPrefix); ok {
		l.AddError("dnsPrefix", azure.ValidateDNSPrefix(prefix))
	}
	checkName(l, "nodeResourceGroup", azure.TypeResourceGroup, args.NodeResourceGroup)
	if group, ok := known.String(args.NodeResourceGroup); ok && utf8.RuneCountInString(group) > maxNodeResourceGroup {
		l.Add("nodeResourceGroup", fmt.Sprintf("the name has %d characters", utf8.RuneCountInString(group)), fmt.Sprintf("AKS allows at most %d", maxNodeResourceGroup))
	}
}

// checkName checks the name of a resource of that type, if it is known.
func checkName(l *problem.List, path problem.Path, resourceType string, in any) {
	if name, ok := known.String(in); ok {
		l.AddError(path, azure.ValidateResourceName(resourceType, name))
	}
}
