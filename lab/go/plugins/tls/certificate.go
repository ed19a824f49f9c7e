package tls

import (
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

// termsInputs are the inputs of every certificate: how long, and for what.
var termsInputs = protocol.Properties{
	"allowedUses": {
		Kind: protocol.List, Required: true, Replace: true, Of: &protocol.Property{Kind: protocol.String, Oneof: allUses()},
	},
	"validityPeriodHours": {Kind: protocol.Integer, Required: true, Replace: true},
	"earlyRenewalHours":   {Kind: protocol.Integer, Default: 0},
	"isCaCertificate":     {Kind: protocol.Boolean, Replace: true, Default: false},
	"maxPathLength":       {Kind: protocol.Integer, Replace: true},
	"setSubjectKeyId":     {Kind: protocol.Boolean, Replace: true, Default: false},
}

var certificateOutputs = protocol.Properties{
	"certPem":           {Kind: protocol.String, Required: true},
	"readyForRenewal":   {Kind: protocol.Boolean, Required: true},
	"validityStartTime": {Kind: protocol.String, Required: true},
	"validityEndTime":   {Kind: protocol.String, Required: true},
}

// terms are for how long a certificate is valid, and for what.
type terms struct {
	AllowedUses         []string `json:"allowedUses"`
	ValidityPeriodHours int      `json:"validityPeriodHours"`
	EarlyRenewalHours   int      `json:"earlyRenewalHours"`
	IsCACertificate     bool     `json:"isCaCertificate"`
	MaxPathLength       *int     `json:"maxPathLength"`
	SetSubjectKeyID     bool     `json:"setSubjectKeyId"`
}

// template is a certificate of these terms for a public key.
func (t terms) template(public crypto.PublicKey) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	start := now()
	certificate := &x509.Certificate{
		SerialNumber: serial, BasicConstraintsValid: true, IsCA: t.IsCACertificate,
		NotBefore: start, NotAfter: start.Add(time.Duration(t.ValidityPeriodHours) * time.Hour),
	}
	if t.IsCACertificate && t.MaxPathLength != nil {
		certificate.MaxPathLen, certificate.MaxPathLenZero = *t.MaxPathLength, *t.MaxPathLength == 0
	}
	if t.IsCACertificate || t.SetSubjectKeyID {
		if certificate.SubjectKeyId, err = keyID(public); err != nil {
			return nil, err
		}
	}
	return certificate, allow(certificate, t.AllowedUses)
}

// keyID is the identifier of a public key: the SHA-1 of its bits, as RFC 5280 has it.
func keyID(public crypto.PublicKey) ([]byte, error) {
	content, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(content, &info); err != nil {
		return nil, err
	}
	sum := sha1.Sum(info.Key.Bytes)
	return sum[:], nil
}

// issue signs a certificate and tells its id and outputs.
func (t terms) issue(
	certificate, parent *x509.Certificate, public crypto.PublicKey, signer crypto.Signer,
) (resource.ID, resource.PropertyMap, error) {
	signed, err := x509.CreateCertificate(rand.Reader, certificate, parent, public, signer)
	if err != nil {
		return "", nil, err
	}
	outputs := resource.PropertyMap{
		"certPem":           text(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}))),
		"validityStartTime": text(certificate.NotBefore.Format(time.RFC3339)),
		"validityEndTime":   text(certificate.NotAfter.Format(time.RFC3339)),
		"readyForRenewal":   resource.NewBoolProperty(false),
	}
	return resource.ID(certificate.SerialNumber.String()), outputs, nil
}

// certificateResource is what all resources that are certificates have in common.
func certificateResource(inputs, outputs protocol.Properties) protocol.Resource {
	return protocol.Resource{
		Inputs: inputs, Outputs: outputs.With(certificateOutputs),
		Read: func(outputs resource.PropertyMap) resource.PropertyMap {
			return resource.PropertyMap{"readyForRenewal": resource.NewBoolProperty(ready(outputs, outputs))}
		},
		Stale: func(outputs, news resource.PropertyMap) string {
			if ready(outputs, news) {
				return "readyForRenewal"
			}
			return ""
		},
	}
}

// ready is whether a certificate has ended, or is within the hours before its end in which it is to be renewed.
func ready(outputs, inputs resource.PropertyMap) bool {
	end := outputs["validityEndTime"]
	if !end.IsString() {
		return false
	}
	ends, err := time.Parse(time.RFC3339, end.StringValue())
	if err != nil {
		return false
	}
	early := 0.0
	if hours := inputs["earlyRenewalHours"]; hours.IsNumber() {
		early = hours.NumberValue()
	}
	return !now().Before(ends.Add(-time.Duration(early * float64(time.Hour))))
}
