package tls

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

var publicKeyOutputs = protocol.Properties{
	"publicKeyPem":               {Kind: protocol.String, Required: true},
	"publicKeyOpenssh":           {Kind: protocol.String, Required: true},
	"publicKeyFingerprintMd5":    {Kind: protocol.String, Required: true},
	"publicKeyFingerprintSha256": {Kind: protocol.String, Required: true},
}

func privateKey() protocol.Resource {
	return protocol.Resource{
		Inputs: protocol.Properties{
			"algorithm": {
				Kind: protocol.String, Required: true, Replace: true, Oneof: []string{"RSA", "ECDSA", "ED25519"},
			},
			"ecdsaCurve": {
				Kind: protocol.String, Replace: true, Default: "P224", Oneof: []string{"P224", "P256", "P384", "P521"},
			},
			"rsaBits": {Kind: protocol.Integer, Replace: true, Default: 2048},
		},
		Outputs: publicKeyOutputs.With(protocol.Properties{
			"privateKeyPem":      {Kind: protocol.String, Required: true, Secret: true},
			"privateKeyPemPkcs8": {Kind: protocol.String, Required: true, Secret: true},
			"privateKeyOpenssh":  {Kind: protocol.String, Required: true, Secret: true},
		}),
		Create: func(_ protocol.Operation, inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
			var wanted struct {
				Algorithm  string `json:"algorithm"`
				ECDSACurve string `json:"ecdsaCurve"`
				RSABits    int    `json:"rsaBits"`
			}
			if err := protocol.Decode(inputs, &wanted); err != nil {
				return "", nil, err
			}
			made, err := newKey(wanted.Algorithm, wanted.ECDSACurve, wanted.RSABits)
			if err != nil {
				return "", nil, err
			}
			outputs, err := made.private()
			if err != nil {
				return "", nil, err
			}
			public, err := made.public()
			maps.Copy(outputs, public)
			return hash(public["publicKeyPem"].StringValue()), outputs, err
		},
	}
}
