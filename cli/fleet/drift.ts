import type { RepairKind } from "../../fleet/watch/work";
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
    ...drift.map(({ name, properties }) => {
      const paths = properties.map(({ path }) => path).filter(Boolean);
      return paths.length === 0 ? `${name} is gone` : `${name} was changed by hand: ${paths.join(", ")}`;
    }),
    ...(certificates.length > 0 ? [`certificates are to be renewed: ${certificates.length}`] : []),
    ...(isBehind ? [`what is described was not brought up: ${behind.length} resources differ`] : []),
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
