// Command pulumi-resource-kubernetes is the real Pulumi Kubernetes provider, built from its Go
// module for machines that have no plugin and cannot download one.
//
// Upstream's build generates two files and embeds them in the binary. The module does not have
// them. Here they are read from ../share beside the binary, where `make` puts the module's sources
// of them.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// version is the version of the SDK that programs use (go.mod of the root). The engine warns about
// a provider that is older than its SDK.
var version = "4.30.0"

func main() {
	binary, err := os.Executable()
	if err != nil {
		fail(err)
	}
	// Pulumi starts it by a link in its folder of plugins.
	if binary, err = filepath.EvalSymlinks(binary); err != nil {
		fail(err)
	}
	share := filepath.Join(filepath.Dir(filepath.Dir(binary)), "share", "pulumi-kubernetes")
	schema, err := os.ReadFile(filepath.Join(share, "schema.json"))
	if err != nil {
		fail(fmt.Errorf("%w; `make` puts the file there", err))
	}
	mapping, err := os.ReadFile(filepath.Join(share, "terraform-mapping.json"))
	if err != nil {
		fail(fmt.Errorf("%w; `make` puts the file there", err))
	}
	provider.Serve("kubernetes", version, stamp(schema), mapping)
}

// stamp sets the schema's version, as upstream's build does.
func stamp(schema []byte) []byte {
	return bytes.Replace(schema, []byte("{"), fmt.Appendf(nil, "{\"version\":%q,", version), 1)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "pulumi-resource-kubernetes:", err)
	os.Exit(1)
}
