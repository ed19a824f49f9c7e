/** What was measured several times, the two sides one after the other. */
export interface Ratio {
  what: string;
  unit: string;
  /** The earlier revision's, or what it is compared with. */
  before: number[];
  now: number[];
  /** At most so much of the other. */
  most: number;
}

/** A number that has a limit of its own. */
export interface Limit {
  what: string;
  unit: string;
  values: number[];
  most: number;
}

export type Row = Ratio | Limit;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return Number.NaN;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}

/** How far the values lie apart, as a part of their median. */
export function spread(values: readonly number[]): number {
  const apart = Math.max(...values) - Math.min(...values);
  return apart === 0 ? 0 : apart / median(values);
}

/** What is compared with the limit: a ratio, or the number itself. */
export function judged(row: Row): number {
  return "now" in row ? median(row.now) / median(row.before) : median(row.values);
}

export function holds(row: Row): boolean {
  return judged(row) <= row.most;
}

/** A row of the table: what, then, now, ratio, limit, noise, verdict. */
export function cells(row: Row): string[] {
  const number = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
  const told = (values: readonly number[]) => `${number(median(values))} ${row.unit}`;
  const noise = (values: readonly number[]) => `± ${Math.round((spread(values) / 2) * 100)} %`;
  const verdict = holds(row) ? "holds" : "does not hold";
  if ("now" in row)
    return [
      row.what,
      `${told(row.before)} (${noise(row.before)})`,
      `${told(row.now)} (${noise(row.now)})`,
      `${number(judged(row))} ×`,
      `${number(row.most)} ×`,
      verdict,
    ];
  return [row.what, "", `${told(row.values)} (${noise(row.values)})`, "", `${number(row.most)} ${row.unit}`, verdict];
}
