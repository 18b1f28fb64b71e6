package stacks

import (
	"slices"
	"strings"
)

// protectByDefault sets cluster.protect and vault.protect where the file does not give them. Only
// what is in the sandbox may go by mistake: a cluster that is replaced has another issuer, and a
// deleted vault keeps its name from being used again.
func (v *validator) protectByDefault(stack string) {
	protect := !isLocal(stack)
	if !slices.Contains(v.keysGiven("cluster"), "protect") {
		v.config.Cluster.Protect = protect
	}
	if vault := v.config.Vault; vault != nil && !slices.Contains(v.keysGiven("vault"), "protect") {
		vault.Protect = protect
	}
}

// isLocal reports whether a stack is deployed to the sandbox. The Makefile has the same rule.
func isLocal(stack string) bool { return stack == "local" || strings.HasPrefix(stack, "local-") }

// protectsGroup reports whether deleting the resource group would delete something that is
// protected.
func (c *Config) protectsGroup() bool {
	ownCluster := c.Program != ProgramWorkloads && c.Cluster.Existing == nil
	return ownCluster && c.Cluster.Protect || c.Vault != nil && c.Vault.Protect
}
