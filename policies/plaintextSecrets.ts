import { Secret } from "@pulumi/policy";
import type { PlaintextSecret } from "./deployment";
import { privateKeysIn } from "./privateKeys";
import { kubernetesKind } from "./registered/objects";
import { isUnknownValue, raw } from "./registered/reading";

/** Properties that hold a secret by their name. */
const sensitive = /(password|passphrase|clientSecret|secretAccessKey|apiToken)$/i;

/** The secrets in a resource's properties that are no Pulumi secrets. */
export function plaintextSecretsIn(type: string, props: unknown): PlaintextSecret[] {
  const found: PlaintextSecret[] = [];
  const ofSecret = kubernetesKind(type) === "Secret";
  const look = (value: unknown, path: string, name: string): void => {
    if (value instanceof Secret || value === null || value === undefined || isUnknownValue(value)) return;
    if (typeof value === "string") {
      const [kind] = privateKeysIn(value);
      if (kind !== undefined) found.push({ place: path, secret: `private key (${kind})` });
      else if (ofSecret && /^(data|stringData)\./.test(path)) found.push({ place: path, secret: "value of a Secret" });
      else if (sensitive.test(name) && value !== "") found.push({ place: path, secret: "password" });
      return;
    }
    if (typeof value !== "object") return;
    for (const [key, part] of Object.entries(value)) look(part, path === "" ? key : `${path}.${key}`, key);
  };
  look(raw(props), "", "");
  return found;
}
