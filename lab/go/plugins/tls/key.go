package tls

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
)

// key is a private key with the name of its algorithm.
type key struct {
	signer    crypto.Signer
	algorithm string
}

var curves = map[string]elliptic.Curve{
	"P224": elliptic.P224(), "P256": elliptic.P256(), "P384": elliptic.P384(), "P521": elliptic.P521(),
}

func newKey(algorithm, curve string, bits int) (key, error) {
	var signer crypto.Signer
	var err error
	switch algorithm {
	case "RSA":
		signer, err = rsa.GenerateKey(rand.Reader, bits)
	case "ECDSA":
		signer, err = ecdsa.GenerateKey(curves[curve], rand.Reader)
	case "ED25519":
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		err = fmt.Errorf("%s: is not an algorithm for keys", algorithm)
	}
	return key{signer, algorithm}, err
}

// parseKey reads a private key in any of the PEM forms there are.
func parseKey(text string) (key, error) {
	parsed, err := ssh.ParseRawPrivateKey([]byte(text))
	if err != nil {
		return key{}, err
	}
	switch signer := parsed.(type) {
	case *rsa.PrivateKey:
		return key{signer, "RSA"}, nil
	case *ecdsa.PrivateKey:
		return key{signer, "ECDSA"}, nil
	case *ed25519.PrivateKey:
		return key{*signer, "ED25519"}, nil
	case ed25519.PrivateKey:
		return key{signer, "ED25519"}, nil
	default:
		return key{}, errors.New("is neither RSA nor ECDSA nor ED25519")
	}
}

// private is the private key in PEM: the traditional form of its algorithm, PKCS #8, and OpenSSH's where it has one.
func (k key) private() (resource.PropertyMap, error) {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k.signer)
	if err != nil {
		return nil, err
	}
	traditional := &pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}
	switch signer := k.signer.(type) {
	case *rsa.PrivateKey:
		traditional = &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(signer)}
	case *ecdsa.PrivateKey:
		content, err := x509.MarshalECPrivateKey(signer)
		if err != nil {
			return nil, err
		}
		traditional = &pem.Block{Type: "EC PRIVATE KEY", Bytes: content}
	}
	openssh := ""
	if k.knownToSSH() {
		block, err := ssh.MarshalPrivateKey(k.signer, "")
		if err != nil {
			return nil, err
		}
		openssh = string(pem.EncodeToMemory(block))
	}
	return resource.PropertyMap{
		"privateKeyPem":      text(string(pem.EncodeToMemory(traditional))),
		"privateKeyPemPkcs8": text(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))),
		"privateKeyOpenssh":  text(openssh),
	}, nil
}

// public is the public key in PEM, and in OpenSSH's form with its fingerprints where it has one.
func (k key) public() (resource.PropertyMap, error) {
	content, err := x509.MarshalPKIXPublicKey(k.signer.Public())
	if err != nil {
		return nil, err
	}
	openssh, md5, sha256 := "", "", ""
	if k.knownToSSH() {
		public, err := ssh.NewPublicKey(k.signer.Public())
		if err != nil {
			return nil, err
		}
		openssh = string(ssh.MarshalAuthorizedKey(public))
		md5, sha256 = ssh.FingerprintLegacyMD5(public), ssh.FingerprintSHA256(public)
	}
	return resource.PropertyMap{
		"publicKeyPem":               text(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: content}))),
		"publicKeyOpenssh":           text(openssh),
		"publicKeyFingerprintMd5":    text(md5),
		"publicKeyFingerprintSha256": text(sha256),
	}, nil
}

// knownToSSH is false for the one curve that OpenSSH does not know.
func (k key) knownToSSH() bool {
	signer, isECDSA := k.signer.(*ecdsa.PrivateKey)
	return !isECDSA || signer.Curve != elliptic.P224()
}
