package pki

import (
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const fqdn = "x-12345678.hcp.eastus.azmk8s.io"

func ensure(t *testing.T, dir string) Files {
	t.Helper()
	f, err := Ensure(dir, []string{fqdn}, net.IPv4(10, 0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func load(t *testing.T, p Pair) *x509.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(p.Cert, p.Key)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf
}

func pool(t *testing.T, p Pair) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(load(t, p))
	return pool
}

func TestServingCertificateNames(t *testing.T) {
	f := ensure(t, t.TempDir())
	cert := load(t, f.APIServer)
	for _, name := range []string{fqdn, "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "127.0.0.1", "10.0.0.1"} {
		_, err := cert.Verify(x509.VerifyOptions{DNSName: name, Roots: pool(t, f.ClusterCA), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestServingCertificateGetsANameItLacks adds the public name of a private cluster. Its certificate
// changes, and those of its clients stay.
func TestServingCertificateGetsANameItLacks(t *testing.T) {
	dir := t.TempDir()
	f := ensure(t, dir)
	first, user := load(t, f.APIServer), load(t, f.User)
	const private = "x-12345678.9b2f5c0e.privatelink.eastus.azmk8s.io"
	for _, names := range [][]string{{fqdn, private}, {private}, {fqdn, private}} {
		if _, err := Ensure(dir, names, net.IPv4(10, 0, 0, 1)); err != nil {
			t.Fatal(err)
		}
	}
	second := load(t, f.APIServer)
	for _, name := range []string{fqdn, private} {
		if _, err := second.Verify(x509.VerifyOptions{DNSName: name, Roots: pool(t, f.ClusterCA)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if second.Equal(first) || !load(t, f.User).Equal(user) {
		t.Error("want another certificate of the API server, and no other of its clients")
	}
	ensure(t, dir)
	if !load(t, f.APIServer).Equal(second) {
		t.Error("a certificate that has the name was issued again")
	}
}

func TestClients(t *testing.T) {
	f := ensure(t, t.TempDir())
	for name, tc := range map[string]struct {
		pair         Pair
		authority    Pair
		user, groups string
	}{
		"the user's kubeconfig is in system:masters, as on AKS": {f.User, f.ClusterCA, masterUser, mastersGroup},
		"the administrator's kubeconfig is in system:masters":   {f.Admin, f.ClusterCA, masterUser, mastersGroup},
		"the controllers have their own user":                   {f.Manager, f.ClusterCA, managerUser, ""},
		"the node agent is in no group":                         {f.Agent, f.ClusterCA, AgentUser, ""},
		"the reader of the issuer's documents is in no group":   {f.Issuer, f.ClusterCA, IssuerUser, ""},
		"the internal authority signs etcd's clients":           {f.EtcdClient, f.InternalCA, "kube-apiserver", ""},
		"the internal authority signs the tunnel's clients":     {f.TunnelClient, f.InternalCA, "kube-apiserver", ""},
	} {
		t.Run(name, func(t *testing.T) {
			cert := load(t, tc.pair)
			opts := x509.VerifyOptions{Roots: pool(t, tc.authority), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
			if _, err := cert.Verify(opts); err != nil {
				t.Error(err)
			}
			groups := ""
			if len(cert.Subject.Organization) > 0 {
				groups = cert.Subject.Organization[0]
			}
			if cert.Subject.CommonName != tc.user || groups != tc.groups {
				t.Errorf("user %q of %q, want %q of %q", cert.Subject.CommonName, groups, tc.user, tc.groups)
			}
			if left := time.Until(cert.NotAfter); left < 9*365*24*time.Hour {
				t.Errorf("expires in %s", left)
			}
		})
	}
	if _, err := load(t, f.User).Verify(x509.VerifyOptions{Roots: pool(t, f.InternalCA), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err == nil {
		t.Error("a user's certificate opens etcd")
	}
}

func TestSigningKeyIsRSA2048(t *testing.T) {
	f := ensure(t, t.TempDir())
	moduli := map[string]bool{}
	for _, k := range []SigningKey{f.ServiceAccount, f.Next} {
		text, err := os.ReadFile(k.Public)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(text)
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		key, ok := public.(*rsa.PublicKey)
		if !ok || key.N.BitLen() != 2048 {
			t.Fatalf("key %T", public)
		}
		moduli[key.N.String()] = true
	}
	if len(moduli) != 2 {
		t.Error("both signing keys are the same")
	}
}

func TestEnsureKeepsExistingFiles(t *testing.T) {
	dir := t.TempDir()
	f := ensure(t, dir)
	before := read(t, dir)
	// As after an interrupted first start: the missing certificate is issued, the others stay.
	if err := os.Remove(f.Agent.Cert); err != nil {
		t.Fatal(err)
	}
	ensure(t, dir)
	after := read(t, dir)
	load(t, f.Agent)
	for _, lost := range []string{f.Agent.Cert, f.Agent.Key} {
		delete(before, lost)
		delete(after, lost)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("files -before +after:\n%s", diff)
	}
}

func TestEnsureIssuesACertificateOfAnotherAuthorityAgain(t *testing.T) {
	dir := t.TempDir()
	f := ensure(t, dir)
	user := load(t, f.User)
	for _, file := range []string{f.InternalCA.Cert, f.InternalCA.Key} {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	ensure(t, dir)
	opts := x509.VerifyOptions{Roots: pool(t, f.InternalCA), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if _, err := load(t, f.EtcdServer).Verify(opts); err != nil {
		t.Error(err)
	}
	if !load(t, f.User).Equal(user) {
		t.Error("the certificate of a kubeconfig was issued again")
	}
}

func TestEnsureRefusesABrokenAuthority(t *testing.T) {
	dir := t.TempDir()
	f := ensure(t, dir)
	if err := os.WriteFile(f.ClusterCA.Cert, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Ensure(dir, []string{fqdn}, net.IPv4(10, 0, 0, 1)); err == nil {
		t.Error("a broken authority was accepted, or replaced although kubeconfigs have it")
	}
}

func TestKeysAreForTheOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir)
	for file := range read(t, dir) {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %s", filepath.Base(file), info.Mode())
		}
	}
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	out := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[f] = string(bytes.TrimSpace(b))
	}
	return out
}

func TestRotate(t *testing.T) {
	dir := t.TempDir()
	ensure := func() map[string]string {
		f, err := Ensure(dir, []string{"a"}, net.IPv4(10, 0, 0, 1))
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]string{}
		for name, k := range map[string]SigningKey{"signs": f.ServiceAccount, "next": f.Next, "old": f.Old} {
			if k.Private == "" {
				continue
			}
			text, err := os.ReadFile(k.Private)
			if err != nil {
				t.Fatal(err)
			}
			keys[name] = string(text)
		}
		return keys
	}
	before := ensure()
	if err := Rotate(dir); err != nil {
		t.Fatal(err)
	}
	after := ensure()
	if before["old"] != "" || after["old"] != before["signs"] || after["signs"] != before["next"] || after["next"] == before["next"] {
		t.Error("the keys did not move by one place")
	}
	if again := ensure(); again["next"] != after["next"] {
		t.Error("the next start makes another key")
	}
}
