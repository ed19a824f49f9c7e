package tls

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

func selfSignedCert() protocol.Resource {
	inputs := termsInputs.With(holderInputs).With(protocol.Properties{
		"setAuthorityKeyId": {Kind: protocol.Boolean, Replace: true, Default: false},
	})
	declared := certificateResource(inputs, protocol.Properties{
		"keyAlgorithm": {Kind: protocol.String, Required: true},
	})
	declared.Check = exactlyOne("privateKeyPem", "privateKeyPemWo")
	declared.Create = func(
		_ protocol.Operation, inputs resource.PropertyMap,
	) (resource.ID, resource.PropertyMap, error) {
		var wanted struct {
			terms
			holder
			SetAuthorityKeyID bool `json:"setAuthorityKeyId"`
		}
		if err := protocol.Decode(inputs, &wanted); err != nil {
			return "", nil, err
		}
		key, err := wanted.key()
		if err != nil {
			return "", nil, err
		}
		certificate, err := wanted.template(key.signer.Public())
		if err != nil {
			return "", nil, err
		}
		certificate.Subject, certificate.DNSNames = wanted.Subject.name(), wanted.DNSNames
		if certificate.IPAddresses, err = wanted.addresses(); err != nil {
			return "", nil, err
		}
		if certificate.URIs, err = wanted.links(); err != nil {
			return "", nil, err
		}
		if wanted.SetAuthorityKeyID {
			if certificate.AuthorityKeyId, err = keyID(key.signer.Public()); err != nil {
				return "", nil, err
			}
		}
		id, outputs, err := wanted.issue(certificate, certificate, key.signer.Public(), key.signer)
		if err != nil {
			return "", nil, err
		}
		outputs["keyAlgorithm"] = text(key.algorithm)
		return id, outputs, nil
	}
	return declared
}

func locallySignedCert() protocol.Resource {
	declared := certificateResource(termsInputs.With(protocol.Properties{
		"certRequestPem":           {Kind: protocol.String, Required: true, Replace: true},
		"caCertPem":                {Kind: protocol.String, Required: true, Replace: true},
		"caPrivateKeyPem":          {Kind: protocol.String, Secret: true, Replace: true},
		"caPrivateKeyPemWo":        {Kind: protocol.String, Secret: true, Replace: true},
		"caPrivateKeyPemWoVersion": {Kind: protocol.Integer, Replace: true},
	}), protocol.Properties{"caKeyAlgorithm": {Kind: protocol.String, Required: true}})
	declared.Check = exactlyOne("caPrivateKeyPem", "caPrivateKeyPemWo")
	declared.Create = func(
		op protocol.Operation, inputs resource.PropertyMap,
	) (resource.ID, resource.PropertyMap, error) {
		var wanted struct {
			terms
			CertRequestPem    string `json:"certRequestPem"`
			CACertPem         string `json:"caCertPem"`
			CAPrivateKeyPem   string `json:"caPrivateKeyPem"`
			CAPrivateKeyPemWo string `json:"caPrivateKeyPemWo"`
		}
		if err := protocol.Decode(inputs, &wanted); err != nil {
			return "", nil, err
		}
		request, err := parseRequest(wanted.CertRequestPem)
		if err != nil {
			return "", nil, fmt.Errorf("certRequestPem: %w", err)
		}
		ca, err := parseCertificate(wanted.CACertPem)
		if err != nil {
			return "", nil, fmt.Errorf("caCertPem: %w", err)
		}
		if !ca.IsCA {
			op.Log(diag.Warning, "caCertPem: is not the certificate of a CA; few clients will trust what it signs")
		}
		key, err := parseKey(wanted.CAPrivateKeyPem + wanted.CAPrivateKeyPemWo)
		if err != nil {
			return "", nil, fmt.Errorf("caPrivateKeyPem: is not a private key in PEM that can be read: %w", err)
		}
		certificate, err := wanted.template(request.PublicKey)
		if err != nil {
			return "", nil, err
		}
		certificate.RawSubject, certificate.DNSNames = request.RawSubject, request.DNSNames
		certificate.IPAddresses, certificate.URIs = request.IPAddresses, request.URIs
		id, outputs, err := wanted.issue(certificate, ca, request.PublicKey, key.signer)
		if err != nil {
			return "", nil, err
		}
		outputs["caKeyAlgorithm"] = text(key.algorithm)
		return id, outputs, nil
	}
	return declared
}

func parseRequest(encoded string) (*x509.CertificateRequest, error) {
	block, _ := pem.Decode([]byte(encoded))
	if block == nil || block.Type != "CERTIFICATE REQUEST" {
		return nil, errors.New("is not a certificate request in PEM")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, err
	}
	return request, request.CheckSignature()
}

func parseCertificate(encoded string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(encoded))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("is not a certificate in PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}
