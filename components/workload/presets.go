package workload

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// Preset is the name of a common need. Its role is the smallest that meets the need.
type Preset string

// The presets.
const (
	// ReadSecrets reads the values of secrets of a Key Vault.
	ReadSecrets Preset = "readSecrets"
	// ManageSecrets reads, writes and deletes secrets.
	ManageSecrets Preset = "manageSecrets"
	// UseKeys encrypts, signs and wraps with keys of a Key Vault.
	UseKeys Preset = "useKeys"
	// ReadCertificates reads certificates with their private keys.
	ReadCertificates Preset = "readCertificates"
	// ReadBlobs reads and lists blobs.
	ReadBlobs Preset = "readBlobs"
	// WriteBlobs reads, writes and deletes blobs.
	WriteBlobs Preset = "writeBlobs"
	// SendQueueMessages adds messages to storage queues.
	SendQueueMessages Preset = "sendQueueMessages"
	// ProcessQueueMessages takes messages from storage queues.
	ProcessQueueMessages Preset = "processQueueMessages"
	// ReadTables reads entities of storage tables.
	ReadTables Preset = "readTables"
	// WriteTables reads, writes and deletes entities of storage tables.
	WriteTables Preset = "writeTables"
	// SendServiceBusMessages sends to queues and topics of Service Bus.
	SendServiceBusMessages Preset = "sendServiceBusMessages"
	// ReceiveServiceBusMessages receives from queues and subscriptions of Service Bus.
	ReceiveServiceBusMessages Preset = "receiveServiceBusMessages"
	// SendEvents sends to Event Hubs.
	SendEvents Preset = "sendEvents"
	// ReceiveEvents receives from Event Hubs.
	ReceiveEvents Preset = "receiveEvents"
	// PublishEventGrid publishes events to Event Grid.
	PublishEventGrid Preset = "publishEventGrid"
	// PullImages pulls from a container registry. It has no effect on one in ABAC mode (see
	// PullRepositories).
	PullImages Preset = "pullImages"
	// PushImages pulls from and pushes to a container registry. It has no effect on one in ABAC
	// mode (see PushRepositories).
	PushImages Preset = "pushImages"
	// PullRepositories pulls from a container registry in ABAC mode (roleAssignmentMode
	// AbacRepositoryPermissions), from all of its repositories unless a condition limits it. The
	// azure-native provider cannot read the mode: "az acr show --query roleAssignmentMode" does.
	PullRepositories Preset = "pullRepositories"
	// PushRepositories pulls from and pushes to a container registry in ABAC mode.
	PushRepositories Preset = "pushRepositories"
	// ReadAppConfiguration reads keys and values of App Configuration.
	ReadAppConfiguration Preset = "readAppConfiguration"
	// UseOpenAi calls models of Azure OpenAI.
	UseOpenAi Preset = "useOpenAi"
	// PublishMetrics writes custom metrics, or through a data collection rule.
	PublishMetrics Preset = "publishMetrics"
	// ReadLogs queries a Log Analytics workspace.
	ReadLogs Preset = "readLogs"
	// ReadCluster reads a managed cluster in Azure, without access to its API.
	ReadCluster Preset = "readCluster"
	// ListRoleAssignments reads role assignments, and nothing else. No built-in role has only that
	// action, so a custom role is defined.
	ListRoleAssignments Preset = "listRoleAssignments"
)

// preset describes a Preset.
type preset struct {
	name Preset
	// does completes "the workload …".
	does string
	// role is a built-in role; empty where actions make a custom role.
	role    string
	actions []string
	// types are the resource types on which the role has an effect, with their children; nil means
	// all. Resource groups and wider scopes are always accepted.
	types []string
}

