package workload

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// Presets of GrantArgs: usual needs by name, each with the smallest built-in role
// that meets it.
const (
	// ReadSecrets reads the values of secrets of a Key Vault.
	ReadSecrets = "readSecrets"
	// ManageSecrets reads, writes and deletes secrets.
	ManageSecrets = "manageSecrets"
	// UseKeys encrypts, signs and wraps with keys of a Key Vault.
	UseKeys = "useKeys"
	// ReadCertificates reads certificates with their private keys.
	ReadCertificates = "readCertificates"
	// ReadBlobs reads and lists blobs.
	ReadBlobs = "readBlobs"
	// WriteBlobs reads, writes and deletes blobs.
	WriteBlobs = "writeBlobs"
	// SendQueueMessages adds messages to storage queues.
	SendQueueMessages = "sendQueueMessages"
	// ProcessQueueMessages takes messages from storage queues.
	ProcessQueueMessages = "processQueueMessages"
	// ReadTables reads entities of storage tables.
	ReadTables = "readTables"
	// WriteTables reads, writes and deletes entities of storage tables.
	WriteTables = "writeTables"
	// SendServiceBusMessages sends to queues and topics of Service Bus.
	SendServiceBusMessages = "sendServiceBusMessages"
	// ReceiveServiceBusMessages receives from queues and subscriptions of Service
	// Bus.
	ReceiveServiceBusMessages = "receiveServiceBusMessages"
	// SendEvents sends to Event Hubs.
	SendEvents = "sendEvents"
	// ReceiveEvents receives from Event Hubs.
	ReceiveEvents = "receiveEvents"
	// PublishEventGrid publishes events to Event Grid.
	PublishEventGrid = "publishEventGrid"
	// PullImages pulls from a container registry.
	PullImages = "pullImages"
	// PushImages pulls from and pushes to a container registry.
	PushImages = "pushImages"
	// ReadAppConfiguration reads keys and values of App Configuration.
	ReadAppConfiguration = "readAppConfiguration"
	// UseOpenAi calls models of Azure OpenAI.
	UseOpenAi = "useOpenAi"
	// PublishMetrics writes custom metrics, or through a data collection rule.
	PublishMetrics = "publishMetrics"
	// ReadLogs queries a Log Analytics workspace.
	ReadLogs = "readLogs"
	// ReadCluster sees a managed cluster in Azure, without access to its API.
	ReadCluster = "readCluster"
	// ListRoleAssignments sees who holds which role, and nothing else. No built-in
	// role has just that, so that it is a custom role.
	ListRoleAssignments = "listRoleAssignments"
)

// preset is what a preset stands for.
type preset struct {
	name string
	// does completes "the workload …".
	does string
	// role is a built-in role; empty where actions make a custom role.
	role    string
	actions []string
	// types are the resource types on which it makes sense, with their children;
	// none stands for all. A resource group and wider scopes always fit.
	types []string
}

// presets is the table, in the order of the documentation. The data actions behind
// each role are in "Azure built-in roles" (see package names), the resource types
// in the service's own document about roles.
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
	{name: ReadAppConfiguration, does: "reads keys and values", role: "App Configuration Data Reader", types: []string{"Microsoft.AppConfiguration/configurationStores"}},
	{name: UseOpenAi, does: "calls models", role: "Cognitive Services OpenAI User", types: []string{"Microsoft.CognitiveServices/accounts"}},
	{name: PublishMetrics, does: "writes metrics", role: "Monitoring Metrics Publisher"},
	{name: ReadLogs, does: "queries logs", role: "Log Analytics Reader", types: []string{azure.TypeWorkspace}},
	{name: ReadCluster, does: "sees the cluster in Azure, without its API", role: "Reader", types: []string{azure.TypeManagedCluster}},
	{name: ListRoleAssignments, does: "sees who holds which role", actions: []string{"Microsoft.Authorization/roleAssignments/read"}},
}

// Presets lists the presets of GrantArgs.
func Presets() []string {
	list := make([]string, len(presets))
	for i, p := range presets {
		list[i] = p.name
	}
	return list
}

// PresetRole is the built-in role behind a preset. It is empty for a preset that
// defines a role of its own, which is ListRoleAssignments, and for an unknown one.
func PresetRole(name string) string {
	p, err := presetOf(name)
	if err != nil {
		return ""
	}
	return p.role
}

func presetOf(name string) (*preset, error) {
	for i := range presets {
		if presets[i].name == name {
			return &presets[i], nil
		}
	}
	return nil, problem.New(fmt.Sprintf("%q is not a preset", name), fmt.Sprintf("did you mean %q? There are %s", suggest.Closest(name, Presets(), 1)[0], strings.Join(Presets(), ", ")))
}

// fits checks that the preset makes sense on a scope. What contains resources
// always may contain the right ones.
func (p *preset) fits(scope azure.Scope) error {
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
