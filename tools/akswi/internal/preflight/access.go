package preflight

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// providers checks that the resource providers of the stack's types are registered.
func (c *Checker) providers(ctx context.Context) []Row {
	wanted := c.namespaces()
	all, err := list[struct {
		Namespace string `json:"namespace"`
		State     string `json:"registrationState"`
	}](ctx, c.azure, c.subscriptionScope()+"/providers", apiProviders, "")
	if err != nil {
		return []Row{cannotRead(checkProviders, err)}
	}
	states := map[string]string{}
	for _, p := range all {
		states[strings.ToLower(p.Namespace)] = p.State
	}
	var rows []Row
	for _, namespace := range wanted {
		switch state := states[strings.ToLower(namespace)]; state {
		case "Registered":
		case "Registering":
			rows = append(rows, warning(checkProviders, "Registering", namespace+" is being registered", "az provider show --namespace "+namespace+" --query registrationState"))
		default:
			rows = append(rows, problem(checkProviders, "MissingSubscriptionRegistration", namespace+" is not registered in the subscription",
				"az provider register --wait --namespace "+namespace))
		}
	}
	if len(rows) == 0 {
		rows = []Row{ok(checkProviders, strings.Join(wanted, ", "))}
	}
	return rows
}

// namespaces lists the providers of the stack's types. AKS makes virtual machines and networks,
// which needs their providers too.
func (c *Checker) namespaces() []string {
	set := map[string]bool{}
	for _, t := range c.Plan.Types {
		namespace, _, _ := strings.Cut(t, "/")
		set[namespace] = true
	}
	if c.Plan.Cluster != nil {
		set["Microsoft.Compute"], set["Microsoft.Network"] = true, true
	}
	// Registered in every subscription.
	delete(set, "Microsoft.Resources")
	delete(set, "Microsoft.Authorization")
	return slices.Sorted(maps.Keys(set))
}

// permission is one set of a caller's action patterns.
type permission struct {
	Actions    []string `json:"actions"`
	NotActions []string `json:"notActions"`
}

// allows reports whether one of the sets allows an action.
func allows(sets []permission, action string) bool {
	return slices.ContainsFunc(sets, func(p permission) bool {
		return azure.MatchAnyAction(p.Actions, action) && !azure.MatchAnyAction(p.NotActions, action)
	})
}