// presets is the table, in the order of the documentation. The data actions behind each role are in
// "Azure built-in roles" (see package azure), the resource types in the service's document about
// roles.
var presets = []preset{
	{name: ReadSecrets, does: "reads secrets", role: "Key Vault Secrets User", types: []string{azure.TypeVault}},
	{name: ManageSecrets, does: "reads, writes and deletes secrets", role: "Key Vault Secrets Officer", types: []string{azure.TypeVault}},
	{name: UseKeys, does: "encrypts, signs and wraps with keys", role: "Key Vault Crypto User", types: []string{azure.TypeVault}},
	{name: ReadCertificates, does: "reads certificates with their private keys", role: "Key Vault Certificate User", types: []string{azure.TypeVault}},
	{name: ReadBlobs, does: "reads and lists blobs", role: "Storage Blob Data Reader", types: []string{azure.TypeStorageAccount}},
	{name: WriteBlobs, does: "reads, writes and deletes blobs", role: "Storage Blob Data Contributor", types: []string{azure.TypeStorageAccount}},
	{name: SendQueueMessages, does: "adds messages to queues", role: "Storage Queue Data Message Sender", types: []string{azure.TypeStorageAccount}},
	{name: ProcessQueueMessages, does: "takes messages from queues", role: "Storage Queue Data Message Processor", types: []string{azure.TypeStorageAccount}},
	{name: ReadTables, does: "reads table entities", role: "Storage Table Data Reader", types: []string{azure.TypeStorageAccount}},
	{name: WriteTables, does: "reads, writes and deletes table entities", role: "Storage Table Data Contributor", types: []string{azure.TypeStorageAccount}},
	{name: SendServiceBusMessages, does: "sends messages", role: "Azure Service Bus Data Sender", types: []string{"Microsoft.ServiceBus/namespaces"}},
	{name: ReceiveServiceBusMessages, does: "receives messages", role: "Azure Service Bus Data Receiver", types: []string{"Microsoft.ServiceBus/namespaces"}},
	{name: SendEvents, does: "sends events", role: "Azure Event Hubs Data Sender", types: []string{"Microsoft.EventHub/namespaces"}},
	{name: ReceiveEvents, does: "receives events", role: "Azure Event Hubs Data Receiver", types: []string{"Microsoft.EventHub/namespaces"}},
	{name: PublishEventGrid, does: "publishes events", role: "EventGrid Data Sender", types: []string{"Microsoft.EventGrid/topics", "Microsoft.EventGrid/domains", "Microsoft.EventGrid/namespaces", "Microsoft.EventGrid/partnerNamespaces"}},
	{name: PullImages, does: "pulls images", role: "AcrPull", types: []string{azure.TypeContainerRegistry}},
	{name: PushImages, does: "pulls and pushes images", role: "AcrPush", types: []string{azure.TypeContainerRegistry}},
	{name: PullRepositories, does: "pulls images of a registry in ABAC mode", role: "Container Registry Repository Reader", types: []string{azure.TypeContainerRegistry}},
	{name: PushRepositories, does: "pulls and pushes images of a registry in ABAC mode", role: "Container Registry Repository Writer", types: []string{azure.TypeContainerRegistry}},
	{name: ReadAppConfiguration, does: "reads keys and values", role: "App Configuration Data Reader", types: []string{"Microsoft.AppConfiguration/configurationStores"}},
	{name: UseOpenAi, does: "calls models", role: "Cognitive Services OpenAI User", types: []string{"Microsoft.CognitiveServices/accounts"}},
	{name: PublishMetrics, does: "writes metrics", role: "Monitoring Metrics Publisher"},
	{name: ReadLogs, does: "queries logs", role: "Log Analytics Reader", types: []string{azure.TypeWorkspace}},
	{name: ReadCluster, does: "sees the cluster in Azure, without its API", role: "Reader", types: []string{azure.TypeManagedCluster}},
	{name: ListRoleAssignments, does: "sees who holds which role", actions: []string{"Microsoft.Authorization/roleAssignments/read"}},
}

var presetNames = arguments.Enum(namesOf(presets)...)

// namesOf returns the names of presets.
func namesOf(list []preset) []Preset {
	all := make([]Preset, len(list))
	for i, p := range list {
		all[i] = p.name
	}
	return all
}

// BuiltInRole returns the name of the built-in role behind a preset, or "" for one that defines a
// custom role, as ListRoleAssignments does, and for a preset that does not exist.
func (p Preset) BuiltInRole() string {
	found, err := p.find()
	if err != nil {
		return ""
	}
	return found.role
}

// find returns the description of a preset.
func (p Preset) find() (*preset, error) {
	for i := range presets {
		if presets[i].name == p {
			return &presets[i], nil
		}
	}
	all := texts(presetNames)
	return nil, problem.New(fmt.Sprintf("%q is not a preset", p), fmt.Sprintf("did you mean %q? There are %s", suggest.Closest(string(p), all, 1)[0], strings.Join(all, ", ")))
}

// role returns the role that a preset gives.
func (p Preset) role() (grantRole, error) {
	found, err := p.find()
	if err != nil {
		return grantRole{}, err
	}
	if found.role == "" {
		return grantRole{preset: found, custom: &CustomRoleArgs{Actions: found.actions}}, nil
	}
	role, err := azure.LookupRole(found.role)
	return grantRole{preset: found, role: role}, err
}

// checkScope returns an error if the preset has no effect on a scope. Resource groups and wider
// scopes may contain resources of the right type.
func (p *preset) checkScope(scope azure.Scope) error {
	if scope.Kind != azure.ScopeResource || len(p.types) == 0 {
		return nil
	}
	for _, typ := range p.types {
		if azure.ScopeWithin(scope.Type, typ) {
			return nil
		}
	}
	return problem.New(fmt.Sprintf("preset %q is for %s, not for %s", p.name, strings.Join(p.types, ", "), scope.Type), "it would have no effect there")
}

// roleName returns the display name of the custom role behind a preset. It must be unique in the
// tenant, so that it names project, stack, component and scope.
func (p *preset) roleName(project, stack, workload, scopeKey string) string {
	text := fmt.Sprintf("%s (%s/%s, %s, %s)", p.name, project, stack, workload, scopeKey)
	if runes := []rune(text); len(runes) > azure.MaxRoleName {
		hashed := azure.RoleSlug(text)
		return string(runes[:azure.MaxRoleName-len(hashed)]) + hashed
	}
	return text
}

// kebab turns camelCase into kebab-case.
func kebab(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
