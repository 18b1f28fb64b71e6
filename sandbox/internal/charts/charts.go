// Package charts serves the Helm repository of azure-workload-identity. The chart is the one in the
// Go module azure-workload-identity: the same files that upstream publishes, under the same
// address.
package charts

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/repo"
)

// Host and Path are the address at which upstream publishes the chart
// (https://azure.github.io/azure-workload-identity/docs/installation/mutating-admission-webhook.html).
const (
	Host = "azure.github.io"
	Path = "/azure-workload-identity/charts/"
)

// Chart is the name of the chart and of its folder.
const Chart = "workload-identity-webhook"

// Repository packages the chart in source (a folder with a folder named Chart) into dir, once for
// each chart version, and returns the handler of the repository. A chart that is packaged already
// is not packaged again: its digest would change, and with it every release that was made from it.
func Repository(source, dir string) (http.Handler, error) {
	folder := filepath.Join(source, Chart)
	c, err := loader.LoadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("the webhook's chart in %s: %w; `make` puts it there, --charts names another folder", folder, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("chart repository: %w", err)
	}
	packed := filepath.Join(dir, fmt.Sprintf("%s-%s.tgz", c.Name(), c.Metadata.Version))
	if _, err := os.Stat(packed); err != nil {
		if _, err := chartutil.Save(c, dir); err != nil {
			return nil, fmt.Errorf("package the chart: %w", err)
		}
	}
	index, err := repo.IndexDirectory(dir, "https://"+Host+strings.TrimSuffix(Path, "/"))
	if err != nil {
		return nil, fmt.Errorf("index the chart repository: %w", err)
	}
	index.SortEntries()
	if err := index.WriteFile(filepath.Join(dir, "index.yaml"), 0o600); err != nil {
		return nil, fmt.Errorf("index the chart repository: %w", err)
	}
	return http.StripPrefix(strings.TrimSuffix(Path, "/"), http.FileServer(http.Dir(dir))), nil
}
