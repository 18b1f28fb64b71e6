package azure_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
)

// credential returns the kubeconfig of an action.
func (w *world) credential(path, action string) string {
	w.t.Helper()
	got := must(w.t, w.arm("POST", path+"/"+action, vCluster, nil), 200)
	one := got.body["kubeconfigs"].([]any)[0].(map[string]any)
	raw, err := base64.StdEncoding.DecodeString(one["value"].(string))
	if err != nil {
		w.t.Fatalf("%s: %v", action, err)
	}
	return string(raw)
}

func TestClusterCredentialForms(t *testing.T) {
	tenant := "11111111-1111-1111-1111-111111111111"
	cases := map[string]struct {
		aad    object
		action string
		want   func(w *world) []string
		not    string
	}{
		"without Entra ID the user's kubeconfig has a certificate": {nil, "listClusterUserCredential", nil, "kubelogin"},
		"Entra ID that is not managed has no effect":               {object{"managed": false}, "listClusterUserCredential", nil, "kubelogin"},
		"with Entra ID the admin's kubeconfig has a certificate":   {object{"managed": true}, "listClusterAdminCredential", nil, "kubelogin"},
		"with Entra ID the user's kubeconfig has kubelogin instead of a credential": {object{"managed": true}, "listClusterUserCredential", func(w *world) []string {
			return []string{"get-token", "--environment", "AzurePublicCloud", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630",
				"--client-id", "80faf920-1908-4b52-b5ef-a8e7bedfc67a", "--tenant-id", w.azure.Account().TenantID, "--login", "devicecode"}
		}, "client-key-data"},
		"the tenant is that of the cluster's users": {object{"managed": true, "tenantID": tenant}, "listClusterUserCredential", func(*world) []string {
			return []string{"get-token", "--environment", "AzurePublicCloud", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630",
				"--client-id", "80faf920-1908-4b52-b5ef-a8e7bedfc67a", "--tenant-id", tenant, "--login", "devicecode"}
		}, "client-certificate-data"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			w := newWorld(t, quiet)
			path := clusterPath(w.group("rg"), "aks1")
			w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(func(_, p object) {
				if c.aad != nil {
					p["aadProfile"] = c.aad
				}
			})), 201))
			text := w.credential(path, c.action)
			if text != w.credential(path, c.action) {
				t.Error("the text differs from one call to the next")
			}
			if strings.Contains(text, c.not) {
				t.Errorf("%q in %s", c.not, text)
			}
			config, err := clientcmd.Load([]byte(text))
			if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			here := config.Contexts[config.CurrentContext]
			cluster, user := config.Clusters[here.Cluster], config.AuthInfos[here.AuthInfo]
			if want := "https://" + w.runtime.only(t).FQDN + ":443"; cluster.Server != want || string(cluster.CertificateAuthorityData) != "ca" {
				t.Errorf("cluster %+v, want server %s with the CA", cluster, want)
			}
			if c.want == nil {
				if user.Exec != nil || len(user.ClientKeyData) == 0 {
					t.Errorf("no certificate in %s", text)
				}
				return
			}
			if user.Exec == nil || user.Exec.Command != "kubelogin" || user.Exec.APIVersion != "client.authentication.k8s.io/v1beta1" {
				t.Fatalf("no kubelogin in %s", text)
			}
			if diff := cmp.Diff(c.want(w), user.Exec.Args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			if here.AuthInfo != "clusterUser_rg_aks1" {
				t.Errorf("user %q", here.AuthInfo)
			}
		})
	}
}

func TestClusterWithoutKubeconfigYet(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.runtime.set(func(f *fakeRuntime) { f.fail = errors.New("etcd did not start") })
	w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 201))
	for _, action := range []string{"listClusterUserCredential", "listClusterAdminCredential"} {
		got := w.arm("POST", path+"/"+action, vCluster, nil)
		if got.status != 404 || got.code() != "ControlPlaneNotFound" || strings.Contains(got.text, "/state") {
			t.Errorf("%s of a cluster that was never ready: %d %s", action, got.status, got.text)
		}
	}
}
