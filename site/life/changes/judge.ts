import type { Meaning } from "../../description/changes/meaning";
import { type Settled, settledOf } from "../../description/changes/settled";
import { meaningOf } from "../../description/changes/table";
import { capabilitiesOf } from "../../description/hypervisors";
import { type Problem, shown } from "../../description/problem";
import type { SitePlan } from "../../plan/model";
import { machineProblems, strangers } from "./machines";
import type { Before, ChangeVerdict } from "./model";

/**
 * Judges the way from what stands to what is planned against it, by what `site/description/changes` says of each setting. The program, `plan
 * --against` and the report ask this one, so that all say the same.
 */
export function judgeChange(plan: SitePlan, before: Before): ChangeVerdict {
  const told = settingsChanged(settledOf(plan.spec), before.settled ?? {});
  const byName = new Set(told.refused.map(({ path }) => path));
  const machines = [...(before.settled ? [] : strangers(plan, before)), ...machineProblems(plan, before)];
  return {
    // Of another site no machine is compared: all of them are others.
    refused: byName.has("name") ? told.refused : [...told.refused, ...machines.filter(({ path }) => !byName.has(path))],
    cautions: [...told.cautions, ...hostsLeftOut(plan, before), ...notCompared(plan, before)],
  };
}

function settingsChanged(after: Settled, before: Settled): ChangeVerdict {
  const verdict: ChangeVerdict = { refused: [], cautions: [] };
  for (const [path, was] of Object.entries(before)) {
    const is = after[path];
    if (is === was) continue;
    const meaning = meaningOf(path);
    const change = is === undefined ? `${shown(was)} is left out` : `${shown(was)} becomes ${shown(is)}`;
    if (meaning.is === "never") verdict.refused.push(problem(path, change, meaning));
    else if (meaning.is === "a way of its own") verdict.cautions.push(problem(path, change, meaning));
  }
  return verdict;
}

/** Settings that machines tell nothing of, where a program brought the site up that wrote none down. */
function notCompared({ spec }: SitePlan, before: Before): Problem[] {
  if (before.settled || before.machines.length === 0) return [];
  const told = new Set(["name", "network.podCidr", "network.nodePodPrefix"]);
  const unknown = Object.keys(settledOf(spec)).filter((path) => meaningOf(path).is === "never" && !told.has(path));
  return [
    {
      path: "standing",
      fact: `an earlier version of this program left it, and wrote down nothing of ${unknown.join(", ")}: a change of one is not seen`,
      fix: "see in version control that they are as they were; the next `up` writes them down",
    },
  ];
}

function problem(path: string, change: string, { says, fix }: Extract<Meaning, { fix: string }>): Problem {
  return { path, fact: `${change} at a site that runs: ${says}`, fix };
}

/** Of servers that exist, none is made anew: another host is only where one is. */
function hostsLeftOut({ spec, machines }: SitePlan, before: Before): Problem[] {
  if (!capabilitiesOf(spec.hypervisor.kind).makesMachines) return [];
  const hosts = new Set(spec.hosts.map(({ name }) => name));
  const kept = new Set(machines.map(({ name }) => name));
  const left = before.machines.filter(({ name, host }) => kept.has(name) && !hosts.has(host));
  return [...new Set(left.map(({ host }) => host))].map((host) => {
    const names = left.filter((machine) => machine.host === host).map(({ name }) => name);
    const what =
      names.length === 1
        ? `${names[0]} runs on it: it is made anew elsewhere`
        : `${names.join(", ")} run on it: they are made anew elsewhere, one at a time`;
    return {
      path: "hosts",
      fact: `${host} is left out while ${what}`,
      fix: "see where each goes, and what the site survives then: `npx groundwork plan FILE`",
    };
  });
}
