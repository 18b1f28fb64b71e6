package azwi

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func TestInjectionHash(t *testing.T) {
	base := map[string]string{AnnotationClientID: "c", AnnotationTokenExpiration: "3600"}
	with := func(key, value string) map[string]string {
		m := maps.Clone(base)
		m[key] = value
		return m
	}
	authority := azure.PublicCloud.AuthorityHost()
	hash := InjectionHash(base, azure.AudiencePublic, authority)
	// Fixed for ever: another value would restart every pod at the next update.
	if want := "6e95686a5063e88a"; hash != want {
		t.Errorf("hash = %s, want %s", hash, want)
	}
	if same := InjectionHash(with("note", "x"), azure.AudiencePublic, authority); same != hash {
		t.Error("an annotation that the webhook does not read changes the hash")
	}
	for reason, other := range map[string]string{
		"another client id":        InjectionHash(with(AnnotationClientID, "d"), azure.AudiencePublic, authority),
		"a tenant":                 InjectionHash(with(AnnotationTenantID, "t"), azure.AudiencePublic, authority),
		"another expiration":       InjectionHash(with(AnnotationTokenExpiration, "7200"), azure.AudiencePublic, authority),
		"another audience":         InjectionHash(base, azure.AudienceChina, authority),
		"another cloud":            InjectionHash(base, azure.AudiencePublic, azure.ChinaCloud.AuthorityHost()),
		"no annotations":           InjectionHash(nil, azure.AudiencePublic, authority),
		"audience and host joined": InjectionHash(base, azure.AudiencePublic+authority, ""),
	} {
		if other == hash {
			t.Errorf("%s has the same hash", reason)
		}
	}
	if strings.HasPrefix(AnnotationInjection, KeyPrefix) {
		t.Error("the webhook would read the annotation")
	}
	// A key is a DNS name, a slash and a name. Source: Kubernetes, "Annotations".
	if !regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[a-z0-9]([-a-z0-9]*[a-z0-9])?$`).MatchString(AnnotationInjection) {
		t.Errorf("Kubernetes refuses the key %q", AnnotationInjection)
	}
}

func TestInjectionHashTellsAnnotationsApart(t *testing.T) {
	legal := regexp.MustCompile(`^[0-9a-f]{16}$`)
	draw := rapid.MapOf(rapid.StringMatching(`azure\.workload\.identity/[a-z-]{1,8}`), rapid.StringMatching(`[ -~]{0,8}`))
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		x, y := InjectionHash(a, "u", "v"), InjectionHash(b, "u", "v")
		if !legal.MatchString(x) {
			t.Fatalf("%q", x)
		}
		if maps.Equal(a, b) != (x == y) {
			t.Fatalf("%v is %s, %v is %s", a, x, b, y)
		}
	})
}
