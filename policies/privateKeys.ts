import { gunzipSync } from "node:zlib";

const beginning = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----/g;
const base64Run = /[A-Za-z0-9+/]{48,}={0,2}/g;
const shortestRun = 48;
/** A kubeconfig in a cloud-init file in guestinfo is three layers deep. */
const deepest = 4;

/** The kinds of private key in a text, however often it is wrapped in base64 or gzip: `["EC PRIVATE KEY"]`. */
export function privateKeysIn(text: string, depth = deepest): string[] {
  const kinds = [...text.matchAll(beginning)].map((match) => match[1] as string);
  if (depth === 0 || text.length < shortestRun) return kinds;
  // Base64 that was folded into lines is one value.
  const joined = text.replace(/([A-Za-z0-9+/])\r?\n[ \t]*(?=[A-Za-z0-9+/=])/g, "$1");
  for (const run of new Set([...(text.match(base64Run) ?? []), ...(joined.match(base64Run) ?? [])])) {
    const inner = unwrapped(run);
    if (inner !== undefined) kinds.push(...privateKeysIn(inner, depth - 1));
  }
  return [...new Set(kinds)];
}

/** What a base64 text holds, unzipped if it is gzip; nothing if it is not text. */
export function unwrapped(base64: string): string | undefined {
  const bytes = Buffer.from(base64, "base64");
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return gunzipSync(bytes, { maxOutputLength: 16 * 1024 * 1024 }).toString("latin1");
    } catch {
      return undefined;
    }
  }
  return bytes.toString("latin1");
}
