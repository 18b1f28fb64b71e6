package auth

import (
	"fmt"
	"sort"
	"strings"
)

// missingError says which settings are missing and the two ways to have them.
func missingError(provider string, missing []string) error {
	sort.Strings(missing)
	return fmt.Errorf("%s has no credentials: %s not set. This is the sandbox's stand-in for the real provider. "+
		"Run the command inside the sandbox, which logs in by itself (`sandbox run -- pulumi up`, or `make up`), "+
		"or set the variables to a login by OpenID Connect", provider, strings.Join(missing, ", "))
}
