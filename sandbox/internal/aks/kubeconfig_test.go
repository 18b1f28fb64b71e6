package aks

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
)

func TestKubeconfig(t *testing.T) {
	l := layout{root: t.TempDir()}
	f := pki.Paths(l.pki())
	if err := os.MkdirAll(l.pki(), 0o700); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{
		f.ClusterCA.Cert: "authority", f.User.Cert: "user's certificate", f.User.Key: "user's key",
		f.Admin.Cert: "admin's certificate", f.Admin.Key: "admin's key",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := ensureKubeconfigs(l, f, testSpec()); err != nil {
		t.Fatal(err)
	}
	for name, admin := range map[string]bool{"kubeconfig-user.golden": false, "kubeconfig-admin.golden": true} {
		text, err := os.ReadFile(l.kubeconfig(admin))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, string(text))
	}

	t.Run("the text stays the same although a certificate changes", func(t *testing.T) {
		before, err := os.ReadFile(l.kubeconfig(false))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.User.Cert, []byte("another"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := ensureKubeconfigs(l, f, testSpec()); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(l.kubeconfig(false))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(before), string(after)); diff != "" {
			t.Errorf("-before +after:\n%s", diff)
		}
	})
}
