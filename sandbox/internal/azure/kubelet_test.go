package azure_test

import (
	"strings"
	"testing"
)

const managedIdentityOperator = "f1a07417-d97a-45cb-824c-7a7467783830"

func TestCustomKubeletIdentity(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg-k")
	control, controller := w.identity(rg, "id-control")
	nodes, kubelet := w.identity(rg, "id-nodes")
	object1 := object{"resourceId": w.sub() + nodes, "clientId": kubelet.path("properties", "clientId"), "objectId": kubelet.path("properties", "principalId")}
	with := func(kind string, profile object) func(b, p object) {
		return func(b, p object) {
			b["identity"] = object{"type": kind}
			if kind == "UserAssigned" {
				b["identity"].(object)["userAssignedIdentities"] = object{w.sub() + control: object{}}
			}
			p["identityProfile"] = profile
		}
	}
	kubeletIs := func(o object) object { return object{"kubeletidentity": o} }
	refusals{
		"a control plane with a system-assigned identity": {with("SystemAssigned", kubeletIs(object1)), "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster", "user-assigned"},
		"another key in the identity profile":             {with("UserAssigned", object{"ingress": object1}), "CustomKubeletIdentityPropertyError", "not 'ingress'"},
		"an identity that does not exist":                 {with("UserAssigned", kubeletIs(object{"resourceId": w.sub() + nodes + "x"})), "FailedIdentityOperation", "was not found"},
		"an identity with the client ID of another":       {with("UserAssigned", kubeletIs(object{"resourceId": w.sub() + nodes, "clientId": controller.path("properties", "clientId")})), "CustomKubeletIdentityPropertyError", "has client ID"},
		"a control plane without permission": {with("UserAssigned", kubeletIs(object1)), "CustomKubeletIdentityMissingPermissionError",
			"The cluster using user-assigned managed identity must be granted 'Managed Identity Operator' role to assign kubelet identity."},
	}.run(t, w, rg)

	must(t, w.arm("PUT", nodes+"/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a13", vAssignment,
		assignment(w.sub(), managedIdentityOperator, controller.path("properties", "principalId"))), 201)
	path := clusterPath(rg, "aks1")
	body := newCluster(with("UserAssigned", kubeletIs(object1)))
	w.poll(must(t, w.arm("PUT", path, vCluster2025, body), 201))
	got := must(t, w.arm("GET", path, vCluster2025, nil), 200)
	if id := got.path("properties", "identityProfile", "kubeletidentity", "objectId"); id != kubelet.path("properties", "principalId") {
		t.Errorf("the nodes have the identity %q", id)
	}
	if p := got.path("identity", "userAssignedIdentities", w.sub()+control, "principalId"); p != controller.path("properties", "principalId") {
		t.Errorf("the control plane has the identity %q", p)
	}
	must(t, w.arm("GET", "/resourceGroups/MC_rg-k_aks1_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/aks1-agentpool", vIdentity, nil), 404)
	w.poll(must(t, w.arm("PUT", path, vCluster2025, body), 200))
	w.poll(must(t, w.arm("DELETE", path, vCluster2025, nil), 202))
	must(t, w.arm("GET", nodes, vIdentity, nil), 200)
}

// TestOperatorMayAssignAnIdentity checks that the role Managed Identity Operator, whose action has
// a segment for the name of the identity, allows assigning an identity to a cluster.
func TestOperatorMayAssignAnIdentity(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg-o")
	control, _ := w.identity(rg, "id-control")
	token, principal := w.actAs(rg, "builder", "https://management.azure.com")
	must(t, w.arm("PUT", rg+"/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a14", vAssignment,
		assignment(w.sub(), "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", principal)), 201)
	body := newCluster(func(b, _ object) {
		b["identity"] = object{"type": "UserAssigned", "userAssignedIdentities": object{w.sub() + control: object{}}}
	})
	got := w.armAs(token, "PUT", clusterPath(rg, "aks1"), vCluster2025, body)
	if got.status != 403 || got.code() != "LinkedAuthorizationFailed" || !strings.Contains(got.message(), "userAssignedIdentities/assign/action") {
		t.Errorf("without permission: %d %s", got.status, got.text)
	}
	must(t, w.arm("PUT", control+"/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a15", vAssignment,
		assignment(w.sub(), managedIdentityOperator, principal)), 201)
	w.poll(must(t, w.armAs(token, "PUT", clusterPath(rg, "aks1"), vCluster2025, body), 201))
}
