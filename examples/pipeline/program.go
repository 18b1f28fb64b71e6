package main

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// identity is one of a pipeline's identities.
type identity struct {
	name   string
	trusts []trust
	roles  []grant // in the whole subscription
}

// trust is a credential for the tokens of one kind of run.
type trust struct{ name, subject string }

// grant is a role, by its name in Azure, and the condition under which it holds.
type grant struct{ role, condition string }

// noAdministrators is the condition under which the deployer assigns roles: none that could assign
// roles itself (Owner, User Access Administrator, Role Based Access Control Administrator).
const noAdministrators = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR " +
	"(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals " + administrators + ")) AND " +
	"((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR " +
	"(@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals " + administrators + "))"

const administrators = "{8e3af657-a8ff-443c-a75c-2fe8c4bcb635, 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9, f58310d9-a9f6-439a-9e8d-f62e7b41a168}"

// Program makes two identities without a secret. The deployer is trusted in the environment
// production only, which people approve; the previewer, which changes nothing in Azure, for pull
// requests and for the main branch.
func Program(ctx *pulumi.Context) error {
	var missing []string
	setting := func(key string) string {
		value, ok := ctx.GetConfig(ctx.Project() + ":" + key)
		if !ok {
			missing = append(missing, key)
		}
		return value
	}
	deployer := identity{name: "deployer", roles: []grant{
		{role: "Contributor"}, {"Role Based Access Control Administrator", noAdministrators},
	}}
	// docs/deployer.md has a role with what the program uses and nothing else.
	if role, ok := ctx.GetConfig(ctx.Project() + ":deployerRole"); ok {
		deployer.roles = []grant{{role, noAdministrators}}
	}
	previewer := identity{name: "previewer", roles: []grant{{role: "Reader"}, {role: "Azure Kubernetes Service Cluster User Role"}}}
	issuer, other := ctx.GetConfig(ctx.Project() + ":issuer")
	if !other {
		repository := "repo:" + setting("repository")
		issuer = "https://token.actions.githubusercontent.com"
		deployer.trusts = []trust{{"environment", repository + ":environment:production"}}
		previewer.trusts = []trust{{"pull-request", repository + ":pull_request"}, {"main", repository + ":ref:refs/heads/main"}}
	} else {
		// A service connection of Azure DevOps shows its issuer and subject.
		deployer.trusts = []trust{{"connection", setting("deployerSubject")}}
		previewer.trusts = []trust{{"connection", setting("previewerSubject")}}
	}
	if len(missing) > 0 {
		return fmt.Errorf("set %s, for example: pulumi config set repository ORG/REPOSITORY", strings.Join(missing, " and "))
	}

	caller, err := authorization.GetClientConfig(ctx)
	if err != nil {
		return err
	}
	group, err := resources.NewResourceGroup(ctx, "pipeline", &resources.ResourceGroupArgs{Location: pulumi.String("westeurope")})
	if err != nil {
		return err
	}
	for _, identity := range []identity{deployer, previewer} {
		if err := identity.deploy(ctx, group, issuer, "/subscriptions/"+caller.SubscriptionId); err != nil {
			return err
		}
	}
	ctx.Export("tenantId", pulumi.String(caller.TenantId))
	ctx.Export("subscriptionId", pulumi.String(caller.SubscriptionId))
	return nil
}

// deploy makes the identity, its credentials and its role assignments.
func (i identity) deploy(ctx *pulumi.Context, group *resources.ResourceGroup, issuer, subscription string) error {
	created, err := managedidentity.NewUserAssignedIdentity(ctx, i.name, &managedidentity.UserAssignedIdentityArgs{
		ResourceGroupName: group.Name,
	})
	if err != nil {
		return err
	}
	// Azure refuses two writes to the credentials of one identity at a time.
	var before []pulumi.Resource
	for _, trust := range i.trusts {
		credential, err := managedidentity.NewFederatedIdentityCredential(ctx, i.name+"-"+trust.name, &managedidentity.FederatedIdentityCredentialArgs{
			ResourceGroupName: group.Name,
			ResourceName:      created.Name,
			Issuer:            pulumi.String(issuer),
			Subject:           pulumi.String(trust.subject),
			Audiences:         pulumi.StringArray{pulumi.String(azure.AudiencePublic)},
		}, pulumi.DependsOn(before))
		if err != nil {
			return err
		}
		before = append(before, credential)
	}
	for _, grant := range i.roles {
		role, err := azure.LookupRole(grant.role)
		if err != nil {
			return err
		}
		args := &authorization.RoleAssignmentArgs{
			RoleAssignmentName: created.PrincipalId.ApplyT(func(principal string) string {
				return azure.RoleAssignmentName(subscription, principal, role.GUID)
			}).(pulumi.StringOutput),
			Scope:            pulumi.String(subscription),
			RoleDefinitionId: pulumi.String(subscription + role.DefinitionID("")),
			PrincipalId:      created.PrincipalId,
			PrincipalType:    pulumi.String(authorization.PrincipalTypeServicePrincipal),
		}
		if grant.condition != "" {
			args.Condition, args.ConditionVersion = pulumi.String(grant.condition), pulumi.String("2.0")
		}
		if _, err := authorization.NewRoleAssignment(ctx, i.name+"-"+role.Slug(), args); err != nil {
			return err
		}
	}
	ctx.Export(i.name+"ClientId", created.ClientId)
	return nil
}
