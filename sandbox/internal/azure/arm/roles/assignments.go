// Package roles implements Microsoft.Authorization: role assignments at any scope, and built-in and
// custom role definitions.
package roles

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

var assignmentVersions = []string{
	"2015-07-01", "2017-10-01-preview", "2018-01-01-preview", "2018-07-01", "2018-09-01-preview", "2019-04-01-preview",
	"2020-03-01-preview", "2020-04-01-preview", "2020-08-01-preview", "2020-10-01-preview", "2022-01-01-preview", "2022-04-01",
}

// maxAssignments is the largest number of role assignments in a subscription
// (https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits).
const maxAssignments = 4000

// Provider serves role assignments and definitions.
type Provider struct {
	core        *arm.Core
	replication func() time.Duration
	assignment  arm.Type
	definition  arm.Type
}

// Register adds the provider to the core. The replication delay is the time for which a new
// principal is not found by an assignment without principalType.
func Register(core *arm.Core, replication func() time.Duration) *Provider {
	p := &Provider{core: core, replication: replication}
	p.assignment = arm.Type{
		Name: resource.TypeRoleAssignment, Versions: assignmentVersions,
		Render: renderAssignment, Put: p.put, Delete: p.delete, List: p.list,
		Missing: func(id resource.ID) *arm.Error {
			return arm.Errorf(http.StatusNotFound, "RoleAssignmentNotFound", "The role assignment '%s' is not found.", id.Name())
		},
	}
	p.definition = arm.Type{
		Name: TypeDefinition, Versions: definitionVersions, Open: true,
		Render: p.renderDefinition, Put: p.putDefinition, Delete: p.deleteDefinition, List: p.listDefinitions,
		Exists:  definitionExists,
		Missing: func(id resource.ID) *arm.Error { return definitionMissing(http.StatusNotFound, id.Name()) },
	}
	core.Register(p.assignment, p.definition, p.permissionsType())
	return p
}

// Body is a role assignment in the form of the API.
type Body struct {
	ID         string      `json:"id,omitempty"`
	Name       string      `json:"name,omitempty"`
	Type       string      `json:"type,omitempty"`
	Properties *Properties `json:"properties,omitempty"`
}

// Properties are the properties of a role assignment. The scope and the properties after
// delegatedManagedIdentityResourceId are read-only.
type Properties struct {
	RoleDefinitionID                   string     `json:"roleDefinitionId,omitempty"`
	PrincipalID                        string     `json:"principalId,omitempty"`
	PrincipalType                      string     `json:"principalType,omitempty"`
	Scope                              string     `json:"scope,omitempty"`
	Description                        *string    `json:"description"`
	Condition                          *string    `json:"condition"`
	ConditionVersion                   *string    `json:"conditionVersion"`
	DelegatedManagedIdentityResourceID *string    `json:"delegatedManagedIdentityResourceId"`
	CreatedOn                          *time.Time `json:"createdOn,omitempty"`
	UpdatedOn                          *time.Time `json:"updatedOn,omitempty"`
	CreatedBy                          *string    `json:"createdBy"`
	UpdatedBy                          *string    `json:"updatedBy"`
}

func renderAssignment(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[rbac.Assignment](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	return show(doc), nil
}

func show(doc *rbac.Stored) Body {
	optional := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	subscription := ""
	if id, err := resource.ParseID(doc.ID); err == nil {
		subscription = id.Subscription
	}
	return Body{ID: doc.ID, Name: doc.Name, Type: doc.Type, Properties: &Properties{
		RoleDefinitionID: DefinitionID(subscription, doc.Body.RoleID),
		PrincipalID:      doc.Body.PrincipalID, PrincipalType: doc.Body.PrincipalType, Scope: doc.Body.Scope,
		Description: optional(doc.Body.Description), Condition: optional(doc.Body.Condition),
		ConditionVersion: optional(doc.Body.ConditionVersion),
		CreatedOn:        &doc.Created, UpdatedOn: &doc.Changed, CreatedBy: optional(doc.CreatedBy), UpdatedBy: optional(doc.ChangedBy),
	}}
}

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	want, err := readAssignment(r, body.Properties)
	if err != nil {
		return arm.Response{}, err
	}
	status := http.StatusCreated
	err = p.core.Store.Update(func(tx *store.Tx) error {
		ok, err := p.core.Exists(tx, want.Scope)
		if err != nil {
			return err
		}
		if !ok {
			return arm.Errorf(http.StatusNotFound, "ResourceNotFound", "The resource '%s' that the role would be assigned at could not be found.", want.Scope)
		}
		have, err := resource.Load[rbac.Assignment](tx, r.ID.String())
		if err != nil {
			return err
		}
		if have != nil {
			status = http.StatusOK
			header := p.core.NewHeader(&have.Header, r, "", nil)
			header.ChangedBy = r.Caller.ObjectID
			return update(tx, header, have, want)
		}
		if err := p.checkNew(tx, r.ID.Name(), &want); err != nil {
			return err
		}
		header := p.core.NewHeader(nil, r, "", nil)
		header.CreatedBy, header.ChangedBy = r.Caller.ObjectID, r.Caller.ObjectID
		return resource.Save(tx, &rbac.Stored{Header: header, Body: want})
	})
	if err != nil {
		return arm.Response{}, err
	}
	response, err := p.core.Rendered(&p.assignment, r.ID.String(), status)
	if body, ok := response.Body.(Body); ok && status == http.StatusCreated {
		// The answer to a creation has no creator; a later one has it (azure-cli,
		// test_role_assignment_create_update.yaml).
		body.Properties.CreatedBy = nil
	}
	return response, err
}