// rights checks that the login may do what the stack needs, at each scope. Conditions of role
// assignments are not in Azure's answer.
func (c *Checker) rights(ctx context.Context) []Row {
	needs := map[string][]ScopedNeed{}
	for _, n := range c.Plan.Needs {
		scope := strings.Replace(n.Scope, subscriptionPlaceholder, c.subscriptionScope(), 1)
		if scope == "" {
			scope = c.own()
		}
		needs[scope] = append(needs[scope], n)
	}
	var rows []Row
	for _, scope := range slices.Sorted(maps.Keys(needs)) {
		if row, missing := c.rightsAt(ctx, scope, needs[scope]); missing {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		rows = []Row{ok(checkRights, "all that the stack needs, at "+strings.Join(shorten(slices.Sorted(maps.Keys(needs))), ", "))}
	}
	return rows
}

// rightsAt returns a row if rights are missing at a scope.
func (c *Checker) rightsAt(ctx context.Context, scope string, needs []ScopedNeed) (Row, bool) {
	kinds, reasons := []azure.Need{}, []string{}
	for _, n := range needs {
		kinds = append(kinds, n.Need)
		reasons = append(reasons, n.For)
	}
	sets, err := list[permission](ctx, c.azure, scope+"/providers/Microsoft.Authorization/permissions", apiPermissions, "")
	if code, _ := status(err); code == 404 {
		return problem(checkRights, "ScopeNotFound", fmt.Sprintf("%s, which %s needs, does not exist", scope, reasons[0]), "correct "+reasons[0]+" in the stack file"), true
	} else if err != nil && code != 403 {
		return cannotRead(checkRights, err), true
	}
	var missing []string
	for _, action := range azure.DeployerActions(kinds...) {
		if !allows(sets, action) {
			missing = append(missing, action)
		}
	}
	if len(missing) == 0 {
		return Row{}, false
	}
	shown := strings.Join(missing, ", ")
	if len(missing) > 3 {
		shown = strings.Join(missing[:3], ", ") + fmt.Sprintf(" and %d more", len(missing)-3)
	}
	return problem(checkRights, "AuthorizationFailed", fmt.Sprintf("at %s the login lacks %s (%s)", shorten([]string{scope})[0], shown, summary(reasons)),
		fmt.Sprintf("az role assignment create --assignee-object-id %s --assignee-principal-type %s --role '%s' --scope %s",
			c.operator.ObjectID, c.operator.principalType(), roleFor(missing), scope)).or("or the custom role of docs/deployer.md, which has no other rights"), true
}

// roleFor returns the smallest built-in role that has all missing actions.
func roleFor(missing []string) string {
	assignments := !slices.ContainsFunc(missing, func(a string) bool {
		return !strings.HasPrefix(a, "Microsoft.Authorization/roleAssignments/") && !strings.HasSuffix(a, "/read")
	})
	if assignments {
		return "Role Based Access Control Administrator"
	}
	if !slices.ContainsFunc(missing, func(a string) bool { return strings.HasPrefix(a, "Microsoft.Authorization/") }) {
		return "Contributor"
	}
	return "Owner"
}

// shorten returns scopes without the part before their last name.
func shorten(scopes []string) []string {
	var out []string
	for _, s := range scopes {
		parts := strings.Split(strings.Trim(s, "/"), "/")
		switch {
		case len(parts) == 2:
			out = append(out, "the subscription")
		case len(parts) == 4:
			out = append(out, "resource group "+parts[3])
		default:
			out = append(out, parts[len(parts)-2]+"/"+parts[len(parts)-1])
		}
	}
	return out
}

// summary returns the first of several reasons.
func summary(reasons []string) string {
	slices.Sort(reasons)
	reasons = slices.Compact(reasons)
	if len(reasons) > 2 {
		return strings.Join(reasons[:2], ", ") + ", …"
	}
	return strings.Join(reasons, ", ")
}

// Application permissions of Graph, one of which registering applications takes, and directory
// roles of users. Sources: https://learn.microsoft.com/graph/permissions-reference and
// https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
var (
	graphPermissions = []string{"Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"}
	directoryRoles   = map[string]string{
		"62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
		"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
		"158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
		"cf1c38e5-3621-4004-a7cb-879624dced7c": "Application Developer",
	}
)

const ownedByID = "18a4783c-866b-4cc7-a460-3d5e5662c884" // of Application.ReadWrite.OwnedBy

// entra checks that the login may register the stack's applications.
func (c *Checker) entra(ctx context.Context) []Row {
	if len(c.Plan.Applications) == 0 {
		return []Row{ok(checkEntra, "the stack registers no application")}
	}
	token, err := c.Login.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{c.cloud.GraphScope()}})
	if err != nil {
		return []Row{unchecked(checkEntra, loginError(err), "log in with access to Microsoft Graph")}
	}
	me, err := readClaims(token.Token)
	if err != nil {
		return []Row{unchecked(checkEntra, err.Error(), "az login")}
	}
	why := "workloads " + strings.Join(c.Plan.Applications, ", ")
	if me.application() {
		for _, role := range graphPermissions {
			if slices.Contains(me.Roles, role) {
				return []Row{ok(checkEntra, role+", for "+why)}
			}
		}
		return []Row{problem(checkEntra, "Authorization_RequestDenied", "the login may not register applications in the tenant, for "+why, c.consent())}
	}
	for _, id := range me.DirectoryRoles {
		if name := directoryRoles[id]; name != "" {
			return []Row{ok(checkEntra, "directory role "+name+", for "+why)}
		}
	}
	return []Row{c.defaultUserRights(ctx, why)}
}

// consent returns the command that gives an application the permission.
func (c *Checker) consent() string {
	if c.operator.ManagedIdentity != "" {
		return "an administrator assigns the application permission Application.ReadWrite.OwnedBy (" + ownedByID + ") to object id " + c.operator.ObjectID
	}
	return fmt.Sprintf("az ad app permission add --id %s --api 00000003-0000-0000-c000-000000000000 --api-permissions %s=Role && az ad app permission admin-consent --id %s",
		c.operator.AppID, ownedByID, c.operator.AppID)
}

// defaultUserRights checks whether the tenant lets its ordinary users register applications
// (https://learn.microsoft.com/graph/api/authorizationpolicy-get).
func (c *Checker) defaultUserRights(ctx context.Context, why string) Row {
	graph, err := newGraphClient(c.cloud, c.Login, c.Client)
	if err != nil {
		return unchecked(checkEntra, err.Error(), "report this")
	}
	var answer struct {
		Default struct {
			AllowedToCreateApps bool `json:"allowedToCreateApps"`
		} `json:"defaultUserRolePermissions"`
	}
	if err := graph.do(ctx, http.MethodGet, graph.endpoint+"/v1.0/policies/authorizationPolicy", nil, &answer); err != nil {
		return cannotRead(checkEntra, err)
	}
	if answer.Default.AllowedToCreateApps {
		return ok(checkEntra, "every user of the tenant may register applications, for "+why)
	}
	return problem(checkEntra, "Authorization_RequestDenied", "users of the tenant may not register applications, for "+why,
		"an administrator assigns the directory role Application Developer to "+c.operator.who())
}
