/**
 * Text with holes. A hole names something that only exists once the PKI does (a key, a certificate); the components
 * fill it in from the encrypted state, so that renderers stay pure and no plan ever holds a secret.
 *
 * - `key/ID` — PEM private key of the certificate or key pair ID
 * - `public-key/ID` — PEM public key of the key pair ID
 * - `certificate/ID` — PEM certificate ID
 * - `authority/ID` — PEM bundle of the certificates that are trusted as authority ID
 * - `openssh-key/ID`, `openssh-public-key/ID` — the key pair ID in OpenSSH's formats
 * - `backup/ID` — what backups need from outside the PKI: a target's login, the sealed description of the site
 * - `successor/MACHINE/N` — a machine's certificates and keys of the Nth generation after this one, sealed
 * - `successor-key/MACHINE/N` — what opens those, for the machines that keep it
 * - `successor-dates/MACHINE` — from when on each is wanted
 * - `successor-end/MACHINE` — when the last of them ends
 * - `successor-login/MACHINE` — the public SSH host key by which a machine asks for its own
 * - `monitoring/ID` — what those who watch the site sign in with elsewhere
 * - `encryption-key/ID` — 32 random bytes in base64 (`encryptionKeyOf` makes them from the key pair ID)
 */
export type SecretRef =
  | `key/${string}`
  | `public-key/${string}`
  | `certificate/${string}`
  | `authority/${string}`
  | `openssh-key/${string}`
  | `openssh-public-key/${string}`
  | `encryption-key/${string}`
  | `backup/${string}`
  | `monitoring/${string}`
  | `successor/${string}`
  | `successor-key/${string}`
  | `successor-dates/${string}`
  | `successor-end/${string}`
  | `successor-login/${string}`;

/** How a value is written into its hole: as it is, in base64, or as a JSON (and so YAML) string with quotes. */
export type Encoding = "text" | "base64" | "json";

export interface Hole {
  secret: SecretRef;
  /** @default "text" */
  encoding?: Encoding;
}

export type Content = readonly (string | Hole)[];

/** Content from a template literal: ``content`key: ${{ secret: "key/a", encoding: "json" }}` ``. */
export function content(strings: TemplateStringsArray, ...holes: (string | Hole | Content)[]): Content {
  const parts: (string | Hole)[] = [];
  strings.forEach((text, i) => {
    parts.push(text);
    const hole = holes[i];
    if (hole === undefined) return;
    if (typeof hole !== "string" && !("secret" in hole)) parts.push(...hole);
    else parts.push(hole);
  });
  return merge(parts);
}

/** Every secret a content needs, each once. */
export function secretsIn(parts: Content): SecretRef[] {
  return [...new Set(parts.filter((p) => typeof p !== "string").map((p) => (p as Hole).secret))];
}

/** The finished text. `value` gives what a reference stands for. */
export function fill(parts: Content, value: (ref: SecretRef) => string): string {
  return parts.map((p) => (typeof p === "string" ? p : encode(value(p.secret), p.encoding ?? "text"))).join("");
}

function encode(value: string, encoding: Encoding): string {
  switch (encoding) {
    case "text":
      return value;
    case "base64":
      return Buffer.from(value, "utf8").toString("base64");
    case "json":
      return JSON.stringify(value);
    default:
      return encoding satisfies never;
  }
}

function merge(parts: (string | Hole)[]): Content {
  const merged: (string | Hole)[] = [];
  for (const part of parts) {
    const last = merged[merged.length - 1];
    if (typeof part === "string" && typeof last === "string") merged[merged.length - 1] = last + part;
    else if (part !== "") merged.push(part);
  }
  return merged;
}
