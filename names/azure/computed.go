package azure

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/google/uuid"
)

// hashLength is the number of hexadecimal digits that make a computed name unique: 64 bits, of
// which the birthday bound is far above the 20 credentials of an identity.
const hashLength = 16

// FederatedCredentialName returns the name of the federated identity credential for one service
// account of one cluster. The key names the cluster (or issuer) and must not change while the
// cluster lives, because a credential's name is immutable; the issuer's URL would not do, because
// it changes when the cluster is replaced.
//
// The result is always legal (3 to 120 letters, digits, hyphens, underscores): the readable part is
// sanitised and cut, and a hash of the exact arguments follows, so that different arguments never
// share a name, not even when Azure ignores case.
func FederatedCredentialName(key, namespace, serviceAccount string) string {
	sum := sha256.Sum256([]byte(key + "\x00" + namespace + "\x00" + serviceAccount))
	suffix := "-" + hex.EncodeToString(sum[:])[:hashLength]

	readable := strings.TrimLeft(sanitise(key+"-"+namespace+"-"+serviceAccount), "-_")
	if limit := MaxFederatedCredentialName - len(suffix); len(readable) > limit {
		readable = readable[:limit]
	}
	readable = strings.TrimRight(readable, "-_")
	if readable == "" {
		readable = "fic"
	}
	return readable + suffix
}

// sanitise replaces every byte that Azure resource names do not allow.
func sanitise(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, s)
}

// space is the namespace of this product's version 5 UUIDs. It is part of the contract: another
// value renames, and so replaces, every role assignment.
var space = uuid.UUID{0x5a, 0x1d, 0x0e, 0x7c, 0x3b, 0x64, 0x4f, 0x0a, 0x9c, 0x52, 0x7e, 0x11, 0xd4, 0x2b, 0x86, 0x39}

// RoleAssignmentName returns the name of a role assignment, which Azure wants to be a GUID: a
// version 5 UUID of scope, principal and role. Azure refuses a second assignment of the same three
// under another name (409 RoleAssignmentExists), so the name must follow from them. Resource ids
// are compared without case, and a trailing slash does not count.
//
// The role may be a GUID or a role definition id; both give the same name.
func RoleAssignmentName(scope, principalID, role string) string {
	role = role[strings.LastIndex(role, "/")+1:]
	return computedGUID(strings.TrimRight(scope, "/"), principalID, role)
}

// RoleDefinitionName returns the name of a custom role's definition, which Azure wants to be a
// GUID: a version 5 UUID of the scope in which it is defined and the role's display name, neither
// of which has case.
func RoleDefinitionName(scope, roleName string) string {
	return computedGUID("roleDefinition", strings.TrimRight(scope, "/"), roleName)
}

// computedGUID returns the version 5 UUID of the parts, without regard to case, in this product's
// namespace.
func computedGUID(parts ...string) string {
	return uuid.NewSHA1(space, []byte(strings.ToLower(strings.Join(parts, "\x00")))).String()
}
