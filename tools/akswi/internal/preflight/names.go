package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// names checks the names that the stack gives: they may be taken, here or by somebody else.
func (c *Checker) names(ctx context.Context) []Row {
	var rows []Row
	rows = append(rows, c.groupName(ctx)...)
	rows = append(rows, c.vaultName(ctx)...)
	if len(rows) == 0 {
		rows = []Row{ok(checkNames, "no name that the stack gives is taken")}
	}
	return rows
}

// groupName checks that a resource group exists, or does not, as the stack says.
func (c *Checker) groupName(ctx context.Context) []Row {
	g := c.Plan.Group
	if g.Name == "" || c.Deployed.Groups[strings.ToLower(g.Name)] {
		return nil
	}
	var group struct {
		Location string `json:"location"`
	}
	err := c.azure.get(ctx, c.subscriptionScope()+"/resourceGroups/"+g.Name, apiGroups, &group)
	code, _ := status(err)
	switch {
	case code == 404 && g.Existing:
		return []Row{problem(checkNames, "ResourceGroupNotFound", "resource group "+g.Name+" does not exist, and the stack says that it does",
			fmt.Sprintf("az group create --name %s --location %s", g.Name, c.Plan.Location)).or("or: " + c.set("resourceGroup.existing", "false"))}
	case code == 404 || err == nil && g.Existing:
		return nil
	case err != nil:
		return []Row{cannotRead(checkNames, err)}
	}
	return []Row{problem(checkNames, "ResourceGroupExists", "resource group "+g.Name+" exists already, in "+group.Location,
		c.set("resourceGroup.existing", "true")).or("or another resourceGroup.name")}
}

// vaultName checks the name of the vault, which is unique in the world and stays taken while a
// deleted vault can be recovered.
func (c *Checker) vaultName(ctx context.Context) []Row {
	v := c.Plan.Vault
	if v == nil || v.Name == "" || c.Deployed.Vaults[strings.ToLower(v.Name)] {
		return nil
	}
	deleted, err := list[struct {
		Name       string `json:"name"`
		Properties struct {
			Location string `json:"location"`
			Purge    string `json:"scheduledPurgeDate"`
			Protect  bool   `json:"purgeProtectionEnabled"`
		} `json:"properties"`
	}](ctx, c.azure, c.subscriptionScope()+"/providers/Microsoft.KeyVault/deletedVaults", apiVaults, "")
	if err != nil {
		return []Row{cannotRead(checkNames, err)}
	}
	for _, d := range deleted {
		if !strings.EqualFold(d.Name, v.Name) {
			continue
		}
		remedy := fmt.Sprintf("az keyvault purge --name %s --location %s", v.Name, d.Properties.Location)
		if d.Properties.Protect {
			remedy = "az keyvault recover --name " + v.Name // its protection forbids to purge it
		}
		return []Row{problem(checkNames, "VaultSoftDeleted", fmt.Sprintf("vault %s was deleted, and Azure keeps its name until %.10s", v.Name, d.Properties.Purge), remedy).or("or: " + c.unset("vault.name"))}
	}
	var answer struct {
		Available bool   `json:"nameAvailable"`
		Reason    string `json:"reason"`
		Message   string `json:"message"`
	}
	body := map[string]string{"name": v.Name, "type": typeVault}
	if err := c.azure.post(ctx, c.subscriptionScope()+"/providers/Microsoft.KeyVault/checkNameAvailability", apiVaults, body, &answer); err != nil {
		return []Row{cannotRead(checkNames, err)}
	}
	if answer.Available {
		return nil
	}
	if answer.Reason == "AccountNameInvalid" {
		return []Row{problem(checkNames, "VaultNameInvalid", "vault.name: "+answer.Message, c.unset("vault.name"))}
	}
	return []Row{problem(checkNames, "VaultNameTaken", "the vault name "+v.Name+" is taken; such names are unique in the world", c.unset("vault.name")).or("or another name")}
}

// policies asks Azure Policy whether each resource of the stack would be denied. The answer is
// about type, region and tags; what a policy says of other properties shows at the deployment.
func (c *Checker) policies(ctx context.Context) []Row {
	denied := map[string][]string{} // types by assignment
	var order []string
	for _, t := range c.Plan.Types {
		if t == typeAssignment {
			continue // has neither region nor tags
		}
		var answer struct {
			Content struct {
				Evaluations []struct {
					Info struct {
						Assignment string `json:"policyAssignmentId"`
					} `json:"policyInfo"`
					Result string `json:"evaluationResult"`
				} `json:"policyEvaluations"`
			} `json:"contentEvaluationResult"`
		}
		body := map[string]any{"resourceDetails": map[string]any{"resourceContent": map[string]any{
			"type": policyType(t), "location": c.Plan.Location, "tags": c.Plan.Tags,
		}}}
		if err := c.azure.post(ctx, c.policyScope()+"/providers/Microsoft.PolicyInsights/checkPolicyRestrictions", apiRestrictions, body, &answer); err != nil {
			return []Row{cannotRead(checkPolicies, err)}
		}
		for _, e := range answer.Content.Evaluations {
			if e.Result != "NonCompliant" {
				continue
			}
			if id := e.Info.Assignment; !slices.Contains(order, id) {
				order = append(order, id)
			}
			denied[e.Info.Assignment] = append(denied[e.Info.Assignment], t)
		}
	}
	var rows []Row
	for _, id := range order {
		name := id[strings.LastIndex(id, "/")+1:]
		rows = append(rows, problem(checkPolicies, "RequestDisallowedByPolicy",
			fmt.Sprintf("policy assignment %s denies %s in %s with the stack's tags", name, strings.Join(denied[id], ", "), c.Plan.Location),
			fmt.Sprintf("az policy assignment show --name %s --scope %s", name, id[:max(strings.Index(strings.ToLower(id), "/providers/microsoft.authorization"), 0)])).
			or("that shows what it asks for; then: "+c.set("tags.NAME", "VALUE")+", or another location"))
	}
	if len(rows) == 0 {
		rows = []Row{ok(checkPolicies, "none denies the stack's resources by type, region or tags")}
	}
	return rows
}

// policyScope returns where the resources will be: an existing group, or the subscription.
func (c *Checker) policyScope() string {
	if c.Plan.Group.Existing && c.Plan.Group.Name != "" {
		return c.subscriptionScope() + "/resourceGroups/" + c.Plan.Group.Name
	}
	return c.subscriptionScope()
}

// policyType returns a resource type as policies write it: that of resource groups differs.
func policyType(t string) string {
	if t == typeGroup {
		return "Microsoft.Resources/subscriptions/resourceGroups"
	}
	return t
}
