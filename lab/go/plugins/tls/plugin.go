// Package tls is the plugin of @pulumi/tls: keys and certificates that live in the stack's state.
package tls

import (
	"crypto/sha1"
	"encoding/hex"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"groundwork/lab/go/plugins/protocol"
)

// New makes the plugin.
func New(host protocol.Host) plugin.Provider {
	return &protocol.Plugin{
		Base: protocol.NewBase("tls", host),
		Configuration: protocol.Properties{"proxy": {Kind: protocol.Object, Fields: protocol.Properties{
			"url":      {Kind: protocol.String},
			"username": {Kind: protocol.String},
			"password": {Kind: protocol.String, Secret: true},
			"fromEnv":  {Kind: protocol.Boolean},
		}}},
		Resources: map[tokens.Type]protocol.Resource{
			"tls:index/privateKey:PrivateKey":               privateKey(),
			"tls:index/certRequest:CertRequest":             certRequest(),
			"tls:index/selfSignedCert:SelfSignedCert":       selfSignedCert(),
			"tls:index/locallySignedCert:LocallySignedCert": locallySignedCert(),
		},
		Functions: map[tokens.ModuleMember]protocol.Function{
			"tls:index/getPublicKey:getPublicKey":     getPublicKey(),
			"tls:index/getCertificate:getCertificate": getCertificate(),
		},
	}
}

// now is the time certificates begin.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// hash is an id made from content.
func hash(content string) resource.ID {
	sum := sha1.Sum([]byte(content))
	return resource.ID(hex.EncodeToString(sum[:]))
}

func text(value string) resource.PropertyValue { return resource.NewStringProperty(value) }
