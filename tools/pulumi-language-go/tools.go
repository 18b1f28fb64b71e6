//go:build tools

// Package host pins the Go language host for the Pulumi CLI.
//
// It is an old one: newer hosts are modules of their own and not every module
// proxy serves them. The CLI works with it, both compiling the program and running a built one.
package host

import _ "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"
