package auth

import (
	"fmt"
	"slices"
	"strings"
)

// missingError lists the missing settings and two remedies.
func missingError(provider string, missing []string) error {
	slices.Sort(missing)
	return fmt.Errorf("%s has no credentials: %s not set. This is the sandbox's provider, not the real one. "+
		"Run the command inside the sandbox, which logs in automatically (`sandbox run -- pulumi up`, or `make up`), "+
		"or set the variables for a login with OpenID Connect", provider, strings.Join(missing, ", "))
}
