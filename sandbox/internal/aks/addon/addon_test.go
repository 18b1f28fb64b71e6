package addon

import (
	"io"
	"log/slog"
	"testing"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/kube/fake"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage"
	"helm.sh/helm/v3/pkg/storage/driver"
)

func testConfig() *action.Configuration {
	return &action.Configuration{
		Releases:     storage.Init(driver.NewMemory()),
		KubeClient:   &fake.PrintingKubeClient{Out: io.Discard},
		Capabilities: chartutil.DefaultCapabilities,
		Log:          func(string, ...any) {},
	}
}

func TestEnsure(t *testing.T) {
	webhook := &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: chartName, Version: "1.6.0"}}
	values := map[string]any{"azureTenantID": "tenant"}
	for name, tc := range map[string]struct {
		left    release.Status // of the existing release; empty: none
		version int            // of the deployed revision afterwards
	}{
		"no release":                                {"", 1},
		"up to date: not changed":                   {release.StatusDeployed, 1},
		"failed: upgraded":                          {release.StatusFailed, 2},
		"installation interrupted: installed again": {release.StatusPendingInstall, 1},
		"upgrade interrupted: installed again":      {release.StatusPendingUpgrade, 1},
		"removal interrupted: installed again":      {release.StatusUninstalling, 1},
		"rollback interrupted: installed again":     {release.StatusPendingRollback, 1},
	} {
		t.Run(name, func(t *testing.T) {
			config := testConfig()
			a := Addon{Log: slog.New(slog.DiscardHandler)}
			if tc.left != "" {
				r := release.Mock(&release.MockReleaseOptions{Name: Release, Namespace: Namespace, Chart: webhook, Status: tc.left})
				r.Config, r.Manifest, r.Hooks = values, "", nil
				if err := config.Releases.Create(r); err != nil {
					t.Fatal(err)
				}
			}
			if err := a.ensure(t.Context(), config, webhook, values); err != nil {
				t.Fatal(err)
			}
			got, err := config.Releases.Last(Release)
			if err != nil {
				t.Fatal(err)
			}
			if got.Info.Status != release.StatusDeployed || got.Version != tc.version {
				t.Errorf("revision %d is %s, want revision %d deployed", got.Version, got.Info.Status, tc.version)
			}
		})
	}
}
