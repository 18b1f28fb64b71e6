// Package grants is the example of docs/grants.md: one workload with a grant of each kind.
package grants

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// issuer is that of a cluster in another program. For a cluster in the same one see
// workload.NewTarget.
const issuer = "https://westeurope.oic.prod-aks.azure.com/72f988bf-0000-4000-8000-00000000aaaa/11111111-0000-4000-8000-000000000001/"

// Program registers the workload; a main function runs it by pulumi.Run(grants.Program).
func Program(ctx *pulumi.Context) error {
	data := pulumi.String("data")
	orders, err := workload.NewFederatedWorkload(ctx, "orders", &workload.FederatedWorkloadArgs{
		ResourceGroupName: pulumi.String("apps"),
		ServiceAccount:    &workload.ServiceAccountArgs{Namespace: "shop"},
		Federations:       []workload.FederationArgs{{Key: "main", Issuer: pulumi.String(issuer)}},
		Grants: []workload.GrantArgs{
			{
				// A preset, on an existing resource by name.
				Preset: workload.ReadSecrets, ScopeKey: "vault",
				Resource: &workload.ResourceArgs{Kind: workload.VaultResource, Name: pulumi.String("kv-shop"), ResourceGroupName: data},
			},
			{
				// A built-in role, limited by a condition.
				Role: "Storage Blob Data Reader", ScopeKey: "blobs",
				Resource: &workload.ResourceArgs{Kind: workload.StorageAccountResource, Name: pulumi.String("shopdata"), ResourceGroupName: data},
				Condition: pulumi.String("((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR " +
					"(@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'orders'))"),
			},
			{
				// A custom role. Its name must be unique in the tenant, so it contains the stack's.
				CustomRole: &workload.CustomRoleArgs{
					Name:    "Orders resumes its database (" + ctx.Stack() + ")",
					Actions: []string{"Microsoft.Sql/servers/databases/read", "Microsoft.Sql/servers/databases/resume/action"},
				},
				ScopeKey: "data",
				Resource: &workload.ResourceArgs{Kind: workload.ResourceGroupResource, Name: data},
			},
		},
		SqlUsers: []workload.SqlUserArgs{{Key: "orders", Database: "orders", Roles: []string{"db_datareader", "db_datawriter"}}},
	})
	if err != nil {
		return err
	}
	// sqlcmd -S sql-shop.database.windows.net -d orders -G -b -Q "$(pulumi stack output sqlScript)"
	ctx.Export("sqlScript", orders.SqlScripts.MapIndex(pulumi.String("orders")))
	return nil
}
