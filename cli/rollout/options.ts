import { InvalidArgumentError } from "commander";

export interface RolloutPlanOptions {
  project: string;
  policy?: string;
  sites: string[];
  key?: string;
  output: string;
  dryRun?: boolean;
  withUnjudged?: boolean;
  parallel: number;
}

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("give a whole number from 1");
  return value;
}

export function portOf(text: string): number {
  const value = count(text);
  if (value > 65_535) throw new InvalidArgumentError("give a port, 1 to 65535");
  return value;
}
