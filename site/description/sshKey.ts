/** Curves of ECDSA keys and the length of a point on each, uncompressed. */
const CURVES: Record<string, number> = { nistp256: 65, nistp384: 97, nistp521: 133 };
/** OpenSSH takes no shorter RSA key for a host (RequiredRSASize). */
const SHORTEST_RSA = 1024;

/** What is wrong with a line of a public SSH key, `type base64 comment`; undefined where nothing is (RFC 4253, 5656, 8709). */
export function sshKeyFault(line: string): string | undefined {
  const [type = "", text = ""] = line.split(" ");
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return "its key is no base64";
  const fields = read(Buffer.from(text, "base64"));
  const [named, ...parts] = fields ?? [];
  if (!named) return "its key is cut off";
  const inside = named.toString("latin1");
  if (inside !== type) return `it says ${type}, the key in it is ${/^[-\w@.]{1,40}$/.test(inside) ? inside : "none"}`;
  return content(type, parts) ? undefined : `its key is none of type ${type}`;
}

function content(type: string, parts: Buffer[]): boolean {
  if (type === "ssh-ed25519") return parts.length === 1 && parts[0]?.length === 32;
  if (type === "ssh-rsa") {
    const [exponent, modulus, ...more] = parts;
    if (!exponent || !modulus || more.length > 0) return false;
    return bits(modulus) >= SHORTEST_RSA && bits(exponent) >= 2 && odd(exponent) && odd(modulus);
  }
  const curve = /^ecdsa-sha2-(nistp\d+)$/.exec(type)?.[1];
  if (curve === undefined) return type.startsWith("sk-") && parts.length >= 2;
  const [name, point, ...more] = parts;
  return more.length === 0 && name?.toString() === curve && point?.length === CURVES[curve] && point?.[0] === 4;
}

/** The strings that a key is made of, each after its length; undefined where one is cut off. */
function read(key: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let at = 0; at < key.length; ) {
    if (at + 4 > key.length) return undefined;
    const end = at + 4 + key.readUInt32BE(at);
    if (end > key.length) return undefined;
    fields.push(key.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** Bits of a positive number as SSH writes it. */
function bits(number: Buffer): number {
  if (number.length === 0 || ((number[0] as number) & 0x80) !== 0) return 0;
  const significant = number.subarray(number.findIndex((byte) => byte !== 0));
  return significant.length * 8 - Math.clz32(significant[0] ?? 0) + 24;
}

function odd(number: Buffer): boolean {
  return ((number.at(-1) ?? 0) & 1) === 1;
}
