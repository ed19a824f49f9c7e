/** TLS 1.2 and later everywhere (S5). Components written in Go name it this way. */
export const TLS_MIN_VERSION = "VersionTLS12";

/** The TLS 1.2 suites with forward secrecy and authenticated encryption; TLS 1.3 chooses its own. All keys are ECDSA. */
export const TLS_CIPHER_SUITES = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
];
