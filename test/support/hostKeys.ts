/** The host key of the nth server: well-formed, another one for each, and nobody's. */
export function hostKeyOf(n: number): string {
  const header = Buffer.from("0000000b7373682d6564323535313900000020", "hex");
  return `ssh-ed25519 ${Buffer.concat([header, Buffer.alloc(32, n + 1)]).toString("base64")}`;
}
