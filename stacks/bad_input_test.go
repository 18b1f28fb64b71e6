package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// workloadYAML returns a stack file with one workload "app" in namespace demo and these further
// settings of it.
func workloadYAML(settings string) string {
	return minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, " + settings + "}}\n")
}

// sectionYAML returns a stack file with one more section.
func sectionYAML(name, value string) string {
	return minimal("  aks-workload-identity:" + name + ": " + value + "\n")
}

// onPlatform returns a stack file of workloads on one platform, and more under it.
func onPlatform(more string) string {
	return minimal("  aks-workload-identity:program: workloads\n  aks-workload-identity:platforms: {main: {stack: o/p/main}}\n" + more)
}

// federationsYAML returns a list of n different federations.
func federationsYAML(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{serviceAccount: a%d}, ", i)
	}
	return "[" + b.String() + "]"
}

// tagsYAML returns a mapping of n tags.
func tagsYAML(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "t%d: v, ", i)
	}
	return "{" + b.String() + "}"
}

const (
	vaultYAML   = "  aks-workload-identity:vault: {plainTextSecrets: true, secrets: {greeting: hello}}\n"
	readerGrant = "grants: [{role: Key Vault Secrets User, scope: vault}]"
	identityID  = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app"
)

// badInput is everything that a user may get wrong: the file, the key that the error must name, and
// what it must say, remedy included.
var badInput = map[string]struct {
	yaml string
	key  string
	says []string
}{
	// Keys.
	"MisspeltTopLevelKey":   {sectionYAML("worklaods", "{}"), "worklaods", []string{"not a known key", `did you mean "workloads"?`}},
	"UnknownTopLevelKey":    {sectionYAML("region", "eu"), "region", []string{"not a known key", "use one of: cloud, cluster, location"}},
	"MisspeltNamespace":     {minimal("  projct:vault: {}\n"), "", []string{"projct:vault", "no known namespace", `did you mean "project:vault"?`}},
	"MisspeltNestedKey":     {sectionYAML("cluster", "{kubernetesVerison: \"1.4\"}"), "cluster.kubernetesVerison", []string{`did you mean "kubernetesVersion"?`}},
	"MisspeltKeyInMapping":  {workloadYAML("grant: []"), "workloads.app.grant", []string{`did you mean "grants"?`}},
	"MisspeltKeyInList":     {workloadYAML("grants: [{rolle: Reader, scope: cluster}]"), "workloads.app.grants[0].rolle", []string{`did you mean "role"?`}},
	"KeyOfAnotherSection":   {sectionYAML("webhook", "{replicas: 3}"), "webhook.replicas", []string{"not a known key", "use one of: chart, mode"}},
	"MissingLocation":       {"config: {}\n", "location", []string{"is required", "pulumi config set location westeurope"}},
	"EmptyText":             {sectionYAML("cluster", "{dnsPrefix: \"\"}"), "cluster.dnsPrefix", []string{"is empty", "remove the key"}},
	"NoValue":               {workloadYAML("identity: null"), "workloads.app.identity", []string{"has no value", "remove the key"}},
	"NoValueInChartValues":  {sectionYAML("webhook", "{mode: chart, chart: {values: {podDisruptionBudget: {minAvailable: null, maxUnavailable: 1}}}}"), "webhook.chart.values.podDisruptionBudget.minAvailable", []string{"has no value"}},
	"NoValueInAList":        {sectionYAML("webhook", "{mode: chart, chart: {values: {tolerations: [null]}}}"), "webhook.chart.values.tolerations[0]", []string{"has no value"}},
	"SectionWithoutValue":   {minimal("  aks-workload-identity:workloads: {app: null}\n"), "workloads.app", []string{"has no value"}},
	"EncryptedOutsideVault": {workloadYAML("enabled: true"), "workloads", []string{"encrypted value", "vault.secrets"}},

	// Types.
	"VersionWithoutQuotes":    {sectionYAML("cluster", "{kubernetesVersion: 1.40}"), "cluster.kubernetesVersion", []string{"must be text, not the number 1.4", "quotes"}},
	"TextForNumber":           {sectionYAML("cluster", "{systemPool: {count: \"2\"}}"), "cluster.systemPool.count", []string{"must be a whole number", "without quotes"}},
	"WordForNumber":           {sectionYAML("cluster", "{systemPool: {count: two}}"), "cluster.systemPool.count", []string{`not the text "two"`, "write a whole number"}},
	"FractionForNumber":       {sectionYAML("cluster", "{systemPool: {count: 1.5}}"), "cluster.systemPool.count", []string{"not the number 1.5", "without fraction"}},
	"DurationForSeconds":      {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, tokenExpirationSeconds: 1h}}}\n"), "workloads.app.serviceAccount.tokenExpirationSeconds", []string{`not the text "1h"`}},
	"TextForBool":             {workloadYAML("enabled: \"false\""), "workloads.app.enabled", []string{"must be true or false", "without quotes"}},
	"NumberForBool":           {workloadYAML("enabled: 0"), "workloads.app.enabled", []string{"not the number 0"}},
	"ScalarForSection":        {sectionYAML("cluster", "big"), "cluster", []string{`must be a mapping, not the text "big"`, "keys: addons, apiServer"}},
	"NumberForSection":        {sectionYAML("workloads", "3"), "workloads", []string{"must be a mapping, not the number 3"}},
	"ListForMapping":          {sectionYAML("workloads", "[app]"), "workloads", []string{"must be a mapping, not a list"}},
	"MappingForList":          {workloadYAML("secrets: {a: b}"), "workloads.app.secrets", []string{"must be a list, not a mapping", `"- value"`}},
	"ListForText":             {sectionYAML("resourceGroup", "{name: [a]}"), "resourceGroup.name", []string{"must be text, not a list"}},
	"NumberForTag":            {sectionYAML("tags", "{cost: 4711}"), "tags.cost", []string{"must be text, not the number 4711", `("4711")`}},
	"NumberForSecretUnquoted": {sectionYAML("vault", "{plainTextSecrets: true, secrets: {pin: 4711}}"), "vault.secrets.pin", []string{"must be text"}},

	// Combinations.
	"AddonWithChart":            {sectionYAML("webhook", "{mode: addon, chart: {replicas: 3}}"), "webhook.chart", []string{"mode is addon", "cannot stand side by side"}},
	"DefaultAddonWithChart":     {sectionYAML("webhook", "{chart: {}}"), "webhook.chart", []string{"mode is addon", "set mode to chart"}},
	"NoWebhookWithChart":        {sectionYAML("webhook", "{mode: none, chart: {}}"), "webhook.chart", []string{"mode is none"}},
	"UnknownMode":               {sectionYAML("webhook", "{mode: charts}"), "webhook.mode", []string{`did you mean "chart"?`, "addon, chart, none"}},
	"ProvidersOfAnotherCloud":   {"config: {aks-workload-identity:cloud: AzureUSGovernment, aks-workload-identity:location: usgovvirginia}\n", "cloud", []string{`azure-native is set to "public"`, "pulumi config set azure-native:environment usgovernment"}},
	"CloudOfAnotherProvider":    {minimal("  azure-native:environment: china\n"), "cloud", []string{`azure-native is set to "china"`, "environment public"}},
	"RegionOfAnotherCloud":      {"config: {aks-workload-identity:location: chinanorth3}\n", "location", []string{"a region of AzureChinaCloud", "cloud is AzurePublicCloud"}},
	"UnknownCloudOfAll":         {minimal("  aks-workload-identity:cloud: Azure\n  aks-workload-identity:webhook: {mode: chart}\n  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}}}\n"), "cloud", []string{`"Azure" is not allowed`}},
	"UnknownCloud":              {sectionYAML("cloud", "Azure"), "cloud", []string{`"Azure" is not allowed`, `use one of AzurePublicCloud`}},
	"ExistingGroupWithoutName":  {sectionYAML("resourceGroup", "{existing: true}"), "resourceGroup.name", []string{"required with existing: true"}},
	"RepositoryForLocalChart":   {sectionYAML("webhook", "{mode: chart, chart: {chart: ./chart, repository: \"https://example.com/\"}}"), "webhook.chart.repository", []string{`exclude each other`}},
	"MinWithoutMax":             {sectionYAML("cluster", "{systemPool: {minCount: 1}}"), "cluster.systemPool.minCount", []string{`give both`}},
	"MinAboveMax":               {sectionYAML("cluster", "{systemPool: {minCount: 3, maxCount: 2}}"), "cluster.systemPool.minCount", []string{"above maxCount 2"}},
	"CountOutsideScale":         {sectionYAML("cluster", "{systemPool: {count: 9, minCount: 1, maxCount: 3}}"), "cluster.systemPool.count", []string{`count 9 is not between minCount and maxCount`}},
	"WindowsSystemPool":         {sectionYAML("cluster", "{network: {dataplane: azure, policy: azure}, nodePools: [{name: win, osType: Windows, mode: System}]}"), "cluster.nodePools[0].mode", []string{`Windows`}},
	"TwoPoolsOfOneName":         {sectionYAML("cluster", "{nodePools: [{name: system}]}"), "cluster.nodePools[0].name", []string{`the system pool is called "system" already`}},
	"ValueForExists":            {sectionYAML("webhook", "{mode: chart, chart: {tolerations: [{operator: Exists, value: x}]}}"), "webhook.chart.tolerations[0].value", []string{`takes no value`, `remove it`}},
	"IdForNewIdentity":          {workloadYAML("identity: {id: " + identityID + "}"), "workloads.app.identity.id", []string{`existingUserAssigned`, `leave it out`}},
	"ExistingIdentityWithoutId": {workloadYAML("identity: {kind: existingUserAssigned}"), "workloads.app.identity.id", []string{`resource id of the existing user-assigned identity is required`}},
	"NameForExistingIdentity":   {workloadYAML("identity: {kind: existingUserAssigned, name: app, id: " + identityID + "}"), "workloads.app.identity.name", []string{`an existing identity has its name`, `leave it out`}},
	"IssuerWithoutKey":          {workloadYAML("federations: [{issuer: \"https://example.com/\"}]"), "workloads.app.federations[0].key", []string{"short name"}},
	"KeyWithoutIssuer":          {workloadYAML("federations: [{key: other}]"), "workloads.app.federations[0].key", []string{"without an issuer"}},
	"KeyOfThisCluster":          {workloadYAML("federations: [{}, {issuer: \"https://example.com/\", key: " + clusterKey(pulumitest.Stack) + "}]"), "workloads.app.federations[1].key", []string{`is "test", the key of this stack's own cluster`, "another short name", "remove issuer and key"}},
	"PlainTextSecrets":          {sectionYAML("vault", "{secrets: {a: b}}"), "vault.secrets", []string{"plain text", "pulumi config set --secret --path 'vault.secrets.NAME'", "vault.plainTextSecrets: true"}},

	// Limits and names.
	"ExpirationTooShort":      {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, tokenExpirationSeconds: 3599}}}\n"), "workloads.app.serviceAccount.tokenExpirationSeconds", []string{"3599 is outside 3600 to 86400 seconds", "use 3600 to 86400"}},
	"ExpirationTooLong":       {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, tokenExpirationSeconds: 86401}}}\n"), "workloads.app.serviceAccount.tokenExpirationSeconds", []string{"86401 is outside 3600 to 86400 seconds", "use 3600 to 86400"}},
	"IllegalNamespace":        {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: Demo}}}\n"), "workloads.app.serviceAccount.namespace", []string{`"Demo"`, "lower-case"}},
	"WildcardNamespace":       {workloadYAML("federations: [{namespace: \"*\"}]"), "workloads.app.federations[0].namespace", []string{"wildcard", "name every namespace"}},
	"NoNamespace":             {minimal("  aks-workload-identity:workloads: {app: {}}\n"), "workloads.app.serviceAccount.namespace", []string{"is required"}},
	"NoNamespaceInFederation": {minimal("  aks-workload-identity:workloads: {app: {federations: [{}]}}\n"), "workloads.app.federations[0].namespace", []string{"is required", "serviceAccount.namespace"}},
	"IllegalServiceAccount":   {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, name: my_app}}}\n"), "workloads.app.serviceAccount.name", []string{`"my_app"`, "lower-case"}},
	"DefaultServiceAccount":   {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, name: default}}}\n"), "workloads.app.serviceAccount.name", []string{"every pod", "allowDefault"}},
	"WorkloadIsNoAccountName": {minimal("  aks-workload-identity:workloads: {My_App: {serviceAccount: {namespace: demo}}}\n"), "workloads.My_App.serviceAccount.name", []string{`workload's name "My_App"`, "give it a name"}},
	"IllegalWorkload":         {minimal("  aks-workload-identity:workloads: {\"my app\": {serviceAccount: {namespace: demo, name: app}}}\n"), `workloads["my app"]`, []string{"letters, digits, hyphens"}},
	"IllegalPool":             {sectionYAML("cluster", "{nodePools: [{name: my-pool}]}"), "cluster.nodePools[0].name", []string{`1 to 12 lower-case letters`}},
	"LongWindowsPool":         {sectionYAML("cluster", "{network: {dataplane: azure, policy: azure}, nodePools: [{name: windows, osType: Windows}]}"), "cluster.nodePools[0].name", []string{`1 to 6`}},
	"IllegalSystemPool":       {sectionYAML("cluster", "{systemPool: {name: System}}"), "cluster.systemPool.name", []string{"lower-case"}},
	"EmptySystemPool":         {sectionYAML("cluster", "{systemPool: {count: 0}}"), "cluster.systemPool.count", []string{`1`}},
	"UnknownPoolMode":         {sectionYAML("cluster", "{nodePools: [{name: a, mode: system}]}"), "cluster.nodePools[0].mode", []string{`did you mean "System"?`}},
	"UnknownOperatingSystem":  {sectionYAML("cluster", "{nodePools: [{name: a, osType: linux}]}"), "cluster.nodePools[0].osType", []string{`did you mean "Linux"?`}},
	"UnknownZone":             {sectionYAML("cluster", "{systemPool: {availabilityZones: [\"4\"]}}"), "cluster.systemPool.availabilityZones[0]", []string{"use one of 1, 2, 3"}},
	"IllegalTaint":            {sectionYAML("cluster", "{nodePools: [{name: a, nodeTaints: [gpu]}]}"), "cluster.nodePools[0].nodeTaints[0]", []string{`key=value:`}},
	"IllegalNodeLabel":        {sectionYAML("cluster", "{nodePools: [{name: a, nodeLabels: {a b: c}}]}"), `cluster.nodePools[0].nodeLabels["a b"]`, []string{`not allowed`}},
	"IllegalKubernetes":       {sectionYAML("cluster", "{kubernetesVersion: latest}"), "cluster.kubernetesVersion", []string{"major.minor"}},
	"IllegalDNSPrefix":        {sectionYAML("cluster", "{dnsPrefix: -a}"), "cluster.dnsPrefix", []string{"1 to 54"}},
	"IllegalNodeGroup":        {sectionYAML("cluster", "{nodeResourceGroup: nodes.}"), "cluster.nodeResourceGroup", []string{"not ending with a full stop"}},
	"LongNodeGroup":           {sectionYAML("cluster", "{nodeResourceGroup: "+strings.Repeat("n", 81)+"}"), "cluster.nodeResourceGroup", []string{"81 characters", "at most 80"}},
	"UnknownTier":             {sectionYAML("cluster", "{skuTier: Paid}"), "cluster.skuTier", []string{"Free, Standard, Premium"}},
	"LongFormOfLocation":      {"config: {aks-workload-identity:location: West Europe}\n", "location", []string{"short name", "westeurope"}},
	"IllegalGroup":            {sectionYAML("resourceGroup", "{name: a/b}"), "resourceGroup.name", []string{"1 to 90"}},
	"IllegalTag":              {sectionYAML("tags", "{a/b: c}"), "tags.a/b", []string{"without <"}},
	"TagsAlikeButForCase":     {sectionYAML("tags", "{Team: a, team: b}"), "tags.team", []string{`differs from "Team" only in case`, "Azure ignores", "remove or rename"}},
	"TooManyTags":             {sectionYAML("tags", tagsYAML(51)), "tags", []string{"has 51 tags", "at most 50"}},
	"TooManyTagsForSecrets":   {minimal(vaultYAML + "  aks-workload-identity:tags: " + tagsYAML(16) + "\n"), "tags", []string{"has 16 tags", "the vault's secrets", "at most 15", "remove project:vault.secrets"}},
	"IllegalVault":            {sectionYAML("vault", "{name: 1vault}"), "vault.name", []string{"3 to 24", "remove the key"}},
	"DoubleHyphenInVault":     {sectionYAML("vault", "{name: my--vault}"), "vault.name", []string{"single hyphens"}},
	"UnknownVaultTier":        {sectionYAML("vault", "{sku: basic}"), "vault.sku", []string{`"basic" is not allowed`, `standard, premium`}},
	"SoftDeleteTooShort":      {sectionYAML("vault", "{softDeleteRetentionDays: 6}"), "vault.softDeleteRetentionDays", []string{`6 is outside 7 to 90 days`, `use 7 to 90`}},
	"IllegalSecretName":       {sectionYAML("vault", "{plainTextSecrets: true, secrets: {my_secret: a}}"), "vault.secrets.my_secret", []string{"letters, digits and hyphens"}},
	"SecretsAlikeButForCase":  {sectionYAML("vault", "{plainTextSecrets: true, secrets: {Greeting: a, greeting: b}}"), "vault.secrets.greeting", []string{`differs from "Greeting" only in case`, "Key Vault ignores", "remove or rename"}},
	"EmptySecret":             {sectionYAML("vault", "{plainTextSecrets: true, secrets: {a: \"\"}}"), "vault.secrets.a", []string{"has 0 bytes"}},
	"LongSecret":              {sectionYAML("vault", "{plainTextSecrets: true, secrets: {a: "+strings.Repeat("x", 25601)+"}}"), "vault.secrets.a", []string{"has 25601 bytes", "25600"}},
	"NoWebhookPods":           {sectionYAML("webhook", "{mode: chart, chart: {replicas: 0}}"), "webhook.chart.replicas", []string{`0 is below 1`, `use 1 or more`}},
	"ChartInKubeSystem":       {sectionYAML("webhook", "{mode: chart, chart: {namespace: kube-system}}"), "webhook.chart.namespace", []string{`place of AKS's add-on`, `leave namespace out`}},
	"FloatingChartVersion":    {sectionYAML("webhook", "{mode: chart, chart: {version: \"^1.6\"}}"), "webhook.chart.version", []string{`not a full version`, `pin the chart`}},
	"SchemeInRegistry":        {sectionYAML("webhook", "{mode: chart, chart: {imageRegistry: \"https://mirror/\"}}"), "webhook.chart.imageRegistry", []string{"without scheme"}},
	"RepositoryIsNoURL":       {sectionYAML("webhook", "{mode: chart, chart: {repository: charts}}"), "webhook.chart.repository", []string{`not the URL of a chart repository`, `oci://`}},
	"UnknownLogLevel":         {sectionYAML("webhook", "{mode: chart, chart: {logLevel: warn}}"), "webhook.chart.logLevel", []string{`"warn" is not allowed`, `warning, info, debug, trace, all`}},
	"NoTimeAtAll":             {sectionYAML("webhook", "{mode: chart, chart: {timeoutSeconds: 0}}"), "webhook.chart.timeoutSeconds", []string{"0 is below 1"}},
	"TolerationWithoutKey":    {sectionYAML("webhook", "{mode: chart, chart: {tolerations: [{value: x}]}}"), "webhook.chart.tolerations[0].key", []string{"use operator Exists"}},
	"UnknownEffect":           {sectionYAML("webhook", "{mode: chart, chart: {tolerations: [{key: a, effect: NoExec}]}}"), "webhook.chart.tolerations[0].effect", []string{"NoSchedule, PreferNoSchedule, NoExecute"}},
	"UnknownIdentityKind":     {workloadYAML("identity: {kind: userassigned}"), "workloads.app.identity.kind", []string{`did you mean "userAssigned"?`}},
	"IllegalIdentityName":     {workloadYAML("identity: {name: a}"), "workloads.app.identity.name", []string{"3 to 128"}},
	"LongApplicationName":     {workloadYAML("identity: {kind: application, name: " + strings.Repeat("x", 257) + "}"), "workloads.app.identity.name", []string{`1 to 256`}},
	"TooManyFederations":      {workloadYAML("federations: " + federationsYAML(21)), "workloads.app.federations", []string{`21 federations are enabled`, `at most 20`, `split the workload`}},
	"EmptyFederations":        {workloadYAML("federations: []"), "workloads.app.federations", []string{"empty list", "enabled: false"}},
	"TwoEqualFederations":     {workloadYAML("federations: [{}, {}]"), "workloads.app.federations[1]", []string{`federations[0] has the same key, namespace and service account`, `once per identity`}},
	"OneIssuerUnderTwoKeys":   {workloadYAML("federations: [{key: a, issuer: \"https://e.com/\"}, {key: b, issuer: \"https://e.com/\"}]"), "workloads.app.federations[1].issuer", []string{`federations[0] has the same issuer and subject`, `once per identity`}},
	"IssuerWithoutTLS":        {workloadYAML("federations: [{key: a, issuer: \"http://e.com/\"}]"), "workloads.app.federations[0].issuer", []string{"https"}},
	"IssuerWithoutSlash":      {workloadYAML("federations: [{key: a, issuer: \"https://westeurope.oic.prod-aks.azure.com/t/c\"}]"), "workloads.app.federations[0].issuer", []string{"trailing slash"}},
	"FormerNameWithKey":       {workloadYAML("federations: [{renamedFrom: test/demo/old}]"), "workloads.app.federations[0].renamedFrom", []string{`former name of a federation: "test/demo/old"`, "write namespace/service account"}},
	"FormerNameWithoutKey":    {workloadYAML("federations: [{issuer: \"https://e.com/\", key: a, renamedFrom: demo/old}]"), "workloads.app.federations[0].renamedFrom", []string{"write key/namespace/service account"}},
	"FormerNameIsItsOwn":      {workloadYAML("federations: [{renamedFrom: demo/app}]"), "workloads.app.federations[0].renamedFrom", []string{"leave it out"}},
	"AudienceWithSpace":       {workloadYAML("federations: [{audience: \"a b\"}]"), "workloads.app.federations[0].audience", []string{"audience"}},
	"LongDescription":         {workloadYAML("federations: [{description: " + strings.Repeat("x", 601) + "}]"), "workloads.app.federations[0].description", []string{"at most 600"}},
	"ReservedAnnotation":      {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, annotations: {azure.workload.identity/client-id: x}}}}\n"), "workloads.app.serviceAccount.annotations[\"azure.workload.identity/client-id\"]", []string{`the component writes azure.workload.identity/ annotations itself`}},
	"IllegalAnnotation":       {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, annotations: {a b: x}}}}\n"), `workloads.app.serviceAccount.annotations["a b"]`, []string{"1 to 63"}},
	"IllegalLabel":            {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, labels: {a/b/c: x}}}}\n"), "workloads.app.serviceAccount.labels.a/b/c", []string{"1 to 63"}},
	"PodLabelOnAccount":       {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, labels: {azure.workload.identity/use: \"true\"}}}}\n"), `workloads.app.serviceAccount.labels["azure.workload.identity/use"]`, []string{"belongs on the pod template"}},
	"IllegalLabelValue":       {minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo, labels: {team: \"a b\"}}}}\n"), "workloads.app.serviceAccount.labels.team", []string{"at most 63"}},

	// Grants and secrets.
	"UnknownRole":         {workloadYAML("grants: [{role: Key Vault Secret User, scope: resourceGroup}]"), "workloads.app.grants[0].role", []string{"unknown role", `"Key Vault Secrets User"`}},
	"NoRole":              {workloadYAML("grants: [{scope: resourceGroup}]"), "workloads.app.grants[0].role", []string{"role is required"}},
	"NoScope":             {workloadYAML("grants: [{role: Reader}]"), "workloads.app.grants[0].scope", []string{"is required", "vault, vault/SECRET, resourceGroup, cluster"}},
	"UnknownScope":        {workloadYAML("grants: [{role: Reader, scope: resourcegroup}]"), "workloads.app.grants[0].scope", []string{`did you mean "resourceGroup"?`}},
	"ScopeIsNoId":         {workloadYAML("grants: [{role: Reader, scope: /resourceGroups/a}]"), "workloads.app.grants[0].scope", []string{"/subscriptions/"}},
	"ScopeOfMissingVault": {workloadYAML("grants: [{role: Reader, scope: vault}]"), "workloads.app.grants[0].scope", []string{"the stack has none", "add a section"}},
	"ScopeOfMissingSecret": {minimal(vaultYAML + "  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, grants: [{role: Reader, scope: vault/greting}]}}\n"),
		"workloads.app.grants[0].scope", []string{`secret "greting"`, `did you mean "greeting"?`}},
	"SameGrantTwice": {workloadYAML("grants: [{role: Reader, scope: cluster}, {role: reader, scope: cluster}]"), "workloads.app.grants[1]", []string{`grants[0] gives role "Reader" on scope key "cluster" already`}},
	"ReadsMissingSecret": {minimal(vaultYAML + "  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, " + readerGrant + ", secrets: [other]}}\n"),
		"workloads.app.secrets[0]", []string{`"other"`, "pulumi config set --secret --path 'vault.secrets.other'"}},
	"ReadsWithoutVault": {workloadYAML("secrets: [greeting]"), "workloads.app.secrets[0]", []string{"no vault"}},
	"ReadsWithoutGrant": {minimal(vaultYAML + "  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, grants: [{role: Reader, scope: vault}], secrets: [greeting]}}\n"),
		"workloads.app.secrets[0]", []string{"no grant lets", "{role: Key Vault Secrets User, scope: vault/greeting}"}},
	"ReadsTwice": {minimal(vaultYAML + "  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, " + readerGrant + ", secrets: [greeting, greeting]}}\n"),
		"workloads.app.secrets[1]", []string{"twice"}},

	// Programs.
	"UnknownProgram":           {sectionYAML("program", "platforms"), "program", []string{`did you mean "platform"?`}},
	"PlatformsOfWholeGraph":    {sectionYAML("platforms", "{main: {stack: a/b/c}}"), "platforms", []string{"not for program all", "stack file that it belongs to"}},
	"WorkloadsOfPlatform":      {minimal("  aks-workload-identity:program: platform\n  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}}}\n"), "workloads", []string{"not for program platform"}},
	"ClusterOfWorkloads":       {onPlatform("  aks-workload-identity:cluster: {}\n"), "cluster", []string{"not for program workloads"}},
	"WebhookOfWorkloads":       {onPlatform("  aks-workload-identity:webhook: {mode: chart}\n"), "webhook", []string{"not for program workloads"}},
	"WorkloadsWithoutPlatform": {minimal("  aks-workload-identity:program: workloads\n"), "platforms", []string{"is required", "platforms.main.stack"}},
	"ShortNameOfPlatform":      {minimal("  aks-workload-identity:program: workloads\n  aks-workload-identity:platforms: {main: {stack: dev}}\n"), "platforms.main.stack", []string{`full name of a stack: "dev"`, "ORGANIZATION/PROJECT/STACK"}},
	"PlatformsOfOneKey":        {minimal("  aks-workload-identity:program: workloads\n  aks-workload-identity:platforms: {a: {stack: o/p/dev}, b: {stack: o/q/dev}}\n"), "platforms.b.key", []string{`is "dev", the key of the platform a too`, "another key"}},
	"UnknownPlatform":          {onPlatform("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, federations: [{platform: mian}]}}\n"), "workloads.app.federations[0].platform", []string{`"mian"`, `did you mean "main"?`}},
	"PlatformOfWholeGraph":     {workloadYAML("federations: [{platform: main}]"), "workloads.app.federations[0].platform", []string{"for program workloads only"}},
	"PlatformBesideIssuer":     {onPlatform("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, federations: [{platform: main, issuer: \"https://e.com/\", key: a}]}}\n"), "workloads.app.federations[0].platform", []string{"beside issuer"}},
	"TooManyOnAllPlatforms":    {onPlatform("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, federations: " + federationsYAML(21) + "}}\n"), "workloads.app.federations", []string{"21 federations are enabled"}},
	"AddonOfExistingCluster":   {sectionYAML("cluster", "{existing: {resourceGroupName: a, clusterName: b}}"), "webhook.mode", []string{"addon for a cluster that exists", "use none"}},
	"SettingsOfExisting":       {minimal("  aks-workload-identity:webhook: {mode: none}\n  aks-workload-identity:cluster: {skuTier: Free, existing: {resourceGroupName: a, clusterName: b}}\n"), "cluster.skuTier", []string{"cluster that exists", "remove it"}},
	"OwnedByTheStack":          {sectionYAML("cluster", "{tags: {a: b}}"), "cluster.tags", []string{"not a known key"}},
	"OfficerWithoutId":         {sectionYAML("vault", "{officers: {alice: {principalId: alice@example.com}}}"), "vault.officers.alice.principalId", []string{"not an object id", "az ad user show"}},
	"UnknownOfficerType":       {sectionYAML("vault", "{officers: {alice: {principalId: "+pulumitest.ObjectID+", principalType: user}}}"), "vault.officers.alice.principalType", []string{`did you mean "User"?`}},

	// Grants of every kind.
	"UnknownPreset":         {workloadYAML("grants: [{preset: readSecret, scope: resourceGroup}]"), "workloads.app.grants[0].preset", []string{`did you mean "readSecrets"?`}},
	"TwoKindsOfRole":        {workloadYAML("grants: [{preset: readSecrets, role: Reader, scope: resourceGroup}]"), "workloads.app.grants[0].preset", []string{"one role", "leave out role"}},
	"PresetOnTheWrongThing": {workloadYAML("grants: [{preset: readBlobs, scope: " + identityID + "}]"), "workloads.app.grants[0].scope", []string{`preset "readBlobs"`, "no effect there"}},
	"ScopeBesideResource":   {workloadYAML("grants: [{role: Reader, scope: cluster, resource: {kind: vault, name: abc, resourceGroupName: g}}]"), "workloads.app.grants[0].resource", []string{"one scope", "leave out scope or resource"}},
	"UnknownResourceKind":   {workloadYAML("grants: [{role: Reader, resource: {kind: bucket, name: abc, resourceGroupName: g}}]"), "workloads.app.grants[0].resource.kind", []string{"is not allowed"}},
	"ActionThatIsNone":      {workloadYAML("grants: [{customRole: {name: r, actions: [read]}, scope: cluster}]"), "workloads.app.grants[0].customRole.actions[0]", []string{`"read" is not an action`}},
	"UnknownPermission":     {workloadYAML("vaultPolicies: [{key: a, vaultName: kv-team, resourceGroupName: g, secretPermissions: [get, read]}]"), "workloads.app.vaultPolicies[0].secretPermissions[1]", []string{`"read"`}},
	"SqlUserWithoutDb":      {workloadYAML("sqlUsers: [{key: a}]"), "workloads.app.sqlUsers[0].database", []string{"required"}},
	"ClusterOfPlatforms":    {onPlatform("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, grants: [{role: Reader, scope: cluster/other}]}}\n"), "workloads.app.grants[0].scope", []string{"is no scope", "cluster/main"}},

	// Between workloads.
	"OneAccountTwoIdentities": {minimal("  aks-workload-identity:workloads: {a: {serviceAccount: {namespace: demo, name: app}}, b: {serviceAccount: {namespace: demo, name: app}}}\n"),
		"workloads.b.serviceAccount.name", []string{"demo/app is created by the workload a", "stands for one identity"}},
	"OneIdentityTwoWorkloads": {minimal("  aks-workload-identity:workloads: {a: {identity: {kind: existingUserAssigned, id: " + identityID + "}, serviceAccount: {namespace: demo}}, b: {identity: {kind: existingUserAssigned, id: " + strings.ToLower(identityID) + "}, serviceAccount: {namespace: demo}}}\n"),
		"workloads.b.identity.id", []string{"workload a", "one workload with several federations"}},
	"OneNameTwoIdentities": {minimal("  aks-workload-identity:workloads: {a: {identity: {name: app}, serviceAccount: {namespace: demo}}, b: {identity: {name: App}, serviceAccount: {namespace: demo}}}\n"),
		"workloads.b.identity.name", []string{"workload a", "use another name"}},
	"NamespaceDisagreement": {minimal("  aks-workload-identity:workloads: {a: {serviceAccount: {namespace: demo}}, b: {serviceAccount: {namespace: demo, createNamespace: false}}}\n"),
		"workloads.b.serviceAccount.createNamespace", []string{"the workload a", "make them agree"}},
	"FederationDisagreement": {workloadYAML("federations: [{}, {serviceAccount: other, createNamespace: false}]"),
		"workloads.app.federations[1].createNamespace", []string{"is false, but it is true", "make them agree"}},
	"NamespaceOfEveryClusterHere": {workloadYAML("federations: [{namespace: kube-system, serviceAccount: keda, createNamespace: true}]"),
		"workloads.app.federations[0].createNamespace", []string{"exists in every cluster", "set it to false"}},
	"SubjectWithoutIssuer": {workloadYAML("federations: [{subject: \"repo:a/b:ref:c\"}]"), "workloads.app.federations[0].issuer", []string{"needs the issuer of its tokens"}},
	"SubjectOfGitHub":      {workloadYAML("federations: [{issuer: \"https://token.actions.githubusercontent.com\", key: ci, subject: main}]"), "workloads.app.federations[0].subject", []string{"repo:ORGANISATION/REPOSITORY"}},
	"SettingsOfNoNamespace": {minimal("  aks-workload-identity:namespaces: {dmeo: {labels: {a: b}}}\n  aks-workload-identity:workloads: {a: {serviceAccount: {namespace: demo}}}\n"),
		"namespaces.dmeo", []string{"does not create", `did you mean "demo"?`}},
	"NamespaceOfEveryCluster": {minimal("  aks-workload-identity:workloads: {a: {serviceAccount: {namespace: default}}}\n"),
		"workloads.a.serviceAccount.createNamespace", []string{"exists in every cluster", "set it to false"}},
	"NamespaceOfTheWebhook": {minimal("  aks-workload-identity:webhook: {mode: chart, chart: {namespace: wi}}\n  aks-workload-identity:workloads: {a: {serviceAccount: {namespace: wi}}}\n"),
		"workloads.a.serviceAccount.createNamespace", []string{"the webhook's"}},
	"DisabledIsCheckedToo": {minimal("  aks-workload-identity:workloads: {a: {enabled: false, serviceAccount: {namespace: Demo}}}\n"),
		"workloads.a.serviceAccount.namespace", []string{"lower-case"}},
}

