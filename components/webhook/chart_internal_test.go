package webhook

import (
	"encoding/json"
	"errors"
	"go/build"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"
)

// sandboxVersion returns the version of azure-workload-identity whose chart and code the sandbox
// runs.
func sandboxVersion(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../sandbox/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`github.com/Azure/azure-workload-identity (v\S+)`).FindSubmatch(text)
	if m == nil {
		t.Fatal("sandbox/go.mod does not name azure-workload-identity")
	}
	return string(m[1])
}

// The sandbox proves the chart that this package installs, or it proves another.
//
// Carries R4.
func TestThePinnedChartIsTheOneThatTheSandboxRuns(t *testing.T) {
	if got := sandboxVersion(t); got != AppVersion {
		t.Errorf("sandbox/go.mod has %s, AppVersion is %s", got, AppVersion)
	}
	if got := strings.TrimPrefix(AppVersion, "v"); got != ChartVersion {
		t.Errorf("chart %s brings %s: upstream releases both under one number", ChartVersion, AppVersion)
	}
}

// chartDefaults reads testdata/chart-values.txt: one value a line, path and default as JSON,
// without the lines that say where it comes from.
func chartDefaults(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/chart-values.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		path, value, _ := strings.Cut(line, " ")
		m[path] = value
	}
	return m
}

// flatten lists the leaves of a values file by path.
func flatten(into map[string]string, prefix string, values map[string]any) error {
	for key, value := range values {
		path := prefix + key
		if m, ok := value.(map[string]any); ok && len(m) > 0 {
			if err := flatten(into, path+".", m); err != nil {
				return err
			}
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		into[path] = string(text)
	}
	return nil
}

// The committed list is the chart's, wherever the Go module cache has the chart.
func TestTheListOfChartValuesIsTheCharts(t *testing.T) {
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		cache = filepath.Join(build.Default.GOPATH, "pkg", "mod")
	}
	path := filepath.Join(cache, "github.com", "!azure", "azure-workload-identity@"+sandboxVersion(t), "charts", ChartName, "values.yaml")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("the module cache has no chart (make tools puts it there), so that only the committed list counts: %v", err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	if err := flatten(want, "", values); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, chartDefaults(t)); diff != "" {
		t.Errorf("testdata/chart-values.txt (-chart +committed):\n%s", diff)
	}
}

func TestChartKeysAreThoseOfTheChart(t *testing.T) {
	want := []string{"fullnameOverride", "nameOverride", "revisionHistoryLimit"}
	for path := range chartDefaults(t) {
		key, _, _ := strings.Cut(path, ".")
		if !slices.Contains(want, key) {
			want = append(want, key)
		}
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(chartKeys))); diff != "" {
		t.Errorf("-chart +chartKeys:\n%s", diff)
	}
}

func TestWhatTheDocumentationCallsTheChartsDefaultsIs(t *testing.T) {
	defaults := chartDefaults(t)
	for path, want := range map[string]string{
		"resources.requests.cpu": chartCPURequest, "resources.requests.memory": chartMemoryRequest,
		"resources.limits.cpu": chartCPULimit, "resources.limits.memory": chartMemoryLimit,
		"metricsAddr": ":8095", "metricsBackend": string(MetricsPrometheus), "logLevel": string(LogInfo),
		"priorityClassName": "system-cluster-critical", "image.repository": "mcr.microsoft.com/" + imagePath, "image.release": AppVersion,
	} {
		if got := defaults[path]; got != `"`+want+`"` {
			t.Errorf("%s is %s, want %q", path, got, want)
		}
	}
	for path, want := range map[string]int{"replicaCount": DefaultReplicas, "podDisruptionBudget.minAvailable": chartMinAvailable} {
		var got int
		if err := json.Unmarshal([]byte(defaults[path]), &got); err != nil || got != want {
			t.Errorf("%s is %s, want %d", path, defaults[path], want)
		}
	}
}

// Whatever the component writes, the chart reads. Nested names are the chart's where it has
// defaults for them.
func TestTheComponentWritesOnlyWhatTheChartReads(t *testing.T) {
	nested := map[string]bool{}
	for path := range chartDefaults(t) {
		if parent, _, ok := strings.Cut(path, "."); ok {
			nested[parent] = true
		}
	}
	allowed := slices.Collect(maps.Keys(chartDefaults(t)))
	// A comment of values.yaml, and the one value without a default.
	allowed = append(allowed, "podDisruptionBudget.maxUnavailable")

	values, ok := asMap(fullArgs().values())
	if !ok {
		t.Fatal("the values are not a plain map")
	}
	seen := 0
	for key, value := range values {
		m, isMap := asMap(value)
		// The node selector's keys are labels.
		if !nested[key] || !isMap || key == "nodeSelector" {
			m = nil
		}
		if m == nil {
			if !isChartKey(key) {
				t.Errorf("the chart has no value %s", key)
			}
			seen++
			continue
		}
		for name := range m {
			path := key + "." + name
			if !slices.ContainsFunc(allowed, func(a string) bool { return a == path || strings.HasPrefix(a, path+".") }) {
				t.Errorf("the chart has no value %s", path)
			}
			seen++
		}
	}
	if seen < 20 {
		t.Errorf("only %d values: does fullArgs set every argument?", seen)
	}
}

// fullArgs sets every argument that has a chart value.
func fullArgs() *WebhookReleaseArgs {
	text := pulumi.String("x")
	labels := pulumi.StringMap{"a": text}
	return &WebhookReleaseArgs{
		TenantId: text, Replicas: pulumi.Int(3), PodDisruptionBudget: &PodDisruptionBudgetArgs{MaxUnavailable: pulumi.Int(1)},
		Resources:     &ResourcesArgs{CpuRequest: text, MemoryRequest: text, CpuLimit: text, MemoryLimit: text},
		ImageRegistry: text, ImagePullSecrets: pulumi.StringArray{text}, NodeSelector: labels, Affinity: pulumi.Map{},
		Tolerations: []TolerationArgs{{Key: text}}, PriorityClassName: text, PodLabels: labels, PodAnnotations: labels,
		NamespaceSelector: &NamespaceSelectorArgs{MatchLabels: labels}, WebhookAnnotations: labels,
		LogLevel: text, MetricsAddress: text, MetricsBackend: text,
	}
}
