import { createHash, createPublicKey, verify } from "node:crypto";
import { unknownVersion } from "../description/formatVersion";
import { formatProblem } from "../description/problem";
import { DRILL_NAMESPACE, type DrillRecord } from "../life/drill";

/** What is known of the last drill of a restore. */
export interface DrillFact {
  /** When it began, RFC 3339. */
  time: string;
  passed: boolean;
  problem?: string;
  rpoSeconds?: number;
  rtoSeconds?: number;
  /** Whether the record is as a key of the site signed it; left out: the site's key is not known (yet). */
  genuine?: boolean;
  /** Why this program cannot read the record, if so. */
  unreadable?: string;
}

/**
 * Reads a drill's record.
 *
 * @param signature as `ssh-keygen -Y sign` made it
 * @param signers public keys, `ssh-ed25519 AAAA…`, any of which may have signed it; none if they are not known
 * @param site the name of the site that it must be of
 */
export function drillFact(
  text: string,
  signature: string,
  signers: readonly string[] | undefined,
  site: string,
): DrillFact {
  const said = recordIn(text);
  const unknown = unknownVersion(said, 1);
  if (unknown) return { time: "", passed: false, unreadable: formatProblem(unknown) };
  const { time = "", passed, problem, rpoSeconds, rtoSeconds, ...record } = said;
  const genuine = record.site === site && (signers === undefined ? undefined : isSigned(text, signature, signers));
  return {
    time,
    passed: passed === true,
    ...(typeof problem === "string" && { problem }),
    ...(typeof rpoSeconds === "number" && { rpoSeconds }),
    ...(typeof rtoSeconds === "number" && { rtoSeconds }),
    ...(genuine !== undefined && { genuine }),
  };
}

function recordIn(text: string): Partial<DrillRecord> {
  try {
    const record: unknown = JSON.parse(text);
    return typeof record === "object" && record !== null ? record : {};
  } catch {
    return {};
  }
}

/**
 * Whether one of some Ed25519 keys has signed a text, in the format of `ssh-keygen -Y`:
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
 */
export function isSigned(text: string, signature: string, signers: readonly string[]): boolean {
  const armored = /^-----BEGIN SSH SIGNATURE-----\n([\s\S]+)\n-----END SSH SIGNATURE-----\s*$/.exec(signature);
  const blob = Buffer.from(armored?.[1] ?? "", "base64");
  if (blob.subarray(0, 6).toString() !== "SSHSIG" || blob.length < 10 || blob.readUInt32BE(6) !== 1) return false;
  const [key, namespace, reserved, hash, signed] = fieldsOf(blob.subarray(10));
  if (!key || namespace?.toString() !== DRILL_NAMESPACE || !reserved || !signed) return false;
  if (hash?.toString() !== "sha512" && hash?.toString() !== "sha256") return false;
  const known = signers.some((line) => line.trim().split(/\s+/)[1] === key.toString("base64"));
  const [kind, publicKey] = fieldsOf(key);
  const [algorithm, value] = fieldsOf(signed);
  if (!known || kind?.toString() !== "ssh-ed25519" || publicKey?.length !== 32) return false;
  if (algorithm?.toString() !== "ssh-ed25519" || !value) return false;
  const digest = createHash(hash.toString()).update(text).digest();
  const message = Buffer.concat([Buffer.from("SSHSIG"), ...[namespace, reserved, hash, digest].map(field)]);
  const jwk = { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") };
  return verify(null, message, createPublicKey({ key: jwk, format: "jwk" }), value);
}

/** Each with its length before it, as SSH has them. */
function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; ) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return [];
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
