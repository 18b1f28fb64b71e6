// Package addon installs the workload-identity webhook as AKS manages it: as a
// Helm release of AKS's own in kube-system.
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
	// Namespace is where AKS installs it.
	Namespace = "kube-system"
	// chartName is the folder of the chart in the charts folder.
	chartName = "workload-identity-webhook"
	// maxHistory keeps the present and the last revision.
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

// Ensure installs the release or brings it up to date, and does nothing where
// it is. The chart's cluster-wide objects have fixed names: where a user has
// installed the chart already, the error is Helm's, about ownership, as on AKS.
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
		// What AKS runs itself also runs on system pools that keep everything else
		// away (https://learn.microsoft.com/azure/aks/use-system-pools).
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
		// Helm changes no release that another Helm seems to be changing; here
		// there is no other, so that daemon was killed at it.
		a.Log.Warn("the add-on's release was left half done; installing it anew", "status", current.Info.Status)
		if err := remove(config); err != nil {
			return err
		}
		return a.install(ctx, config, chart, values)
	}
	return a.upgrade(ctx, config, chart, values)
}

// Remove takes the release away; it is no error if it is not there.
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
	// Its pods run once the nodes do: the caller waits for those.
	install.Wait = false
	if _, err := install.RunWithContext(ctx, c, values); err != nil {
		// A failed first release would stand in the way of the next attempt.
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

// interrupted says that an action on the release began and never ended.
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
