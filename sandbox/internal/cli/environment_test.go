package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

func TestMerge(t *testing.T) {
	for name, tc := range map[string]struct {
		inherited []string
		vars      map[string]string
		want      []string
	}{
		"the user's own login to Azure does not reach a command in the sandbox": {
			[]string{"ARM_CLIENT_SECRET=s", "AZURE_CLIENT_CERTIFICATE_PATH=p", "AZURE_CONFIG_DIR=d", "HOME=/h"}, nil, []string{"HOME=/h"}},
		"the sandbox's proxy replaces the user's": {
			[]string{"HTTPS_PROXY=http://proxy.corp:3128", "https_proxy=http://proxy.corp:3128"},
			map[string]string{"HTTPS_PROXY": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"},
			[]string{"HTTPS_PROXY=http://127.0.0.1:1", "https_proxy=http://127.0.0.1:1"}},
		"the sandbox's own login replaces the user's of the same name": {
			[]string{"ARM_CLIENT_ID=mine"}, map[string]string{"ARM_CLIENT_ID": "deployer"}, []string{"ARM_CLIENT_ID=deployer"}},
		"a variable with a similar name stays": {
			[]string{"ARMOUR=1", "AZURE=1", "MY_ARM_X=1"}, nil, []string{"ARMOUR=1", "AZURE=1", "MY_ARM_X=1"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, merge(tc.inherited, tc.vars)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestJournal(t *testing.T) {
	h := home.Home{Dir: "/sandbox"}
	for name, tc := range map[string]struct{ inherited, want string }{
		"without a setting the journal is on":                  {"", "/sandbox/bridge"},
		"a torture run switches it off":                        {"off", "off"},
		"inside another sandbox's shell it is not that folder": {"/other/bridge", "/sandbox/bridge"},
	} {
		if got := journal(h, tc.inherited); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
