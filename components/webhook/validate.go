package webhook

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// chartVersion is a full semantic version: a range would let the chart change
// without a change to the program.
var chartVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// imageRegistry is a host with an optional port and path.
var imageRegistry = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._/-]+[a-z0-9]+)*)?$`)

// maxReleaseName is Helm's limit (pkg/chartutil, ValidateReleaseName).
const maxReleaseName = 53

// Validate reports everything that is wrong with the arguments of the webhook
// release of that name, as far as it is known, as one error that unwraps to
// *errors.InputPropertiesError. It registers nothing. Outputs are checked when
// they resolve, before the Helm release is registered. NewWebhookRelease calls it.
func (args *WebhookReleaseArgs) Validate(name string) error {
	if args == nil {
		args = &WebhookReleaseArgs{}
	}
	var l problem.List
	if args.TenantId == nil {
		l.Add("tenantId", "a tenant is required", "pass the cluster's tenantId output")
	}
	for _, c := range args.checks() {
		if v, ok := knownValue(c.in); ok {
			l.AddError(c.path, c.rule(v))
		}
	}
	_, err := azure.ParseCloud(args.Cloud)
	l.AddError("cloud", err)
	args.validateChart(&l)
	args.validateNamespace(&l)
	args.validateReleaseName(&l)
	if args.TimeoutSeconds < 0 {
		l.Add("timeoutSeconds", fmt.Sprintf("%d seconds is negative", args.TimeoutSeconds), fmt.Sprintf("leave it out for %d", DefaultTimeoutSeconds))
	}
	args.validatePods(&l)
	args.NamespaceSelector.validate(&l, "namespaceSelector")
	metadata.Annotations(&l, "webhookAnnotations", args.WebhookAnnotations)
	args.validateLogAndMetrics(&l)
	args.validateValues(&l)
	if err := arguments.Err("webhook release", name, &l); err != nil || args.Values == nil {
		return err
	}
	// The caller's own values may spoil what the arguments alone had right. What is
	// unknown among them waits for the guards.
	if merged, ok := resolved(args.values(), "azureTenantID", "image"); ok {
		return arguments.Err("webhook release", name, checkValues(merged))
	}
	return nil
}

// checks are the rules about single properties that may be outputs.
func (args *WebhookReleaseArgs) checks() []check {
	list := []check{
		{"tenantId", args.TenantId, text(validateTenant)},
		{"workloadIdentityAddon", args.WorkloadIdentityAddon, refuseAddon},
		{"replicas", args.Replicas, checkReplicas},
		{"imageRegistry", args.ImageRegistry, text(validateRegistry)},
		{"priorityClassName", args.PriorityClassName, text(validatePriorityClass)},
	}
	return append(list, args.Resources.checks("resources")...)
}

// knownValue is the plain value of an input that has one.
func knownValue(in pulumi.Input) (any, bool) {
	if s, ok := known.String(in); ok {
		return s, true
	}
	if n, ok := known.Int(in); ok {
		return n, true
	}
	if b, ok := known.Bool(in); ok {
		return b, true
	}
	return nil, false
}

func validateTenant(tenant string) error {
	if !azure.IsGUID(tenant) {
		return problem.New(fmt.Sprintf("%q is not a tenant", tenant), "use the directory's GUID, not its domain")
	}
	return nil
}

// refuseAddon keeps the chart out of a cluster in which AKS runs the webhook.
// Source: Azure/azure-workload-identity, issues 856 and 1610.
func refuseAddon(v any) error {
	if on, ok := v.(bool); !ok || !on {
		return nil
	}
	return problem.New("AKS's add-on runs the webhook in this cluster, under the same cluster-wide names as the chart", "switch the cluster's add-on off, or leave this component out")
}

func checkReplicas(v any) error {
	if n, ok := v.(int); ok && n < 1 {
		return problem.New(fmt.Sprintf("%d replicas would never serve", n), "the webhook fails closed, so that labelled pods could not start; use at least 1")
	}
	return nil
}

func validateRegistry(registry string) error {
	if !imageRegistry.MatchString(registry) {
		return problem.New(fmt.Sprintf("%q is not a registry", registry), "use a host and an optional path, without scheme or trailing slash")
	}
	return nil
}

func (args *WebhookReleaseArgs) validateChart(l *problem.List) {
	if args.Version != "" && !chartVersion.MatchString(args.Version) {
		l.Add("version", fmt.Sprintf("%q is not a full version", args.Version), fmt.Sprintf("pin the chart, for example %q", ChartVersion))
	}
	if args.Repository == "" {
		return
	}
	if isLocalChart(args.Chart) || isOCIChart(args.Chart) {
		l.Add("repository", fmt.Sprintf("repository and chart %q exclude each other", args.Chart), "an OCI reference or a path says already where the chart is")
		return
	}
	u, err := url.Parse(args.Repository)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		l.Add("repository", fmt.Sprintf("%q is not the URL of a chart repository", args.Repository), "write an https one; an OCI registry goes into chart, as oci://…")
	}
}

func (args *WebhookReleaseArgs) validateNamespace(l *problem.List) {
	if args.Namespace == "" {
		return
	}
	if args.Namespace == "kube-system" {
		l.Add("namespace", "kube-system is the place of AKS's add-on, and its admissions enforcer keeps webhooks out", fmt.Sprintf("leave namespace out for %q", DefaultNamespace))
		return
	}
	l.AddError("namespace", kube.ValidateNamespace(args.Namespace))
}

func (args *WebhookReleaseArgs) validateReleaseName(l *problem.List) {
	name := args.ReleaseName
	if name == "" || len(name) <= maxReleaseName && kube.IsObjectName(name) {
		return
	}
	l.Add("releaseName", fmt.Sprintf("%q is not the name of a Helm release", name), fmt.Sprintf("use up to %d lower-case letters, digits, hyphens and dots, or leave it out for %q", maxReleaseName, DefaultReleaseName))
}

func (args *WebhookReleaseArgs) validateLogAndMetrics(l *problem.List) {
	if args.LogLevel != "" {
		oneOf(l, "logLevel", args.LogLevel, LogLevels())
	}
	if args.MetricsBackend != "" {
		oneOf(l, "metricsBackend", args.MetricsBackend, MetricsBackends())
	}
	if args.MetricsAddress == "" {
		return
	}
	digits, ok := strings.CutPrefix(args.MetricsAddress, ":")
	port, err := strconv.ParseUint(digits, 10, 16)
	switch {
	case !ok || err != nil || port == 0:
		l.Add("metricsAddress", fmt.Sprintf("%q is not a colon and a port, such as \":8095\"", args.MetricsAddress), "the chart makes the container's port of what follows the colon")
	case port == healthPort || port == webhookPort:
		l.Add("metricsAddress", fmt.Sprintf("port %d is taken by the webhook itself, like %d", port, healthPort+webhookPort-port), "use another")
	}
}

// validateValues refuses what Helm would ignore without a word.
func (args *WebhookReleaseArgs) validateValues(l *problem.List) {
	values, ok := asMap(args.Values)
	if !ok || !args.isPinnedChart() {
		return
	}
	for _, key := range sortedKeys(values) {
		if !readByChart(key) {
			l.Add("values."+problem.Path(key), fmt.Sprintf("chart %s has no such value, and Helm would ignore it", ChartVersion), fmt.Sprintf("use one of %s", strings.Join(chartKeys, ", ")))
		}
	}
}

// oneOf refuses what is not in a list.
func oneOf(l *problem.List, path problem.Path, value string, list []string) {
	if !slices.Contains(list, value) {
		l.Add(path, fmt.Sprintf("%q is not allowed", value), fmt.Sprintf("use one of %s", strings.Join(list, ", ")))
	}
}
