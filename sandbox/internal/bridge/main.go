package bridge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/azrequest"
)

// Options are the settings of a provider.
type Options struct {
	Getenv    func(string) string // nil: os.Getenv
	Transport policy.Transporter  // nil: the default one
	Retry     policy.RetryOptions
	// JournalDir is the folder of the Journal.
	JournalDir string
}

// Client returns the settings of the provider's clients.
func (o Options) Client() azrequest.Options {
	return azrequest.Options{Transport: o.Transport, Retry: o.Retry}
}

// Main runs a provider's plugin, which the engine starts.
func Main(newProvider func(Options) (*Provider, error)) {
	provider, err := newProvider(Options{JournalDir: JournalFolder(os.Getenv(JournalVariable))})
	if err == nil {
		err = Serve(context.Background(), provider, os.Args[1:], os.Stdout)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
		os.Exit(1)
	}
}