// Carries R28.
func TestBadInputIsRefusedBeforeAnythingIsRegistered(t *testing.T) {
	for name, tc := range badInput {
		t.Run(name, func(t *testing.T) {
			values := parseStack(t, tc.yaml, pulumitest.Project)
			// The way in which the program learns of misspelt keys: see settingsOf.
			environment, err := json.Marshal(values)
			if err != nil {
				t.Fatal(err)
			}
			t.Setenv(pulumi.EnvConfig, string(environment))
			if name == "EncryptedOutsideVault" {
				t.Setenv(pulumi.EnvConfigSecretKeys, `["`+pulumitest.Project+`:workloads"]`)
			}

			result := pulumitest.Try(t, Run, pulumitest.Options{Config: values})
			var refused *ConfigError
			if !errors.As(result.Err, &refused) {
				t.Fatalf("error is %v, want a *ConfigError", result.Err)
			}
			if len(result.Resources) != 0 || len(result.Calls) != 0 {
				t.Errorf("refused only after %d registrations and %d calls", len(result.Resources), len(result.Calls))
			}
			if len(refused.Problems) != 1 {
				t.Errorf("want one problem, got: %v", refused)
			}
			for _, part := range append(tc.says, "Pulumi."+pulumitest.Stack+".yaml: ") {
				if !strings.Contains(refused.Error(), part) {
					t.Errorf("the error does not say %q:\n%v", part, refused)
				}
			}
			want := pulumitest.Project + ":" + tc.key
			if refused.Problems[0].Remedy == "" {
				t.Errorf("%q does not say what to do", refused.Problems[0].Message)
			}
			if got := refused.Problems[0]; tc.key != "" && string(got.Path) != want || got.Message == "" || got.Remedy == "" {
				t.Errorf("problem is %+v, want key %s, a message and a remedy", got, want)
			}
		})
	}
}
