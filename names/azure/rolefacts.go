package azure

// privilegedRoles are the built-in roles that a workload should hardly ever hold, with what they
// allow. Source: "Azure built-in roles", as for builtInRoles; learn.microsoft.com, "Best practices
// for Azure RBAC" calls them privileged administrator roles.
var privilegedRoles = map[string]string{
	"Owner":                     "manages everything there and gives roles to anybody",
	"Contributor":               "manages everything there",
	"User Access Administrator": "gives roles to anybody, itself included",
	"Role Based Access Control Administrator": "gives roles to anybody, itself included",
}

// Privileged returns in a few words why the role is more than a workload should have, or "".
func (r Role) Privileged() string { return privilegedRoles[r.Name] }

// vaultDataRoles are the built-in roles with data actions on vaults. Azure ignores them on a vault
// that uses access policies. Source: learn.microsoft.com, "Provide access to Key Vault keys,
// certificates, and secrets with Azure RBAC".
var vaultDataRoles = map[string]bool{
	"Key Vault Administrator":                  true,
	"Key Vault Certificate User":               true,
	"Key Vault Certificates Officer":           true,
	"Key Vault Crypto Officer":                 true,
	"Key Vault Crypto Service Encryption User": true,
	"Key Vault Crypto User":                    true,
	"Key Vault Reader":                         true,
	"Key Vault Secrets Officer":                true,
	"Key Vault Secrets User":                   true,
}

// VaultData reports whether the role is about what a Key Vault holds.
func (r Role) VaultData() bool { return vaultDataRoles[r.Name] }

// ActionReadSecret is the data action that reads a secret's value. Source: learn.microsoft.com,
// "Azure permissions for Security".
const ActionReadSecret = "Microsoft.KeyVault/vaults/secrets/getSecret/action"

// secretReaders are the built-in roles with ActionReadSecret. A certificate's private key is read
// as a secret, and so the certificate's reader may read all. Source: as for vaultDataRoles.
var secretReaders = map[string]bool{
	"Key Vault Administrator":    true,
	"Key Vault Certificate User": true,
	"Key Vault Secrets Officer":  true,
	"Key Vault Secrets User":     true,
}

// ReadsSecrets reports whether the role reads the values of a vault's secrets. A role that the
// table does not have gets the benefit of the doubt.
func (r Role) ReadsSecrets() bool { return r.Name == "" || secretReaders[r.Name] }

// controlPlaneRoles are the built-in roles of the table that have no data actions and give no
// roles. Azure evaluates conditions for some data actions (blobs, queues, registries, …) and for
// giving roles; on these roles no condition can limit anything. Sources: "Azure built-in roles", as
// for builtInRoles; learn.microsoft.com, "What is Azure attribute-based access control", where can
// conditions be added.
var controlPlaneRoles = map[string]bool{
	"AcrDelete":                      true,
	"AcrPull":                        true,
	"AcrPush":                        true,
	"Contributor":                    true,
	"Cosmos DB Account Reader Role":  true,
	"Cosmos DB Operator":             true,
	"DNS Zone Contributor":           true,
	"DocumentDB Account Contributor": true,
	"Azure Kubernetes Service Cluster Admin Role":      true,
	"Azure Kubernetes Service Cluster Monitoring User": true,
	"Azure Kubernetes Service Cluster User Role":       true,
	"Azure Kubernetes Service Contributor Role":        true,
	"Key Vault Contributor":                            true,
	"Log Analytics Contributor":                        true,
	"Log Analytics Reader":                             true,
	"Managed Identity Contributor":                     true,
	"Managed Identity Operator":                        true,
	"Monitoring Contributor":                           true,
	"Monitoring Reader":                                true,
	"Network Contributor":                              true,
	"Private DNS Zone Contributor":                     true,
	"Reader":                                           true,
	"Reader and Data Access":                           true,
	"Redis Cache Contributor":                          true,
	"SQL DB Contributor":                               true,
	"SQL Server Contributor":                           true,
	"Storage Account Contributor":                      true,
	"Storage Account Key Operator Service Role":        true,
	"Storage Blob Delegator":                           true,
}

// Conditional reports whether a condition on the role can have an effect. A role that the table
// does not have gets the benefit of the doubt.
func (r Role) Conditional() bool { return !controlPlaneRoles[r.Name] }
