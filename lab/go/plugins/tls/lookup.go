package tls

import (
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

func getPublicKey() protocol.Function {
	inputs := protocol.Properties{
		"privateKeyPem":     {Kind: protocol.String, Secret: true},
		"privateKeyOpenssh": {Kind: protocol.String, Secret: true},
	}
	return protocol.Function{
		Inputs: inputs, Outputs: inputs.With(publicKeyOutputs).With(protocol.Properties{
			"algorithm": {Kind: protocol.String, Required: true}, "id": {Kind: protocol.String, Required: true},
		}),
		Call: func(_ protocol.Operation, given resource.PropertyMap) (resource.PropertyMap, error) {
			var wanted struct {
				PrivateKeyPem     string `json:"privateKeyPem"`
				PrivateKeyOpenssh string `json:"privateKeyOpenssh"`
			}
			if err := protocol.Decode(given, &wanted); err != nil {
				return nil, err
			}
			if (wanted.PrivateKeyPem == "") == (wanted.PrivateKeyOpenssh == "") {
				return nil, errors.New("privateKeyPem: give exactly one of privateKeyPem and privateKeyOpenssh")
			}
			key, err := parseKey(wanted.PrivateKeyPem + wanted.PrivateKeyOpenssh)
			if err != nil {
				return nil, err
			}
			results, err := key.public()
			if err != nil {
				return nil, err
			}
			results["algorithm"] = text(key.algorithm)
			results["id"] = text(string(hash(results["publicKeyPem"].StringValue())))
			for name, value := range given {
				results[name] = protocol.Secret(value)
			}
			return results, nil
		},
	}
}

func getCertificate() protocol.Function {
	inputs := protocol.Properties{
		"content":     {Kind: protocol.String},
		"url":         {Kind: protocol.String},
		"verifyChain": {Kind: protocol.Boolean, Default: true},
	}
	return protocol.Function{
		Inputs: inputs, Outputs: inputs.With(protocol.Properties{
			"id": {Kind: protocol.String, Required: true},
			"certificates": {Kind: protocol.List, Required: true, Of: &protocol.Property{
				Kind: protocol.Object, Fields: certificateFields,
			}},
		}),
		Call: func(op protocol.Operation, given resource.PropertyMap) (resource.PropertyMap, error) {
			var wanted struct {
				Content     string `json:"content"`
				URL         string `json:"url"`
				VerifyChain bool   `json:"verifyChain"`
			}
			if err := protocol.Decode(given, &wanted); err != nil {
				return nil, err
			}
			chain, err := parseChain(wanted.Content)
			if wanted.URL != "" {
				chain, err = servedChain(op, wanted.URL, wanted.VerifyChain)
			}
			if err != nil {
				return nil, err
			}
			described, all := make([]resource.PropertyValue, len(chain)), ""
			for i, certificate := range chain {
				described[i] = resource.NewObjectProperty(describe(certificate))
				all += string(certificate.Raw)
			}
			results := resource.PropertyMap{
				"id": text(string(hash(all))), "certificates": resource.NewArrayProperty(described),
			}
			maps.Copy(results, given)
			return results, nil
		},
	}
}

var certificateFields = protocol.Properties{
	"certPem":            {Kind: protocol.String, Required: true},
	"isCa":               {Kind: protocol.Boolean, Required: true},
	"issuer":             {Kind: protocol.String, Required: true},
	"maxPathLength":      {Kind: protocol.Integer, Required: true},
	"notAfter":           {Kind: protocol.String, Required: true},
	"notBefore":          {Kind: protocol.String, Required: true},
	"publicKeyAlgorithm": {Kind: protocol.String, Required: true},
	"serialNumber":       {Kind: protocol.String, Required: true},
	"sha1Fingerprint":    {Kind: protocol.String, Required: true},
	"signatureAlgorithm": {Kind: protocol.String, Required: true},
	"subject":            {Kind: protocol.String, Required: true},
	"version":            {Kind: protocol.Integer, Required: true},
}

func describe(certificate *x509.Certificate) resource.PropertyMap {
	sum, longest := sha1.Sum(certificate.Raw), -1
	if certificate.IsCA {
		longest = certificate.MaxPathLen
	}
	return resource.PropertyMap{
		"certPem":            text(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}))),
		"isCa":               resource.NewBoolProperty(certificate.IsCA),
		"issuer":             text(certificate.Issuer.String()),
		"maxPathLength":      resource.NewNumberProperty(float64(longest)),
		"notAfter":           text(certificate.NotAfter.Format(time.RFC3339)),
		"notBefore":          text(certificate.NotBefore.Format(time.RFC3339)),
		"publicKeyAlgorithm": text(certificate.PublicKeyAlgorithm.String()),
		"serialNumber":       text(certificate.SerialNumber.String()),
		"sha1Fingerprint":    text(hex.EncodeToString(sum[:])),
		"signatureAlgorithm": text(certificate.SignatureAlgorithm.String()),
		"subject":            text(certificate.Subject.String()),
		"version":            resource.NewNumberProperty(float64(certificate.Version)),
	}
}

func parseChain(content string) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
	for block, rest := pem.Decode([]byte(content)); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("content: %w", err)
		}
		chain = append(chain, certificate)
	}
	return chain, nil
}

// servedChain is the chain that the server at a URL shows, the root first.
func servedChain(op protocol.Operation, address string, verify bool) ([]*x509.Certificate, error) {
	where, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	port := where.Port()
	if port == "" {
		port = "443"
	}
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: !verify}}
	socket, err := dialer.DialContext(op, "tcp", net.JoinHostPort(where.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("url: %s: %w", address, err)
	}
	defer socket.Close()
	served := socket.(*tls.Conn).ConnectionState().PeerCertificates
	chain := make([]*x509.Certificate, len(served))
	for i, certificate := range served {
		chain[len(served)-1-i] = certificate
	}
	return chain, nil
}
