import type { Vcenter } from "../description/hypervisors";
import type { VcenterFacts } from "../facts/vcenter";
import type { SitePlan } from "../plan/model";
import { accountLines } from "./preflight/account";
import { clusterLines } from "./preflight/cluster";
import type { PreflightLine } from "./preflight/line";
import { machineNameLines } from "./preflight/machineNames";
import { machineStateLines } from "./preflight/machineStates";
import { networkLines } from "./preflight/network";
import { storageLines } from "./preflight/storage";
import { templateLines } from "./preflight/template";

/**
 * What vCenter would refuse, or do otherwise than planned, found before anything is cloned (R9).
 *
 * @param wanted what the description says of the vCenter
 * @param mine names of virtual machines that are this site's own already
 * @returns a line for each thing that was looked at, refusals first within each subject
 */
export function preflight(
  plan: SitePlan,
  wanted: Vcenter,
  facts: VcenterFacts,
  mine: ReadonlySet<string>,
): PreflightLine[] {
  const subjects = [
    accountLines(facts),
    clusterLines(plan, wanted, facts),
    networkLines(plan, wanted, facts),
    templateLines(plan, wanted, facts),
    storageLines(plan, facts, mine),
    machineNameLines(plan, facts, mine),
    machineStateLines(plan, facts, mine),
  ];
  return subjects.flatMap((lines) => [...lines].sort((a, b) => ORDER[a.state] - ORDER[b.state]));
}

const ORDER = { refused: 0, caution: 1, ok: 2 };
