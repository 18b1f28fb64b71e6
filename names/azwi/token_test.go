package azwi

import "testing"

func TestTokenFolder(t *testing.T) {
	for reason, tc := range map[string]struct{ text, want string }{
		"the folder itself":                    {TokenMountPath, TokenMountPath},
		"a file in it":                         {TokenMountPath + "/azure-identity-token", TokenMountPath},
		"in a script":                          {"cat '" + TokenMountPath + "'/azure-identity-token", TokenMountPath},
		"the folder of older webhooks":         {TokenMountPathBefore16 + "/x", TokenMountPathBefore16},
		"a folder that begins alike":           {TokenMountPath + "ndow", ""},
		"one that begins alike, then the real": {TokenMountPath + "ndow " + TokenMountPath, TokenMountPath},
		"another folder":                       {"/var/run/secrets/kubernetes.io/serviceaccount/token", ""},
		"nothing":                              {"", ""},
	} {
		t.Run(reason, func(t *testing.T) {
			if got, found := TokenFolder(tc.text); got != tc.want || found != (tc.want != "") {
				t.Errorf("TokenFolder(%q) = %q, %v, want %q", tc.text, got, found, tc.want)
			}
		})
	}
}

func TestValidateTokenExpiration(t *testing.T) {
	for seconds, ok := range map[int]bool{3599: false, 3600: true, 86400: true, 86401: false, 0: false, -1: false} {
		if err := ValidateTokenExpiration(seconds); (err == nil) != ok {
			t.Errorf("%d: error = %v", seconds, err)
		}
	}
}
