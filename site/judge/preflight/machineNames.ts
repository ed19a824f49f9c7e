import type { VcenterFacts } from "../../facts/vcenter";
import type { SitePlan } from "../../plan/model";
import { ok, type PreflightLine, refused } from "./line";

/** Names that machines of the plan want and others have: leftovers of an earlier run, or somebody else's. */
export function machineNameLines(
  { machines }: SitePlan,
  facts: VcenterFacts,
  mine: ReadonlySet<string>,
): PreflightLine[] {
  const planned = new Set(machines.map(({ name }) => name).filter((name) => !mine.has(name)));
  const taken = facts.machines.filter(({ name }) => planned.has(name));
  if (taken.length === 0)
    return [ok("name", planned.size === 0 ? "every machine runs already" : `${planned.size} machines are to be made`)];
  return taken.map(({ name, path }) =>
    refused(
      `machines.${name}`,
      `vCenter has ${path}, which this stack's state does not know`,
      "run `groundwork recover` with the stack, which deletes it if it never ran; else delete or rename that machine",
    ),
  );
}
