import { type Content, content } from "./content";

/**
 * Encryption at rest (S6). The first key encrypts, all of them decrypt, so a key is rotated by putting a new one first. `identity`
 * reads what was written before there was a key.
 */
export function encryptionConfiguration(keys: readonly string[]): Content {
  const entries = keys.flatMap((id) => [
    ...content`            - name: ${id}
              secret: ${{ secret: `encryption-key/${id}` }}
`,
  ]);
  return content`apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources:
      - secrets
    providers:
      - secretbox:
          keys:
${entries}      - identity: {}
`;
}
