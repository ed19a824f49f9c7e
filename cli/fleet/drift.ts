import type { RepairKind } from "../../fleet/watch/work";
import { listed } from "../../site/description/listed";
import type { StackReport } from "../report/model";
import type { Project } from "../report/project";
import { report } from "../report/run";

/** What is other than the state says, and what of it an `up` mends. */
export interface Drift {
  /** A sentence each. */
  what: string[];
  mends: RepairKind[];
}

/**
 * Compares a site with its state and its description.
 *
 * @param isBroughtUp whether the last `up` had the description that there is now: what differs besides is for certificates that are renewed then
 * @throws Error if nobody can tell
 */
export async function driftOf(project: Project, site: string, isBroughtUp: boolean): Promise<Drift> {
  const options = { stack: [site], format: "json" as const, project: project.folder, refresh: true, parallel: 1 };
  const { text } = await report({ ...options, cache: false }, () => {});
  const { stacks } = JSON.parse(text) as { stacks: StackReport[] };
  const [told] = stacks;
  if (told === undefined) throw new Error("its preview told nothing");
  if (told.errors.length > 0) throw new Error(told.errors[0]);
  return driftIn(told, isBroughtUp);
}

export function driftIn(
  { changes, certificates, verdict }: Pick<StackReport, "changes" | "certificates" | "verdict">,
  isBroughtUp: boolean,
): Drift {
  const drift = changes.filter(({ op }) => op === "found");
  const names = new Set([...drift, ...certificates].map(({ name }) => name));
  const behind = changes.filter(({ name }) => !names.has(name));
  const isBehind = behind.length > 0 && !(isBroughtUp && certificates.length > 0);
  const what = [
    ...drifted(drift),
    ...(certificates.length > 0 ? [`certificates are to be renewed: ${certificates.length}`] : []),
    ...(isBehind ? [`what is described was not brought up: ${differing(behind.length)}`] : []),
  ];
  if (verdict.is === "unsafe") return { what: [...what, ...verdict.reasons], mends: [] };
  return {
    what,
    mends: [
      ...(drift.length > 0 ? ["changed-by-hand" as const] : []),
      ...(isBehind ? ["not-brought-up" as const] : []),
      ...(certificates.length > 0 ? ["certificates" as const] : []),
    ],
  };
}

/** A sentence for all to which the same has happened: a site that was switched off is one, whatever its number of machines. */
function drifted(drift: StackReport["changes"]): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, properties } of drift) {
    const paths = properties
      .map(({ path }) => path)
      .filter(Boolean)
      .join(", ");
    groups.set(paths, [...(groups.get(paths) ?? []), name]);
  }
  return [...groups].map(([paths, names]) => {
    const [is, was] = names.length === 1 ? ["is", "was"] : ["are", "were"];
    return paths === "" ? `${listed(names)} ${is} gone` : `${listed(names)} ${was} changed by hand: ${paths}`;
  });
}

function differing(resources: number): string {
  return resources === 1 ? "1 resource differs" : `${resources} resources differ`;
}
