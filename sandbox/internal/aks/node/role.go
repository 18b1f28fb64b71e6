package node

import rbacv1 "k8s.io/api/rbac/v1"

// Role returns the rights of the agent and of the egress tunnel: those of a scheduler and of
// kubelets, as far as the sandbox needs them, and reading services and their endpoints.
func Role() []rbacv1.PolicyRule {
	rule := func(group, verbs []string, resources ...string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{APIGroups: group, Verbs: verbs, Resources: resources}
	}
	core, discovery := []string{""}, []string{"discovery.k8s.io"}
	read := []string{"get", "list", "watch"}
	return []rbacv1.PolicyRule{
		rule(core, []string{"get", "list", "watch", "create", "update", "delete"}, "nodes"),
		rule(core, []string{"update"}, "nodes/status"),
		rule(core, []string{"get", "list", "watch", "delete"}, "pods"),
		rule(core, []string{"update"}, "pods/status"),
		rule(core, []string{"create"}, "pods/binding"),
		rule(core, []string{"create"}, "serviceaccounts/token"),
		rule(core, read, "configmaps", "secrets", "services"),
		rule(discovery, read, "endpointslices"),
	}
}
