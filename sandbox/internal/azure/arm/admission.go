package arm

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Settings reads what the subscription's regions offer.
func (c *Core) Settings() (region.Settings, error) {
	var s region.Settings
	err := c.Store.View(func(tx *store.Tx) (err error) {
		s, err = region.Load(tx)
		return err
	})
	return s, err
}

// admit refuses a write that the subscription cannot make: because of its state, because the
// resource provider is not registered, or because a policy denies it. ARM does so before the
// resource provider sees the request.
func (c *Core) admit(r *Request) error {
	if r.Method != http.MethodPut && r.Method != http.MethodPatch || r.ID.Subscription == "" {
		return nil
	}
	s, err := c.Settings()
	if err != nil {
		return err
	}
	if !s.Writable() {
		return Errorf(http.StatusConflict, "ReadOnlyDisabledSubscription",
			"The subscription '%s' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.", c.SubscriptionID)
	}
	if r.Method != http.MethodPut {
		return nil
	}
	if err := checkRegistration(s, r.ID.Namespace); err != nil {
		return err
	}
	return c.checkPolicies(s, r)
}

// checkRegistration refuses a resource of a provider that is not registered. Only Registered and
// Registering let requests pass. Source of the text:
// https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider.
func checkRegistration(s region.Settings, namespace string) error {
	provider, known := s.Provider(namespace)
	if !known || provider.State == region.Registered || provider.State == "Registering" {
		return nil
	}
	return Errorf(http.StatusConflict, "MissingSubscriptionRegistration",
		"The subscription is not registered to use namespace '%s'. See https://aka.ms/rps-not-found for how to register subscriptions.", provider.Namespace)
}

// checkPolicies refuses a resource that a policy denies. The text is Azure's, as many public
// reports quote it.
func (c *Core) checkPolicies(s region.Settings, r *Request) error {
	if len(s.Policies) == 0 {
		return nil
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return invalidContent("the request body could not be read")
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	var body struct {
		Location string            `json:"location"`
		Tags     map[string]string `json:"tags"`
	}
	if json.Unmarshal(raw, &body) != nil {
		return nil // the provider reports what is wrong with the body
	}
	content := region.Content{Type: policyType(r.Type.Name), Name: r.ID.Name(), Location: CanonicalLocation(body.Location), Tags: body.Tags}
	for _, p := range s.Policies {
		if !c.policyApplies(p, content.Type) || !p.Denies(content) {
			continue
		}
		identifiers, err := json.Marshal([]any{map[string]any{
			"policyAssignment": map[string]any{"name": p.Title(), "id": c.PolicyAssignmentID(p)},
			"policyDefinition": map[string]any{"name": p.Title(), "id": c.PolicyDefinitionID(p)},
		}})
		if err != nil {
			return err
		}
		return Errorf(http.StatusForbidden, "RequestDisallowedByPolicy",
			"Resource '%s' was disallowed by policy. Policy identifiers: '%s'.", content.Name, identifiers).At(content.Name)
	}
	return nil
}

// policyApplies reports whether a policy is about a resource type. One without types is of the mode
// Indexed, which is about types with tags and a region only, and not about resource groups
// (https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics#mode).
func (c *Core) policyApplies(p region.Policy, resourceType string) bool {
	if len(p.Types) > 0 {
		return p.Applies(resourceType)
	}
	t, known := c.typeOf(resourceType)
	return known && t.Taggable && !strings.EqualFold(t.Name, resource.TypeGroup)
}

// policyType returns the type as policies write it: that of resource groups differs.
func policyType(resourceType string) string {
	if strings.EqualFold(resourceType, resource.TypeGroup) {
		return "Microsoft.Resources/subscriptions/resourceGroups"
	}
	return resourceType
}

// PoliciesFor lists the policies that are about a resource type.
func (c *Core) PoliciesFor(s region.Settings, resourceType string) []region.Policy {
	var list []region.Policy
	for _, p := range s.Policies {
		if c.policyApplies(p, resourceType) {
			list = append(list, p)
		}
	}
	return list
}

// PolicyAssignmentID returns the ID of a policy's assignment to the subscription.
func (c *Core) PolicyAssignmentID(p region.Policy) string {
	return "/subscriptions/" + c.SubscriptionID + "/providers/Microsoft.Authorization/policyAssignments/" + p.Assignment
}

// PolicyDefinitionID returns the ID of a policy's definition in the subscription.
func (c *Core) PolicyDefinitionID(p region.Policy) string {
	return "/subscriptions/" + c.SubscriptionID + "/providers/Microsoft.Authorization/policyDefinitions/" + p.Assignment
}
