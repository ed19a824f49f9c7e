import type { Kms } from "../description/kms";
import { type Content, content } from "./content";

/**
 * Encryption at rest (S6). The first provider and its first key encrypt, all of them decrypt, so a key is rotated by putting a new one
 * first, and a KMS takes over by coming first. `identity` reads what was written before there was a key.
 */
export function encryptionConfiguration(keys: readonly string[], kms?: Kms): Content {
  const entries = keys.flatMap((id) => [
    ...content`            - name: ${id}
              secret: ${{ secret: `encryption-key/${id}` }}
`,
  ]);
  const own: Content = content`      - secretbox:
          keys:
${entries}`;
  const providers = kms === undefined ? [own] : kms.phase === "write" ? [provider(kms), own] : [own, provider(kms)];
  return content`apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources:
      - secrets
    providers:
${providers.flat()}      - identity: {}
`;
}

function provider({ name, socket, timeoutSeconds }: Kms): Content {
  return content`      - kms:
          apiVersion: v2
          name: ${JSON.stringify(name)}
          endpoint: ${JSON.stringify(`unix://${socket}`)}
          timeout: ${`${timeoutSeconds}s`}
`;
}
