package webhook

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// chartVersion is a full semantic version: a range would let the chart change
// without a change to the program.
var chartVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// imageRegistry is a host with an optional port and path.
var imageRegistry = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._/-]+[a-z0-9]+)*)?$`)

// logLevels are the levels of the webhook's flag --log-level.
var logLevels = []string{"error", "warning", "info", "debug", "trace"}

// validate reports everything that is wrong with the arguments as far as it is
// known.
func (args *WebhookReleaseArgs) validate(name string) error {
	var l problems.List
	if args.TenantId == nil {
		l.Addf("tenantId", "a tenant is required: pass the cluster's tenantId output")
	}
	if tenant, ok := known.String(args.TenantId); ok && !names.IsGUID(tenant) {
		l.Addf("tenantId", "%q is not a tenant: use the directory's GUID, not its domain", tenant)
	}
	_, err := names.ParseCloud(args.Cloud)
	l.Add("cloud", err)
	args.validateChart(&l)
	args.validateNamespace(&l)

	if n, ok := known.Int(args.Replicas); ok && n < 1 {
		l.Addf("replicas", "%d replicas would never serve: the webhook fails closed, so that labelled pods could not start; use at least 1", n)
	}
	if registry, ok := known.String(args.ImageRegistry); ok && !imageRegistry.MatchString(registry) {
		l.Addf("imageRegistry", "%q is not a registry: use a host and an optional path, without scheme or trailing slash", registry)
	}
	if args.LogLevel != "" && !slices.Contains(logLevels, args.LogLevel) {
		l.Addf("logLevel", "%q is not one of %s", args.LogLevel, strings.Join(logLevels, ", "))
	}
	if args.TimeoutSeconds < 0 {
		l.Addf("timeoutSeconds", "%d seconds is negative: leave it out for %d", args.TimeoutSeconds, DefaultTimeoutSeconds)
	}
	return l.Err("webhook release", name)
}

func (args *WebhookReleaseArgs) validateChart(l *problems.List) {
	if args.Version != "" && !chartVersion.MatchString(args.Version) {
		l.Addf("version", "%q is not a full version: pin the chart, for example %q", args.Version, ChartVersion)
	}
	if args.Repository == "" {
		return
	}
	if isLocalChart(args.Chart) || isOCIChart(args.Chart) {
		l.Addf("repository", "repository and chart %q exclude each other: an OCI reference or a path says already where the chart is", args.Chart)
		return
	}
	u, err := url.Parse(args.Repository)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		l.Addf("repository", "%q is not the URL of a chart repository; an OCI registry goes into chart, as oci://…", args.Repository)
	}
}

func (args *WebhookReleaseArgs) validateNamespace(l *problems.List) {
	if args.Namespace == "" {
		return
	}
	if args.Namespace == "kube-system" {
		l.Addf("namespace", "kube-system is the place of AKS's add-on, and its admissions enforcer keeps webhooks out: leave namespace out for %q", DefaultNamespace)
		return
	}
	l.Add("namespace", names.ValidateNamespace(args.Namespace))
}
