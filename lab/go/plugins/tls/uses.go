package tls

import (
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
)

var keyUses = map[string]x509.KeyUsage{
	"digital_signature":  x509.KeyUsageDigitalSignature,
	"content_commitment": x509.KeyUsageContentCommitment,
	"key_encipherment":   x509.KeyUsageKeyEncipherment,
	"data_encipherment":  x509.KeyUsageDataEncipherment,
	"key_agreement":      x509.KeyUsageKeyAgreement,
	"cert_signing":       x509.KeyUsageCertSign,
	"crl_signing":        x509.KeyUsageCRLSign,
	"encipher_only":      x509.KeyUsageEncipherOnly,
	"decipher_only":      x509.KeyUsageDecipherOnly,
}

var extendedUses = map[string]x509.ExtKeyUsage{
	"any_extended":                      x509.ExtKeyUsageAny,
	"server_auth":                       x509.ExtKeyUsageServerAuth,
	"client_auth":                       x509.ExtKeyUsageClientAuth,
	"code_signing":                      x509.ExtKeyUsageCodeSigning,
	"email_protection":                  x509.ExtKeyUsageEmailProtection,
	"ipsec_end_system":                  x509.ExtKeyUsageIPSECEndSystem,
	"ipsec_tunnel":                      x509.ExtKeyUsageIPSECTunnel,
	"ipsec_user":                        x509.ExtKeyUsageIPSECUser,
	"timestamping":                      x509.ExtKeyUsageTimeStamping,
	"ocsp_signing":                      x509.ExtKeyUsageOCSPSigning,
	"microsoft_server_gated_crypto":     x509.ExtKeyUsageMicrosoftServerGatedCrypto,
	"netscape_server_gated_crypto":      x509.ExtKeyUsageNetscapeServerGatedCrypto,
	"microsoft_commercial_code_signing": x509.ExtKeyUsageMicrosoftCommercialCodeSigning,
	"microsoft_kernel_code_signing":     x509.ExtKeyUsageMicrosoftKernelCodeSigning,
}

// allUses are the names of all uses.
func allUses() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for name := range maps.Keys(keyUses) {
			if !yield(name) {
				return
			}
		}
		for name := range maps.Keys(extendedUses) {
			if !yield(name) {
				return
			}
		}
	})
}

// allow lets a certificate be used in these ways.
func allow(certificate *x509.Certificate, uses []string) error {
	for _, use := range uses {
		if bit, known := keyUses[use]; known {
			certificate.KeyUsage |= bit
		} else if extended, known := extendedUses[use]; known {
			certificate.ExtKeyUsage = append(certificate.ExtKeyUsage, extended)
		} else {
			return fmt.Errorf("allowedUses: %q is not a use", use)
		}
	}
	return nil
}
