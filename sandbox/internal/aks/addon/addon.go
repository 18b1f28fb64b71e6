// Package addon installs the workload-identity webhook as AKS's managed add-on: a Helm release of
// AKS in kube-system.
package addon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
	"k8s.io/client-go/rest"
)

const (
	// Release is the name of AKS's release (Azure/AKS#4065).
	Release = "aks-managed-workload-identity"
	// Namespace is the namespace of the release.
	Namespace = "kube-system"
	// chartName is the folder of the chart in the charts folder.
	chartName = "workload-identity-webhook"
	// maxHistory is the number of revisions that Helm keeps.
	maxHistory = 2
	timeout    = time.Minute
)

// Addon is the add-on of one cluster.
type Addon struct {
	// Config authenticates as the cluster's administrator.
	Config *rest.Config
	// Charts is the folder of the chart, or the folder that holds it.
	Charts string
	Log    *slog.Logger
}

// Ensure installs the release or upgrades it, and does nothing if it is up to date. The chart's
// cluster-wide objects have fixed names: if a user has installed the chart already, the error is
// Helm's, about ownership, as on AKS.
func (a Addon) Ensure(ctx context.Context, tenantID string) error {
	config, err := a.configuration()
	if err != nil {
		return err
	}
	chart, err := a.load()
	if err != nil {
		return err
	}
	return a.ensure(ctx, config, chart, map[string]any{
		"azureTenantID": tenantID,
		// AKS's own workloads also run on system pools that refuse all others
		// (https://learn.microsoft.com/azure/aks/use-system-pools).
		"tolerations": []any{map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists"}},
	})
}

func (a Addon) ensure(ctx context.Context, config *action.Configuration, chart *chart.Chart, values map[string]any) error {
	current, err := action.NewGet(config).Run(Release)
	switch {
	case errors.Is(err, driver.ErrReleaseNotFound):
		return a.install(ctx, config, chart, values)
	case err != nil:
		return fmt.Errorf("workload identity add-on: %w", err)
	case upToDate(current, chart, values):
		return nil
	case interrupted(current.Info.Status):
		// Helm refuses to change a release that another Helm seems to change. The sandbox has only
		// this Helm, so the daemon was killed during the change.
		a.Log.Warn("a change of the add-on's release was interrupted; installing it again", "status", current.Info.Status)
		if err := remove(config); err != nil {
			return err
		}
		return a.install(ctx, config, chart, values)
	}
	return a.upgrade(ctx, config, chart, values)
}

// Remove uninstalls the release. If there is none, that is no error.
func (a Addon) Remove() error {
	config, err := a.configuration()
	if err != nil {
		return err
	}
	return remove(config)
}

func remove(config *action.Configuration) error {
	if _, err := action.NewGet(config).Run(Release); errors.Is(err, driver.ErrReleaseNotFound) {
		return nil
	}
	uninstall := action.NewUninstall(config)
	uninstall.IgnoreNotFound = true
	uninstall.Wait = true
	uninstall.Timeout = timeout
	if _, err := uninstall.Run(Release); err != nil {
		return fmt.Errorf("workload identity add-on: %w", err)
	}
	return nil
}

func (a Addon) install(ctx context.Context, config *action.Configuration, c *chart.Chart, values map[string]any) error {
	install := action.NewInstall(config)
	install.ReleaseName, install.Namespace, install.Timeout = Release, Namespace, timeout
	// The pods start once there are nodes; the caller waits for them.
	install.Wait = false
	if _, err := install.RunWithContext(ctx, c, values); err != nil {
		// A failed first revision would block the next attempt.
		_ = remove(config)
		return fmt.Errorf("workload identity add-on: %w", err)
	}
	return nil
}

func (a Addon) upgrade(ctx context.Context, config *action.Configuration, c *chart.Chart, values map[string]any) error {
	upgrade := action.NewUpgrade(config)
	upgrade.Namespace, upgrade.Timeout, upgrade.MaxHistory = Namespace, timeout, maxHistory
	upgrade.ResetValues = true
	if _, err := upgrade.RunWithContext(ctx, Release, c, values); err != nil {
		return fmt.Errorf("workload identity add-on: %w", err)
	}
	return nil
}

// interrupted reports whether a change of the release began and never ended.
func interrupted(s release.Status) bool { return s.IsPending() || s == release.StatusUninstalling }

func upToDate(current *release.Release, c *chart.Chart, values map[string]any) bool {
	return current.Info.Status == release.StatusDeployed &&
		current.Chart.Metadata.Version == c.Metadata.Version &&
		reflect.DeepEqual(current.Config, values)
}

func (a Addon) load() (*chart.Chart, error) {
	dir := a.Charts
	if _, err := os.Stat(filepath.Join(dir, "Chart.yaml")); err != nil {
		dir = filepath.Join(a.Charts, chartName)
	}
	c, err := loader.LoadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("workload identity add-on: chart in %s: %w", dir, err)
	}
	return c, nil
}

func (a Addon) configuration() (*action.Configuration, error) {
	log := func(format string, v ...any) { a.Log.Debug(fmt.Sprintf(format, v...), "release", Release) }
	config := new(action.Configuration)
	if err := config.Init(getter{a.Config}, Namespace, "secret", log); err != nil {
		return nil, fmt.Errorf("workload identity add-on: %w", err)
	}
	return config, nil
}
