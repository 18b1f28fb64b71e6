//go:build tools

// Package pulumi pins the Pulumi CLI that is built from source where the user has none that fits.
package pulumi

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
