import { createPrivateKey } from "node:crypto";
import { gunzipSync } from "node:zlib";

/** A piece of a secret, by which it is recognised wherever it lies in the clear. */
export interface Needle {
  secret: string;
  text: string;
}

/** Pieces of a password, and of every base64 form that it can be in. */
export function needlesOfText(secret: string, text: string): Needle[] {
  return [text, ...alignments(Buffer.from(text))].map((piece) => ({ secret, text: piece }));
}

/**
 * Pieces of a private key in the forms that PEM files have of it: only of the part that is private, as certificates and public keys
 * hold the rest. And the same once more in base64, as kubeconfig files and cloud-init have it.
 */
export function needlesOfKey(secret: string, forms: string[]): Needle[] {
  const scalar = forms.map(scalarOf).find((each) => each !== undefined);
  if (!scalar) throw new Error(`${secret}: no form of it can be read`);
  const pieces = new Set([...alignments(scalar), scalar.toString("hex")]);
  for (const form of forms)
    for (const piece of privatePieces(form, scalar)) {
      pieces.add(piece);
      for (const coded of alignments(Buffer.from(piece))) pieces.add(coded);
    }
  return [...pieces].map((text) => ({ secret, text }));
}

/** Names of the secrets that a text holds, plain, in base64, or packed by gzip in base64. */
export function secretsIn(content: Buffer | string, needles: readonly Needle[]): string[] {
  const found = new Set<string>();
  for (const text of unpacked(Buffer.isBuffer(content) ? content.toString("latin1") : content))
    for (const needle of needles) if (!found.has(needle.secret) && text.includes(needle.text)) found.add(needle.secret);
  return [...found];
}

/** The private number: 32 bytes, for P-256 and for Ed25519. */
function scalarOf(pem: string): Buffer | undefined {
  try {
    const { d } = createPrivateKey(pem).export({ format: "jwk" });
    return d === undefined ? undefined : Buffer.from(d, "base64url");
  } catch {
    return undefined;
  }
}

/** What of each line of a PEM text codes nothing but the private number. */
function privatePieces(pem: string, scalar: Buffer): string[] {
  const lines = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  const body = lines.join("");
  // OpenSSH writes numbers without the zero bytes that they begin with.
  const number = scalar.subarray(scalar.findIndex((byte) => byte !== 0));
  const start = Buffer.from(body, "base64").indexOf(number);
  if (start < 0) throw new Error("a form of a key that does not hold its number; teach the search about it");
  const [from, to] = [Math.ceil(start / 3) * 4, Math.floor((start + number.length) / 3) * 4];
  const pieces: string[] = [];
  let position = 0;
  for (const line of lines) {
    const piece = body.slice(Math.max(from, position), Math.max(Math.min(to, position + line.length), 0));
    position += line.length;
    if (piece.length >= 12) pieces.push(piece);
  }
  return pieces;
}

/** What base64 makes of bytes wherever they begin in a longer text; only the characters that depend on nothing else. */
function alignments(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const coded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    return coded.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + bytes.length) * 8) / 6));
  });
}

/** The text, and what its long base64 passages hold if that is packed. */
function unpacked(text: string, depth = 2): string[] {
  if (depth === 0) return [text];
  // H4sI is how the base64 of everything gzip makes begins.
  const packed = text.match(/H4sI[A-Za-z0-9+/=]{40,}/g) ?? [];
  const contents = packed.flatMap((each) => {
    try {
      return [gunzipSync(Buffer.from(each, "base64")).toString("latin1")];
    } catch {
      return [];
    }
  });
  return [text, ...contents.flatMap((each) => unpacked(each, depth - 1))];
}
