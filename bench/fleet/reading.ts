/** What a worker's memory was after so many sites. */
export interface Reading {
  sites: number;
  MB: number;
}

/**
 * What a straight line through the readings shows at the first and at the last: what memory grew by with the sites. Node lets go of what is
 * no longer needed from time to time only, so that single readings rise and fall by a fifth.
 */
export function trend(readings: readonly Reading[]): { first: number; last: number } {
  const mean = (of: (reading: Reading) => number) => readings.reduce((sum, one) => sum + of(one), 0) / readings.length;
  const [sites, MB] = [mean((one) => one.sites), mean((one) => one.MB)];
  const spread = mean((one) => (one.sites - sites) ** 2);
  const slope = spread === 0 ? 0 : mean((one) => (one.sites - sites) * (one.MB - MB)) / spread;
  const at = (reading: Reading | undefined) => MB + slope * ((reading?.sites ?? sites) - sites);
  return { first: at(readings[0]), last: at(readings.at(-1)) };
}
