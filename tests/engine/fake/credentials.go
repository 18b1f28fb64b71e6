package fake

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

const identities = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"

var credentialKinds = []kind{
	{
		token: "azure-native:managedidentity:UserAssignedIdentity", named: "resourceName", random: true, located: true,
		required: []string{"resourceGroupName", "location"}, replace: []string{"resourceGroupName", "resourceName", "location"},
		computed: []string{"name", "type", "clientId", "principalId", "tenantId"},
		id:       idOf(group, "$resourceGroupName", identities, "$resourceName"), container: idOf(group, "$resourceGroupName"),
		outputs: func(t *thing) resource.PropertyMap {
			return texts("name", text(t.inputs, "resourceName"), "location", region(text(t.inputs, "location")),
				"clientId", t.guid("client"), "principalId", t.guid("principal"), "tenantId", TenantID)
		},
	},
	{
		token:    "azure-native:managedidentity:FederatedIdentityCredential",
		named:    "federatedIdentityCredentialResourceName",
		required: []string{"resourceGroupName", "resourceName", "issuer", "subject", "audiences"},
		replace:  []string{"resourceGroupName", "resourceName", "federatedIdentityCredentialResourceName"},
		computed: []string{"name", "type"},
		id: idOf(group, "$resourceGroupName", identities, "$resourceName", "federatedIdentityCredentials",
			"$federatedIdentityCredentialResourceName"),
		container: idOf(group, "$resourceGroupName", identities, "$resourceName"),
		owner:     idOf(group, "$resourceGroupName", identities, "$resourceName"),
		rules:     credentialRules,
		outputs: func(t *thing) resource.PropertyMap {
			return texts("name", text(t.inputs, "federatedIdentityCredentialResourceName"))
		},
	},
}

// enter refuses a write of a federated credential while another one of the same identity is under
// way. The caller holds the lock. Source: learn.microsoft.com, "Important considerations and
// restrictions for federated identity credentials"; the sentence as quoted in
// pulumi-azure-native#4343.
func (w *World) enter(op *Op) error {
	if op.Owner == "" {
		return nil
	}
	key := strings.ToLower(op.Owner)
	if w.writing[key] != "" {
		return fmt.Errorf("409 ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity: Too many Federated Identity Credentials are written concurrently for the managed identity '%s'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported", op.Owner)
	}
	w.writing[key] = op.ID
	return nil
}

// leave ends a write that enter permitted. The caller holds the lock.
func (w *World) leave(op *Op) {
	if key := strings.ToLower(op.Owner); op.Owner != "" && w.writing[key] == op.ID {
		delete(w.writing, key)
	}
}

// credentialRules refuses what Azure refuses: more than 20 credentials in an identity, more or less
// than one audience, and a second credential for the same issuer and subject.
func credentialRules(_ *World, store map[string]*thing, old *thing, id string, in resource.PropertyMap) error {
	if audiences := at(in, "audiences"); !audiences.IsArray() || len(audiences.ArrayValue()) != 1 {
		return errors.New("400 BadRequest: Federated identity credentials must have exactly one audience")
	}
	siblings := 0
	for _, t := range store {
		if t.kind.owner == nil || !strings.EqualFold(t.kind.owner(t.inputs), t.kind.owner(in)) || strings.EqualFold(t.id, id) {
			continue
		}
		siblings++
		if text(t.inputs, "issuer") == text(in, "issuer") && text(t.inputs, "subject") == text(in, "subject") {
			return errors.New("400 BadRequest: Issuer and subject combination already exists for this Managed Identity")
		}
	}
	if old == nil && siblings >= azure.MaxFederatedCredentials {
		return fmt.Errorf("400 BadRequest: Too many Federated Identity Credentials. A managed identity can have at most %d", azure.MaxFederatedCredentials)
	}
	return nil
}
