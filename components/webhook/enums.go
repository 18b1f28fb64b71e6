package webhook

import (
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// Levels of the webhook's log, in order of increasing verbosity: those of its
// flag --log-level. Source: level.go of monis.app/mlog v0.0.4, which
// azure-workload-identity v1.6.0 uses; with any other level the pods exit.
const (
	// LogWarning has warnings and errors only. The flag has no name for it: it is
	// the empty string.
	LogWarning = "warning"
	LogInfo    = "info"
	LogDebug   = "debug"
	LogTrace   = "trace"
	LogAll     = "all"
)

// MetricsPrometheus is the one backend of the webhook's metrics. Source:
// pkg/metrics/exporter.go of azure-workload-identity v1.6.0.
const MetricsPrometheus = "prometheus"

// Operators and effects of tolerations (core/v1.Toleration).
const (
	TolerateEqual  = "Equal"
	TolerateExists = "Exists"

	EffectNoSchedule       = "NoSchedule"
	EffectPreferNoSchedule = "PreferNoSchedule"
	EffectNoExecute        = "NoExecute"
)

// What the scheduler does with a pod that it cannot spread
// (core/v1.TopologySpreadConstraint).
const (
	ScheduleAnyway = "ScheduleAnyway"
	DoNotSchedule  = "DoNotSchedule"
)

// Operators of label selectors (meta/v1.LabelSelectorRequirement).
const (
	SelectIn           = "In"
	SelectNotIn        = "NotIn"
	SelectExists       = "Exists"
	SelectDoesNotExist = "DoesNotExist"
)

// LogLevels lists the webhook's log levels.
func LogLevels() []string { return []string{LogWarning, LogInfo, LogDebug, LogTrace, LogAll} }

// MetricsBackends lists the webhook's metrics backends.
func MetricsBackends() []string { return []string{MetricsPrometheus} }

// TolerationOperators lists the operators of a toleration.
func TolerationOperators() []string { return []string{TolerateEqual, TolerateExists} }

// TaintEffects lists the effects of a taint.
func TaintEffects() []string { return kube.TaintEffects() }

// SpreadModes lists the values of TopologySpreadArgs.WhenUnsatisfiable.
func SpreadModes() []string { return []string{ScheduleAnyway, DoNotSchedule} }

// SelectorOperators lists the operators of a label selector.
func SelectorOperators() []string {
	return []string{SelectIn, SelectNotIn, SelectExists, SelectDoesNotExist}
}

// Clouds lists the Azure clouds.
func Clouds() []string {
	list := make([]string, 0, len(azure.Clouds()))
	for _, c := range azure.Clouds() {
		list = append(list, string(c))
	}
	return list
}
