package stacks

import (
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Program is what of the whole a stack deploys.
type Program string

const (
	// ProgramAll deploys cluster, webhook, vault and workloads in one graph.
	ProgramAll Program = "all"
	// ProgramPlatform deploys cluster, webhook and vault.
	ProgramPlatform Program = "platform"
	// ProgramWorkloads deploys workloads on platforms of other stacks.
	ProgramWorkloads Program = "workloads"
)

var _ = arguments.Enum(ProgramAll, ProgramPlatform, ProgramWorkloads)

// Config is the configuration of one stack: the keys of the project's namespace in
// `Pulumi.<stack>.yaml`. Keys that are not a field of these structs, and values of another type,
// are refused.
type Config struct {
	// Program says what of the whole this stack deploys: all deploys everything; platform the
	// cluster, the webhook and the vault, for workloads in other stacks; workloads the workloads,
	// on the clusters that platforms names. Default: all.
	Program Program `config:"program"`
	// Cloud is the Azure cloud: AzurePublicCloud, AzureUSGovernment or AzureChinaCloud. It decides
	// the webhook's environment, and so where pods exchange their token; outside the public cloud
	// the Azure providers' own `environment` settings must agree. Default: AzurePublicCloud.
	Cloud azure.Cloud `config:"cloud"`
	// Location is the Azure region of everything, in its short form such as "westeurope". Required.
	// Another one replaces everything.
	Location string `config:"location"`
	// ResourceGroup is where everything goes. Default: a new, autonamed one.
	ResourceGroup ResourceGroup `config:"resourceGroup"`
	// Tags go to every resource that Azure can tag: at most 50, or 15 with vault.secrets; names of
	// at most 512 characters, different without regard to case, and values of at most 256. Sources:
	// learn.microsoft.com, "Use tags to organize your Azure resources", "About Azure Key Vault
	// secrets". Default: none.
	Tags map[string]string `config:"tags"`
	// Cluster is the AKS cluster. Not for program workloads. Default: AKS's own version and one
	// pool of two nodes.
	Cluster Cluster `config:"cluster"`
	// Webhook says who runs the mutating webhook. Not for program workloads. Default: the AKS
	// add-on.
	Webhook Webhook `config:"webhook"`
	// Platforms are the clusters that workloads run on, by a name of your choice, for program
	// workloads only, and required there: 1 to 63 letters, digits, hyphens and underscores.
	// Default: none.
	Platforms map[string]Platform `config:"platforms"`
	// Vault is a Key Vault for the workloads' secrets. Default: none.
	Vault *Vault `config:"vault"`
	// Namespaces are settings of namespaces that the stack creates for its workloads, by name.
	// Default: none.
	Namespaces map[string]Namespace `config:"namespaces"`
	// Workloads are the identities and what may use them, by name: 1 to 63 letters, digits, hyphens
	// and underscores. Not for program platform. Default: none.
	Workloads map[string]Workload `config:"workloads"`
}

// SetDefaults sets the defaults of the receiver's own fields. Optional text has none: it is empty
// where the file does not give it, and stands for the default of the component, of Pulumi or of
// Azure that the field's comment names.
func (c *Config) SetDefaults() { c.Program, c.Cloud = ProgramAll, azure.PublicCloud }
