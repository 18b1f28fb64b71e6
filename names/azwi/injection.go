package azwi

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// AnnotationInjection on a pod template holds InjectionHash. Pods do not notice that their service
// account changed; a template that changes restarts them. The key is outside KeyPrefix, so that the
// webhook does not read it.
const AnnotationInjection = "aks-workload-identity/injection"

// injectionDigits is the number of hexadecimal digits of InjectionHash: 64 bits.
const injectionDigits = 16

// InjectionHash returns the first 16 hexadecimal digits of a SHA-256 sum over what decides about
// the variables and the token in a pod: the service account's annotations that the webhook reads
// (all others are left out), the token's audience and Entra's authority host. It changes exactly
// when one of them does.
func InjectionHash(annotations map[string]string, audience, authorityHost string) string {
	h := sha256.New()
	// No key or value that Kubernetes or a URL allows holds a zero byte, so that it keeps the parts
	// apart.
	write := func(parts ...string) { h.Write([]byte(strings.Join(parts, "\x00") + "\x00")) }
	write(audience, authorityHost)
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if strings.HasPrefix(key, KeyPrefix) {
			write(key, annotations[key])
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:injectionDigits]
}
