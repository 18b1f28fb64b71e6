package webhook

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// LogLevel is a level of the webhook's log: a value of its flag --log-level. Source: level.go of
// monis.app/mlog v0.0.4, which azure-workload-identity v1.6.0 uses. With any other level the pods
// exit.
type LogLevel string

// Levels of the webhook's log, in the order of increasing verbosity.
const (
	// LogWarning has warnings and errors only. For the flag it is the empty string.
	LogWarning LogLevel = "warning"
	LogInfo    LogLevel = "info"
	LogDebug   LogLevel = "debug"
	LogTrace   LogLevel = "trace"
	LogAll     LogLevel = "all"
)

var _ = arguments.Enum(LogWarning, LogInfo, LogDebug, LogTrace, LogAll)

// MetricsBackend is a backend of the webhook's metrics.
type MetricsBackend string

// MetricsPrometheus is the only backend of the webhook's metrics. Source: pkg/metrics/exporter.go
// of azure-workload-identity v1.6.0.
const MetricsPrometheus MetricsBackend = "prometheus"

var _ = arguments.Enum(MetricsPrometheus)

// putTelemetry writes the chart's values about log and metrics.
func (args *WebhookReleaseArgs) putTelemetry(values pulumi.Map) {
	if args.LogLevel != nil {
		values["logLevel"] = logFlag(args.LogLevel)
	}
	if args.MetricsAddress != nil {
		values["metricsAddr"] = args.MetricsAddress
	}
	if args.MetricsBackend != nil {
		values["metricsBackend"] = args.MetricsBackend
	}
}

// logFlag returns the value of the webhook's flag --log-level for a level.
func logFlag(level pulumi.StringPtrInput) pulumi.Input {
	flag := func(level string) string {
		if level == string(LogWarning) {
			return ""
		}
		return level
	}
	if text, ok := known.String(level); ok {
		return pulumi.String(flag(text))
	}
	return level.ToStringPtrOutput().Elem().ApplyT(flag)
}

func checkMetricsAddress(address string) error {
	digits, ok := strings.CutPrefix(address, ":")
	port, err := strconv.ParseUint(digits, 10, 16)
	switch {
	case !ok || err != nil || port == 0:
		return problem.New(fmt.Sprintf("%q is not a colon and a port, such as \":8095\"", address), "the chart makes the container's port of what follows the colon")
	case port == healthPort || port == webhookPort:
		return problem.New(fmt.Sprintf("port %d is taken by the webhook itself, like %d", port, healthPort+webhookPort-port), "use another")
	}
	return nil
}
