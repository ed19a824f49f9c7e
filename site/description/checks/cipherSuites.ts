const SECRETS = ["ECDHE_ECDSA", "ECDHE_RSA", "RSA"];
const CIPHERS = [
  "AES_128_CBC_SHA",
  "AES_128_CBC_SHA256",
  "AES_128_GCM_SHA256",
  "AES_256_CBC_SHA",
  "AES_256_GCM_SHA384",
  "RC4_128_SHA",
];

/** Cipher suites that Go's TLS knows by name, safe ones and others: a kubelet starts with no other name (component-base/cli/flag/ciphersuites_flag.go). */
export const CIPHER_SUITES: readonly string[] = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  ...SECRETS.flatMap((secret) => CIPHERS.map((cipher) => `TLS_${secret}_WITH_${cipher}`)),
  "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
  "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
  ...["ECDSA", "RSA"].flatMap((key) =>
    ["POLY1305", "POLY1305_SHA256"].map((mode) => `TLS_ECDHE_${key}_WITH_CHACHA20_${mode}`),
  ),
];
