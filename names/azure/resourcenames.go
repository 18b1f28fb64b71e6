package azure

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// nameRule is what Azure allows as the name of a resource.
type nameRule struct {
	what    string
	pattern *regexp.Regexp
	says    string
}

// resourceNames are the rules by resource type. Source: learn.microsoft.com, "Naming rules and
// restrictions for Azure resources".
var resourceNames = map[string]nameRule{
	TypeStorageAccount: {
		"storage account", regexp.MustCompile(`^[a-z0-9]{3,24}$`), "3 to 24 lower-case letters and digits",
	},
	TypeVault: {
		"vault", regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$`), "3 to 24 letters, digits and single hyphens, starting with a letter and ending with a letter or digit",
	},
	TypeContainerRegistry: {
		"registry", regexp.MustCompile(`^[a-zA-Z0-9]{5,50}$`), "5 to 50 letters and digits",
	},
	TypeSQLServer: {
		"SQL server", regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`), "1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit; it is the first part of the server's host name",
	},
	TypeWorkspace: {
		"workspace", regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$`), "4 to 63 letters, digits and hyphens, starting and ending with a letter or digit",
	},
	TypeResourceGroup: {
		"resource group", regexp.MustCompile(`^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$`), "1 to 90 letters, digits, underscores, hyphens, full stops and parentheses, not ending with a full stop",
	},
	TypeManagedCluster: {
		"managed cluster", regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?$`), "1 to 63 letters, digits, underscores and hyphens, starting and ending with a letter or digit",
	},
}

// ValidateResourceName checks the name of a resource of one of the types that grants look up.
func ValidateResourceName(typ, name string) error {
	rule, ok := resourceNames[typ]
	if !ok {
		return problem.New("no naming rule for "+typ, "name the resource by its id")
	}
	if name == "" {
		return problem.New("a name is required", "the "+rule.what+"'s own, not its id")
	}
	if strings.HasPrefix(name, "/") {
		return problem.New(fmt.Sprintf("%q is an id", name), fmt.Sprintf("give the %s's name, or grant on the id by scope", rule.what))
	}
	if !rule.pattern.MatchString(name) || typ == TypeVault && strings.Contains(name, "--") {
		return problem.New(fmt.Sprintf("%q is not the name of a %s", name, rule.what), "use "+rule.says)
	}
	return nil
}