var roleDefinitionID = regexp.MustCompile(`(?i)^(/subscriptions/[0-9a-f-]{36})?/providers/microsoft\.authorization/roledefinitions/([0-9a-f-]{36})$`)

// readAssignment checks what depends on the request alone, and returns the assignment.
func readAssignment(r *arm.Request, p *Properties) (rbac.Assignment, error) {
	if ruleName.On() && !azure.IsGUID(r.ID.Name()) {
		return rbac.Assignment{}, arm.Errorf(http.StatusBadRequest, "InvalidRoleAssignmentId", "The role assignment ID '%s' is not valid. The role assignment ID must be a GUID.", r.ID.Name())
	}
	if p == nil {
		p = &Properties{}
	}
	if ruleComplete.On() && (p.RoleDefinitionID == "" || p.PrincipalID == "") {
		return rbac.Assignment{}, arm.Errorf(http.StatusBadRequest, "BadRequestFormat", "The request was incorrectly formatted: the properties 'roleDefinitionId' and 'principalId' are required.")
	}
	if _, err := uuid.Parse(p.PrincipalID); err != nil && rulePrincipalID.On() {
		return rbac.Assignment{}, arm.Errorf(http.StatusBadRequest, "InvalidPrincipalId", "The Principal ID '%s' is not valid. Principal ID must be a GUID.", p.PrincipalID)
	}
	match := roleDefinitionID.FindStringSubmatch(p.RoleDefinitionID)
	if match == nil {
		return rbac.Assignment{}, arm.Errorf(http.StatusBadRequest, "InvalidRoleDefinitionId", "The role definition ID '%s' is not valid.", p.RoleDefinitionID)
	}
	role := strings.ToLower(match[2])
	if ruleKnownType.On() && !slices.Contains([]string{"", "User", "Group", "ServicePrincipal", "ForeignGroup", "Device"}, p.PrincipalType) {
		return rbac.Assignment{}, arm.Errorf(http.StatusBadRequest, "InvalidPrincipalType", "The principal type '%s' is not valid.", p.PrincipalType)
	}
	if p.DelegatedManagedIdentityResourceID != nil && *p.DelegatedManagedIdentityResourceID != "" {
		return rbac.Assignment{}, arm.BadRequestf("The sandbox has one tenant and does not support 'delegatedManagedIdentityResourceId'.").At("properties.delegatedManagedIdentityResourceId")
	}
	condition, version, err := readCondition(p)
	if err != nil {
		return rbac.Assignment{}, err
	}
	return rbac.Assignment{
		Scope: cmp.Or(r.ID.Scope, "/"), RoleID: role, PrincipalID: strings.ToLower(p.PrincipalID),
		PrincipalType: p.PrincipalType, Description: ptr.Deref(p.Description, ""),
		Condition: condition, ConditionVersion: version,
	}, nil
}

// readCondition checks a condition and its version. It is documented that a malformed condition is
// refused; the codes are inferred.
func readCondition(p *Properties) (condition, version string, err error) {
	condition, version = ptr.Deref(p.Condition, ""), ptr.Deref(p.ConditionVersion, "")
	switch {
	case condition == "" && version == "":
		return "", "", nil
	case condition == "" && ruleConditionVersion.On():
		return "", "", arm.Errorf(http.StatusBadRequest, "InvalidConditionVersion", "A condition version is given without a condition.").At("properties.conditionVersion")
	case version != rbac.ConditionVersion && ruleConditionVersion.On():
		return "", "", arm.Errorf(http.StatusBadRequest, "InvalidConditionVersion", "The condition version '%s' is not valid. The only accepted value is '%s'.", version, rbac.ConditionVersion).At("properties.conditionVersion")
	case len(condition) > rbac.MaxCondition && ruleConditionLength.On():
		return "", "", arm.Errorf(http.StatusBadRequest, "InvalidCondition", "The condition has %d characters; the limit is %d.", len(condition), rbac.MaxCondition).At("properties.condition")
	}
	if err := rbac.CheckCondition(condition); err != nil && ruleCondition.On() {
		return "", "", arm.Errorf(http.StatusBadRequest, "InvalidCondition", "The condition is not valid: %v.", err).At("properties.condition")
	}
	return condition, version, nil
}

