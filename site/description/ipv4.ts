import { Address4 } from "ip-address";

/** An inclusive range of IPv4 addresses, as numbers. */
export interface Range {
  first: number;
  last: number;
}

export function toNumber(address: string): number {
  return Number(new Address4(address).bigInt());
}

export function fromNumber(value: number): string {
  return Address4.fromBigInt(BigInt(value)).address;
}

/** `10.0.0.10-10.0.0.60`, or a CIDR block with its network and broadcast addresses. */
export function parseRange(text: string): Range {
  const [first, last] = text.split("-");
  if (first !== undefined && last !== undefined) return { first: toNumber(first), last: toNumber(last) };
  const block = new Address4(text);
  return { first: Number(block.startAddress().bigInt()), last: Number(block.endAddress().bigInt()) };
}

export function prefixLength(cidr: string): number {
  return new Address4(cidr).subnetMask;
}

export function size({ first, last }: Range): number {
  return last - first + 1;
}

export function contains(range: Range, address: number): boolean {
  return range.first <= address && address <= range.last;
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}
