// Package e2e runs the product as a user does: the Makefile's targets, with the real Pulumi engine,
// Kubernetes provider, API server, chart and webhook, and the Azure SDK's own clients, against the
// sandbox.
//
// It does not prove that Azure accepts what the sandbox accepts.
package e2e

import (
	"fmt"
	"os"
	"testing"
)

// TestMain refuses to run without the built tools, which `make e2e` names, and shows at the end
// where the time went.
func TestMain(m *testing.M) {
	for _, name := range []string{"E2E_TOOLS", "E2E_PULUMI"} {
		if os.Getenv(name) == "" {
			fmt.Fprintf(os.Stderr, "%s is not set: run these tests by `make e2e`, which builds the tools they need\n", name)
			os.Exit(2)
		}
	}
	code := m.Run()
	times.print(os.Stderr)
	os.Exit(code)
}
