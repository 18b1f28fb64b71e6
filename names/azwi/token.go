package azwi

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Bounds and default of the projected token's lifetime, in seconds. Outside the range the webhook
// denies the pod.
const (
	MinTokenExpirationSeconds     = 3600
	MaxTokenExpirationSeconds     = 86400
	DefaultTokenExpirationSeconds = 3600
)

// ValidateTokenExpiration checks the lifetime of the projected token, in seconds.
func ValidateTokenExpiration(seconds int) error {
	if seconds < MinTokenExpirationSeconds || seconds > MaxTokenExpirationSeconds {
		return problem.New(fmt.Sprintf("token expiration %d is outside %d to %d seconds", seconds, MinTokenExpirationSeconds, MaxTokenExpirationSeconds),
			"choose a number within, because the webhook would deny every pod")
	}
	return nil
}

// Folders under which the webhook mounts the projected token. The path changed in v1.6.0, and may
// change again: programs read AZURE_FEDERATED_TOKEN_FILE instead.
const (
	// TokenMountPath is the folder since webhook v1.6.0.
	TokenMountPath = "/var/run/secrets/azure/wi"
	// TokenMountPathBefore16 is the folder up to webhook v1.5.1.
	TokenMountPathBefore16 = "/var/run/secrets/azure/tokens"
)

// TokenFolder returns the webhook's token folder that a text mentions, if it mentions one: a
// program that writes the token's path out breaks when the path changes.
func TokenFolder(text string) (folder string, found bool) {
	for _, folder := range []string{TokenMountPath, TokenMountPathBefore16} {
		if mentions(text, folder) {
			return folder, true
		}
	}
	return "", false
}

// mentions reports whether text contains the folder or something in it, and not merely another
// folder whose name begins with the same letters.
func mentions(text, folder string) bool {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, folder)
		if !found {
			return false
		}
		if after == "" || !isNameByte(after[0]) {
			return true
		}
		rest = after
	}
}

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '_'
}
