package azure

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Limits of role definitions and role assignments.
const (
	// MaxRoleName is the longest name of a custom role, in characters, and MaxRoleDescription that
	// of its description. Source: learn.microsoft.com, "Azure custom roles", custom role properties
	// (ms.date 06/14/2022 and later; 128 and 1024 before).
	MaxRoleName        = 512
	MaxRoleDescription = 2048
	// MaxConditionBytes is the longest condition of a role assignment, and MaxGrantDescriptionBytes
	// the longest description. Source: learn.microsoft.com, "FAQ for Azure role assignment
	// conditions" (8 KB; 2 KB, of which 512 characters are recommended since 02/26/2025).
	MaxConditionBytes        = 8 << 10
	MaxGrantDescriptionBytes = 2 << 10
)

// ValidateRoleName checks the display name of a custom role: 1 to 512 characters without control
// characters, and not that of a built-in role.
func ValidateRoleName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return problem.New("a name is required", "Azure shows it, and wants it to be unique in the whole tenant")
	case name != strings.TrimSpace(name):
		return problem.New(fmt.Sprintf("name %q starts or ends with white space", name), "remove it")
	case utf8.RuneCountInString(name) > MaxRoleName:
		return problem.New(fmt.Sprintf("the name has %d characters", utf8.RuneCountInString(name)), fmt.Sprintf("Azure allows at most %d", MaxRoleName))
	case hasControl(name):
		return problem.New(fmt.Sprintf("name %q contains a control character", name), "remove it")
	}
	for builtIn := range builtInRoles {
		if strings.EqualFold(builtIn, name) {
			return problem.New(fmt.Sprintf("%q is a built-in role", builtIn), "grant it by role, or give the custom role another name")
		}
	}
	return nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f })
}

// action is an operation of a resource provider. All of Azure's end with one of four verbs; any
// part may be a wildcard. Permission strings have no case. Source: learn.microsoft.com, "Azure
// custom roles" and "Azure permissions".
var action = regexp.MustCompile(`(?i)^(\*|[a-z0-9*]+(\.[a-z0-9*]+)+)(/[a-z0-9*._$-]+)*/(read|write|delete|action|\*)$`)

// roleWriters are the operations that give rights to others.
var roleWriters = []string{
	"microsoft.authorization/roleassignments/write",
	"microsoft.authorization/roledefinitions/write",
	"microsoft.authorization/elevateaccess/action",
}

// ValidateAction checks one action, or data action, of a custom role:
// {company}.{provider}/{type}/…/{read|write|delete|action}, each part of which may be the wildcard
// *. The wildcard alone is refused: a role that may do everything has a built-in name.
func ValidateAction(s string) error {
	switch {
	case s != "" && strings.Trim(s, "*/") == "":
		return problem.New("wildcards alone allow everything", "name the operations, or grant the built-in role that you mean")
	case strings.TrimSpace(s) == "":
		return problem.New("an action is required", "name one, such as Microsoft.Storage/storageAccounts/read")
	case !action.MatchString(s):
		return problem.New(fmt.Sprintf("%q is not an action", s), "it has the form Company.Provider/type/read, and ends with read, write, delete, action or *")
	}
	return nil
}

// WildcardAction reports whether an action stands for more than one operation, some of which Azure
// may add later.
func WildcardAction(s string) bool { return strings.Contains(s, "*") }

// GivesRoles reports whether an action lets its holder give roles, also to itself.
func GivesRoles(s string) bool {
	return slices.ContainsFunc(roleWriters, func(operation string) bool { return ActionAllows(s, operation) })
}

// ActionAllows reports whether an action takes in an operation. A wildcard stands for any text,
// slashes too.
func ActionAllows(action, operation string) bool {
	parts := strings.Split(action, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("(?i)^" + strings.Join(parts, ".*") + "$").MatchString(operation)
}

// maxSlug is the longest readable part of a custom role's slug.
const maxSlug = 60

// RoleSlug returns a custom role's part of a resource name: its display name in lower case with
// hyphens, as Role.Slug writes built-in roles. Where that would not be reversible (other
// characters, or too long), a hash of the name follows, so that two names never share a slug.
func RoleSlug(name string) string {
	lower := strings.ToLower(name)
	slug := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, lower)
	if slug == strings.ReplaceAll(lower, " ", "-") && !strings.Contains(lower, "-") && len(slug) <= maxSlug {
		return slug
	}
	sum := sha256.Sum256([]byte(lower))
	slug = strings.Trim(slug[:min(len(slug), maxSlug)], "-")
	if slug == "" {
		slug = "role"
	}
	return slug + "-" + hex.EncodeToString(sum[:])[:8]
}
