package cluster

import (
	"encoding/base64"
	"strings"
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
)

func TestDecodeKubeconfig(t *testing.T) {
	credential := func(value string) []containerservice.CredentialResultResponse {
		return []containerservice.CredentialResultResponse{{Name: "clusterUser", Value: value}}
	}
	cases := map[string]struct {
		reason  string
		list    []containerservice.CredentialResultResponse
		mode    CredentialMode
		want    string
		wantErr string
	}{
		"Text":      {reason: "the text is decoded", list: credential(base64.StdEncoding.EncodeToString([]byte("kind: Config"))), want: "kind: Config"},
		"None":      {reason: "no credentials: the usual reason is named", wantErr: "Azure Kubernetes Service Cluster User Role"},
		"NoAdmin":   {reason: "no admin credentials: another role is named", mode: CredentialsAdmin, wantErr: "Azure Kubernetes Service Cluster Admin Role"},
		"Empty":     {reason: "an empty credential would become an empty provider", list: credential(""), wantErr: "empty"},
		"NotBase64": {reason: "an undecodable credential is not passed on", list: credential("%%secret%%"), wantErr: "not base64"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := decodeKubeconfig(tc.list, tc.mode)
			if got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
			if tc.wantErr == "" && err != nil || tc.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tc.wantErr)) {
				t.Errorf("%s: error = %v, want %q", tc.reason, err, tc.wantErr)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error quotes the credential: %v", err)
			}
		})
	}
}

func TestCredentialsMode(t *testing.T) {
	for reason, tc := range map[string]struct {
		given CredentialMode
		k     *KubeloginArgs
		want  CredentialMode
	}{
		"the user's by default":            {"", nil, CredentialsUser},
		"a login means kubelogin":          {"", &KubeloginArgs{Login: LoginAzureCLI}, CredentialsKubelogin},
		"what is given counts":             {CredentialsAdmin, nil, CredentialsAdmin},
		"kubelogin can be said explicitly": {CredentialsKubelogin, &KubeloginArgs{Login: LoginAzureCLI}, CredentialsKubelogin},
	} {
		if got := credentialMode(tc.given, tc.k); got != tc.want {
			t.Errorf("%s: %q, want %q", reason, got, tc.want)
		}
	}
}
