const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Whether the last six letters of a Bech32 text are the checksum of the others (BIP 173): what a mistyped letter breaks. */
export function isBech32(text: string): boolean {
  const split = text.lastIndexOf("1");
  if (split < 1) return false;
  const prefix = [...text.slice(0, split)].map((letter) => letter.charCodeAt(0));
  const data = [...text.slice(split + 1)].map((letter) => LETTERS.indexOf(letter));
  if (data.length < 6 || data.includes(-1)) return false;
  return polymod([...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) === 1;
}

function polymod(values: number[]): number {
  return values.reduce((sum, value) => {
    const top = sum >>> 25;
    const next = ((sum & 0x1ffffff) << 5) ^ value;
    return GENERATORS.reduce((mixed, generator, bit) => ((top >> bit) & 1 ? mixed ^ generator : mixed), next);
  }, 1);
}
