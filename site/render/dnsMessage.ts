/** Types of records that are asked for. */
const TYPES = { A: 1, TXT: 16 } as const;

/** A question of the domain name system (RFC 1035) for one name, as DNS over HTTPS sends it (RFC 8484): base64url. */
export function dnsQuestion(name: string, type: keyof typeof TYPES): string {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, TYPES[type], 0, 1]).toString("base64url");
}

/** How a question was answered. */
export interface DnsAnswer {
  /** `NOERROR`, `SERVFAIL`: the server that was asked could not ask on; `NXDOMAIN`: there is no such name; or another number. */
  code: string;
  /** Whether a record holds these bytes: a text, or the numbers of an address. */
  holds(value: string | number[]): boolean;
}

const CODES: Record<number, string> = { 0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN" };

/** Reads an answer; nothing if it is none. */
export function dnsAnswer(message: Buffer): DnsAnswer | undefined {
  const [flags, code] = [message[2], message[3]];
  if (message.length < 12 || flags === undefined || code === undefined || (flags & 0x80) === 0) return undefined;
  return {
    code: CODES[code & 15] ?? String(code & 15),
    // Texts and addresses have their length before them.
    holds: (value) => message.includes(Buffer.from([value.length, ...Buffer.from(value as string)])),
  };
}
