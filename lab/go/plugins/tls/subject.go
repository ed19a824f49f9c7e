package tls

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
	"net/url"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"groundwork/lab/go/plugins/protocol"
)

var emailAddress = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}

// holderInputs are the inputs that say whom a certificate is for.
var holderInputs = protocol.Properties{
	"privateKeyPem":          {Kind: protocol.String, Secret: true, Replace: true},
	"privateKeyPemWo":        {Kind: protocol.String, Secret: true, Replace: true},
	"privateKeyPemWoVersion": {Kind: protocol.Integer, Replace: true},
	"dnsNames":               replacing(protocol.ListOf(protocol.String)),
	"ipAddresses":            replacing(protocol.ListOf(protocol.String)),
	"uris":                   replacing(protocol.ListOf(protocol.String)),
	"subject": {Kind: protocol.Object, Replace: true, Fields: protocol.Properties{
		"commonName":         {Kind: protocol.String},
		"country":            {Kind: protocol.String},
		"emailAddress":       {Kind: protocol.String},
		"locality":           {Kind: protocol.String},
		"organization":       {Kind: protocol.String},
		"organizationalUnit": {Kind: protocol.String},
		"postalCode":         {Kind: protocol.String},
		"province":           {Kind: protocol.String},
		"serialNumber":       {Kind: protocol.String},
		"streetAddresses":    protocol.ListOf(protocol.String),
	}},
}

func replacing(property protocol.Property) protocol.Property {
	property.Replace = true
	return property
}

// holder is whom a certificate is for.
type holder struct {
	PrivateKeyPem   string   `json:"privateKeyPem"`
	PrivateKeyPemWo string   `json:"privateKeyPemWo"`
	DNSNames        []string `json:"dnsNames"`
	IPAddresses     []string `json:"ipAddresses"`
	URIs            []string `json:"uris"`
	Subject         subject  `json:"subject"`
}

type subject struct {
	CommonName         string   `json:"commonName"`
	Country            string   `json:"country"`
	EmailAddress       string   `json:"emailAddress"`
	Locality           string   `json:"locality"`
	Organization       string   `json:"organization"`
	OrganizationalUnit string   `json:"organizationalUnit"`
	PostalCode         string   `json:"postalCode"`
	Province           string   `json:"province"`
	SerialNumber       string   `json:"serialNumber"`
	StreetAddresses    []string `json:"streetAddresses"`
}

// key is the private key, from whichever input gives it.
func (h holder) key() (key, error) {
	parsed, err := parseKey(h.PrivateKeyPem + h.PrivateKeyPemWo)
	if err != nil {
		return key{}, fmt.Errorf("privateKeyPem: is not a private key in PEM that can be read: %w", err)
	}
	return parsed, nil
}

func (h holder) addresses() ([]net.IP, error) {
	addresses := make([]net.IP, len(h.IPAddresses))
	for i, address := range h.IPAddresses {
		if addresses[i] = net.ParseIP(address); addresses[i] == nil {
			return nil, fmt.Errorf("ipAddresses[%d]: %q is not an IP address", i, address)
		}
	}
	return addresses, nil
}

func (h holder) links() ([]*url.URL, error) {
	links := make([]*url.URL, len(h.URIs))
	for i, uri := range h.URIs {
		link, err := url.Parse(uri)
		if err != nil {
			return nil, fmt.Errorf("uris[%d]: %w", i, err)
		}
		links[i] = link
	}
	return links, nil
}

// name is the subject as X.509 has it.
func (s subject) name() pkix.Name {
	name := pkix.Name{
		CommonName: s.CommonName, SerialNumber: s.SerialNumber, StreetAddress: s.StreetAddresses,
		Country: given(s.Country), Locality: given(s.Locality), Organization: given(s.Organization),
		OrganizationalUnit: given(s.OrganizationalUnit), PostalCode: given(s.PostalCode), Province: given(s.Province),
	}
	if s.EmailAddress != "" {
		name.ExtraNames = append(name.ExtraNames, pkix.AttributeTypeAndValue{
			Type: emailAddress, Value: asn1.RawValue{Tag: asn1.TagIA5String, Bytes: []byte(s.EmailAddress)},
		})
	}
	return name
}

func given(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// exactlyOne says what is wrong with a key that is to be given either as kept or as write-only input.
func exactlyOne(kept, writeOnly resource.PropertyKey) func(resource.PropertyMap) []plugin.CheckFailure {
	return func(inputs resource.PropertyMap) []plugin.CheckFailure {
		_, hasKept := inputs[kept]
		_, hasWriteOnly := inputs[writeOnly]
		_, hasVersion := inputs[writeOnly+"Version"]
		switch {
		case hasKept == hasWriteOnly:
			return []plugin.CheckFailure{{
				Property: kept, Reason: fmt.Sprintf("%s: give exactly one of %s and %s", kept, kept, writeOnly),
			}}
		case hasWriteOnly && !hasVersion:
			return []plugin.CheckFailure{{
				Property: writeOnly + "Version", Reason: fmt.Sprintf("%sVersion: is missing; give it with %s", writeOnly, writeOnly),
			}}
		default:
			return nil
		}
	}
}
