package names

import (
	"crypto/sha1" //nolint:gosec // RFC 9562 defines version 5 UUIDs by SHA-1; nothing here is a secret.
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// hashLength is the number of hexadecimal digits that make a computed name
// unique: 64 bits, of which the birthday bound is far above the 20 credentials
// of an identity.
const hashLength = 16

// FederatedCredentialName computes the name of the federated identity credential
// for one service account of one cluster. The key names the cluster (or issuer)
// and must not change while the cluster lives, because a credential's name is
// immutable; the issuer's URL would not do, because it changes when the cluster
// is replaced.
//
// The result is always legal (3 to 120 letters, digits, hyphens, underscores):
// the readable part is sanitised and cut, and a hash of the exact arguments
// follows, so that different arguments never share a name, not even when Azure
// ignores case.
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

// roleAssignmentSpace is the namespace of this product's version 5 UUIDs. It is
// part of the contract: another value renames, and so replaces, every role
// assignment.
var roleAssignmentSpace = [16]byte{0x5a, 0x1d, 0x0e, 0x7c, 0x3b, 0x64, 0x4f, 0x0a, 0x9c, 0x52, 0x7e, 0x11, 0xd4, 0x2b, 0x86, 0x39}

// RoleAssignmentName computes the name of a role assignment, which Azure wants to
// be a GUID: a version 5 UUID of scope, principal and role. Azure refuses a
// second assignment of the same three under another name (409
// RoleAssignmentExists), so the name must follow from them. Resource ids are
// compared without case, and a trailing slash does not count.
//
// The role may be a GUID or a role definition id; both give the same name.
func RoleAssignmentName(scope, principalID, role string) string {
	role = role[strings.LastIndex(role, "/")+1:]
	return uuid5(strings.ToLower(strings.TrimRight(scope, "/") + "\x00" + principalID + "\x00" + role))
}

// uuid5 is the version 5 UUID of data in this product's namespace.
func uuid5(data string) string {
	h := sha1.New() //nolint:gosec // see the import
	h.Write(roleAssignmentSpace[:])
	h.Write([]byte(data))
	var u [16]byte
	copy(u[:], h.Sum(nil))
	u[6] = u[6]&0x0f | 0x50 // version 5
	u[8] = u[8]&0x3f | 0x80 // RFC 9562 variant
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
