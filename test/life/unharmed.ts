import { expect } from "vitest";
import type { TrafficReport } from "../../lab/traffic";
import type { PodReport } from "../support/lab/podTraffic";

/** Clients lost nothing that they had written, and neither they nor pods waited for as many milliseconds. */
export function expectUnharmed(clients: TrafficReport, probe: PodReport, patience: number, why?: string): void {
  expect(clients.lost, why).toEqual([]);
  expect(Math.max(clients.longestWriteGap, probe.longestGap), why).toBeLessThan(patience);
  expect(probe.answered, why).toBeGreaterThan(0);
}
