package pki

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"time"

	"github.com/natefinch/atomic"
)

const (
	// authorityLifetime is the lifetime of a cluster's authority on AKS.
	authorityLifetime = 30 * 365 * 24 * time.Hour
	// leafLifetime is longer than the life of any sandbox: a kubeconfig's text never changes.
	leafLifetime = 10 * 365 * 24 * time.Hour
	// backdate allows for a clock that is set back a little.
	backdate = 10 * time.Minute
	rsaBits  = 2048
)

type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

type leaf struct {
	files      Pair
	commonName string
	groups     []string
	usage      x509.ExtKeyUsage
	dns        []string
	ips        []net.IP
}

func ensureAuthority(files Pair, name string) (*authority, error) {
	pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createAuthority(files, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		pair, err = tls.LoadX509KeyPair(files.Cert, files.Key)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s: its key cannot sign", name)
	}
	return &authority{cert: pair.Leaf, key: key}, nil
}

func createAuthority(files Pair, name string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := newTemplate(name, authorityLifetime)
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	return writePair(files, der, key)
}

func (a *authority) ensureAll(leaves ...leaf) error {
	for _, l := range leaves {
		pair, err := tls.LoadX509KeyPair(l.files.Cert, l.files.Key)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !a.isValid(pair.Leaf, l) {
			err = a.issue(l)
		}
		if err != nil {
			return fmt.Errorf("certificate of %s: %w", l.commonName, err)
		}
	}
	return nil
}

// isValid reports whether a certificate is signed by the authority and has all the names and
// addresses.
func (a *authority) isValid(cert *x509.Certificate, l leaf) bool {
	if cert.CheckSignatureFrom(a.cert) != nil {
		return false
	}
	for _, name := range l.dns {
		if cert.VerifyHostname(name) != nil {
			return false
		}
	}
	for _, ip := range l.ips {
		if cert.VerifyHostname(ip.String()) != nil {
			return false
		}
	}
	return true
}

func (a *authority) issue(l leaf) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := newTemplate(l.commonName, leafLifetime)
	template.Subject.Organization = l.groups
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{l.usage}
	template.DNSNames, template.IPAddresses = l.dns, l.ips
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	return writePair(l.files, der, key)
}

func newTemplate(commonName string, lifetime time.Duration) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		Subject:   pkix.Name{CommonName: commonName},
		NotBefore: now.Add(-backdate),
		NotAfter:  now.Add(lifetime),
	}
}

func ensureSigningKey(files SigningKey) error {
	// The public half is written last: if it exists, both files are complete.
	if _, err := os.Stat(files.Public); err == nil {
		return nil
	}
	key, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return fmt.Errorf("service account key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return fmt.Errorf("service account key: %w", err)
	}
	if err := writePEM(files.Private, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)); err != nil {
		return err
	}
	return writePEM(files.Public, "PUBLIC KEY", public)
}

func writePair(files Pair, certDER []byte, key *ecdsa.PrivateKey) error {
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	if err := writePEM(files.Key, "EC PRIVATE KEY", keyDER); err != nil {
		return err
	}
	return writePEM(files.Cert, "CERTIFICATE", certDER)
}

// writePEM replaces the file in one step, so that an interrupted first start leaves no half-written
// key. Only the owner can read it.
func writePEM(file, kind string, der []byte) error {
	return atomic.WriteFile(file, bytes.NewReader(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
}