// update changes an existing assignment, of which only the description and the condition may differ
// (https://learn.microsoft.com/azure/role-based-access-control/conditions-role-assignments-rest).
func update(tx *store.Tx, header resource.Header, have *rbac.Stored, want rbac.Assignment) error {
	if ruleImmutable.On() && (have.Body.PrincipalID != want.PrincipalID || have.Body.RoleID != want.RoleID) {
		return updateNotPermitted()
	}
	have.Header, have.Body.Description = header, want.Description
	have.Body.Condition, have.Body.ConditionVersion = want.Condition, want.ConditionVersion
	return resource.Save(tx, have)
}

func updateNotPermitted() error {
	return arm.Errorf(http.StatusBadRequest, "RoleAssignmentUpdateNotPermitted",
		"Tenant ID, application ID, principal ID, and scope are not allowed to be updated.")
}

// checkNew refuses an assignment that conflicts with the role, with other assignments or with the
// directory, and sets the principal's type.
func (p *Provider) checkNew(tx *store.Tx, name string, want *rbac.Assignment) error {
	role, err := rbac.Find(tx, want.RoleID)
	if err != nil {
		return err
	}
	// It is inferred that a role outside its assignable scopes does not exist for the assignment.
	if role == nil && ruleRoleExists.On() || role != nil && ruleAssignable.On() && !role.AssignableAt(want.Scope) {
		return definitionMissing(http.StatusBadRequest, want.RoleID)
	}
	same, err := rbac.At(tx, want.Scope)
	if err != nil {
		return err
	}
	for _, a := range same {
		if ruleOnce.On() && a.Body.PrincipalID == want.PrincipalID && a.Body.RoleID == want.RoleID {
			return arm.Errorf(http.StatusConflict, "RoleAssignmentExists",
				"The role assignment already exists. The ID of the existing role assignment is %s.", strings.ReplaceAll(a.Name, "-", ""))
		}
	}
	all, err := resource.All[rbac.Assignment](tx, "", resource.TypeRoleAssignment)
	if err != nil {
		return err
	}
	// Names are unique in the tenant, also among different scopes, so this request would move an
	// assignment:
	// https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---arm-template-role-assignment-returns-badrequest-status
	if ruleNameOnce.On() && slices.ContainsFunc(all, func(a rbac.Stored) bool { return strings.EqualFold(a.Name, name) }) {
		return updateNotPermitted()
	}
	if len(all) >= maxAssignments {
		return arm.Errorf(http.StatusBadRequest, "RoleAssignmentLimitExceeded", "No more role assignments can be created (limit: %d).", maxAssignments)
	}
	sp, err := directory.Principal(tx, want.PrincipalID)
	if err != nil {
		return err
	}
	if rulePrincipalKnown.On() && want.PrincipalType == "" && (sp == nil || p.core.Now().Before(sp.Created.Add(p.replication()))) {
		return arm.Errorf(http.StatusBadRequest, "PrincipalNotFound",
			"Principal %s does not exist in the directory %s. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
			strings.ReplaceAll(want.PrincipalID, "-", ""), p.core.Authority.TenantID)
	}
	if sp != nil {
		if ruleTypeMatches.On() && want.PrincipalType != "" && want.PrincipalType != "ServicePrincipal" {
			return arm.Errorf(http.StatusBadRequest, "UnmatchedPrincipalType",
				"The PrincipalId '%s' has type 'ServicePrincipal' , which is different from specified PrinciaplType '%s'.", strings.ReplaceAll(want.PrincipalID, "-", ""), want.PrincipalType)
		}
		want.PrincipalType = "ServicePrincipal"
	}
	return nil
}

func (p *Provider) delete(r *arm.Request) (arm.Response, error) {
	response := arm.Response{Status: http.StatusNoContent}
	err := p.core.Store.Update(func(tx *store.Tx) error {
		body, err := renderAssignment(tx, r.ID.String())
		if err != nil || body == nil {
			return err
		}
		response = arm.OK(body)
		return resource.RemoveTree(tx, r.ID.String())
	})
	return response, err
}
