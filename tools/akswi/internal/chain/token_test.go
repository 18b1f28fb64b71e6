package chain

import "testing"

func TestParseClaimsRefusesOtherText(t *testing.T) {
	for name, token := range map[string]string{"Empty": "", "Opaque": "abc", "NotBase64": "a.!.c", "NotJSON": "YQ.YQ.YQ", "NumberAsIssuer": "e30.eyJpc3MiOjF9."} {
		t.Run(name, func(t *testing.T) {
			if got, err := parseClaims(token); err == nil {
				t.Errorf("want an error, got %+v", got)
			}
		})
	}
}
