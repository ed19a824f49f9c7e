import { table } from "../output/table";
import type { Proposal } from "./model";

/** A proposal as a person reads it: one table, and what it cannot say. */
export function printProposal({ pools, notes }: Proposal): string {
  const rows = pools.map(({ pool, now, proposed, why }) => [pool, `${now}`, `${proposed ?? "?"}`, why]);
  return [table(["POOL", "NOW", "PROPOSED", "WHY"], rows), ...notes.map((note) => `note: ${note}`), ""].join("\n");
}
