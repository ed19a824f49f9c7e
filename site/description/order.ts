/** Names in the order people expect: `esx-2` before `esx-10`. The same on every machine and in every locale. */
export function byName(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const l = left[i] as string;
    const r = right[i] as string;
    if (l === r) continue;
    const numeric = /^\d/.test(l) && /^\d/.test(r) ? Number(l) - Number(r) : 0;
    return numeric !== 0 ? numeric : l < r ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** `a` … `z`, `aa` … : what tells the machines of one group apart. */
export function letter(index: number): string {
  return index < 26 ? String.fromCharCode(97 + index) : letter(Math.floor(index / 26) - 1) + letter(index % 26);
}

/** Compares two lists number by number; the first difference decides. Smaller is better. */
export function byNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}
