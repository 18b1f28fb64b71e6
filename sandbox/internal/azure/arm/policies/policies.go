// Package policies implements the reads of Azure Policy: the assignments of the subscription, and
// the question whether a resource would be denied.
package policies

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
)

var (
	assignmentVersions  = []string{"2020-09-01", "2021-06-01", "2022-06-01", "2023-04-01", "2024-04-01", "2025-01-01", "2025-03-01"}
	restrictionVersions = []string{"2020-07-01", "2022-03-01", "2023-03-01", "2024-10-01"}
)

// Provider serves the reads.
type Provider struct{ core *arm.Core }

// Register adds the routes to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	sub := "/subscriptions/{sub}"
	core.Route(http.MethodGet, sub+"/providers/Microsoft.Authorization/policyAssignments",
		"Microsoft.Authorization/policyAssignments/read", assignmentVersions, p.assignments)
	for _, scope := range []string{sub, sub + "/resourceGroups/{rg}"} {
		core.Route(http.MethodPost, scope+"/providers/Microsoft.PolicyInsights/checkPolicyRestrictions",
			"Microsoft.PolicyInsights/checkPolicyRestrictions/read", restrictionVersions, p.restrictions)
	}
	return p
}

func (p *Provider) assignments(*arm.Request) (arm.Response, error) {
	s, err := p.core.Settings()
	if err != nil {
		return arm.Response{}, err
	}
	var items []any
	for _, policy := range s.Policies {
		items = append(items, map[string]any{
			"id": p.core.PolicyAssignmentID(policy), "name": policy.Assignment, "type": "Microsoft.Authorization/policyAssignments",
			"properties": map[string]any{
				"displayName": policy.Title(), "policyDefinitionId": p.core.PolicyDefinitionID(policy),
				"scope": "/subscriptions/" + p.core.SubscriptionID, "enforcementMode": "Default",
			},
		})
	}
	return arm.List(items), nil
}

// request is the body of checkPolicyRestrictions. The sandbox evaluates the resource and lists no
// restrictions of pending fields.
type request struct {
	ResourceDetails struct {
		ResourceContent struct {
			Type       string            `json:"type"`
			Name       string            `json:"name,omitempty"`
			Location   string            `json:"location,omitempty"`
			Tags       map[string]string `json:"tags,omitempty"`
			Properties map[string]any    `json:"properties,omitempty"`
		} `json:"resourceContent"`
		APIVersion string `json:"apiVersion,omitempty"`
		Scope      string `json:"scope,omitempty"`
	} `json:"resourceDetails"`
	PendingFields      []any `json:"pendingFields,omitempty"`
	IncludeAuditEffect bool  `json:"includeAuditEffect,omitempty"`
}

// restrictions serves checkPolicyRestrictions
// (https://learn.microsoft.com/rest/api/policyinsights/policy-restrictions/check-at-subscription-scope).
func (p *Provider) restrictions(r *arm.Request) (arm.Response, error) {
	var body request
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	content := body.ResourceDetails.ResourceContent
	if content.Type == "" {
		return arm.Response{}, arm.BadRequestf("The resource content must have a 'type'.").At("resourceDetails.resourceContent.type")
	}
	s, err := p.core.Settings()
	if err != nil {
		return arm.Response{}, err
	}
	seen := region.Content{Type: content.Type, Name: content.Name, Location: arm.CanonicalLocation(content.Location), Tags: content.Tags}
	evaluations := []any{}
	for _, policy := range p.core.PoliciesFor(s, content.Type) {
		if !policy.Denies(seen) {
			continue
		}
		evaluations = append(evaluations, map[string]any{
			"policyInfo":       map[string]any{"policyAssignmentId": p.core.PolicyAssignmentID(policy), "policyDefinitionId": p.core.PolicyDefinitionID(policy)},
			"evaluationResult": "NonCompliant", "evaluationDetails": details(policy, seen), "effectDetails": map[string]any{"policyEffect": "Deny"},
		})
	}
	return arm.OK(map[string]any{"fieldRestrictions": []any{}, "contentEvaluationResult": map[string]any{"policyEvaluations": evaluations}}), nil
}

// details returns the expression that a policy evaluated.
func details(p region.Policy, c region.Content) map[string]any {
	expression := map[string]any{"result": "True", "expressionKind": "Field", "expression": p.Field, "path": p.Field, "expressionValue": c.Location}
	switch {
	case p.Field == "":
		expression["expression"], expression["path"], expression["expressionValue"] = "type", "type", c.Type
		expression["operator"], expression["targetValue"] = "In", p.Types
	case len(p.Allowed) > 0:
		expression["operator"], expression["targetValue"] = "NotIn", p.Allowed
	default:
		expression["operator"], expression["targetValue"] = "Exists", "false"
		delete(expression, "expressionValue")
	}
	if strings.HasPrefix(p.Field, "tags[") {
		delete(expression, "expressionValue")
	}
	return map[string]any{"evaluatedExpressions": []any{expression}}
}
