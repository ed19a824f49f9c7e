package tls

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

func certRequest() protocol.Resource {
	return protocol.Resource{
		Inputs: holderInputs,
		Outputs: protocol.Properties{
			"certRequestPem": {Kind: protocol.String, Required: true},
			"keyAlgorithm":   {Kind: protocol.String, Required: true},
		},
		Check: exactlyOne("privateKeyPem", "privateKeyPemWo"),
		Create: func(_ protocol.Operation, inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
			var wanted holder
			if err := protocol.Decode(inputs, &wanted); err != nil {
				return "", nil, err
			}
			request, algorithm, err := wanted.request()
			if err != nil {
				return "", nil, err
			}
			encoded := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}))
			return hash(encoded), resource.PropertyMap{
				"certRequestPem": text(encoded), "keyAlgorithm": text(algorithm),
			}, nil
		},
	}
}

// request is the signed certificate request, and the algorithm of its key.
func (h holder) request() ([]byte, string, error) {
	key, err := h.key()
	if err != nil {
		return nil, "", err
	}
	addresses, err := h.addresses()
	if err != nil {
		return nil, "", err
	}
	links, err := h.links()
	if err != nil {
		return nil, "", err
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: h.Subject.name(), DNSNames: h.DNSNames, IPAddresses: addresses, URIs: links,
	}, key.signer)
	return request, key.algorithm, err
}
