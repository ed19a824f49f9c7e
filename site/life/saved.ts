import { z } from "zod";
import { sameDevice } from "../description/deviceId";
import { readVersioned } from "../description/formatVersion";
import { type Problem, shown } from "../description/problem";
import type { EarlierMachine, EarlierPlan, SitePlan } from "../plan/model";
import { type Applied, type AppliedMachine, appliedMachineSchema, appliedOf, appliedSchema } from "./applied";

/**
 * Where a site's machines are and what they are of, to be kept beside its description in version control: `stacks/<stack>.plan.json`. A
 * later plan holds on to it, so that a changed description moves no machine that runs, unless the change of this file says so. One that
 * an earlier version wrote tells no versions and no sizes.
 */
const savedSchema = appliedSchema.pick({ version: true, settled: true }).extend({
  standing: appliedSchema.omit({ version: true, settled: true, machines: true }).optional(),
  machines: z.array(
    appliedMachineSchema
      .partial({ role: true, cpus: true, memoryGiB: true })
      .extend({ address: z.ipv4(), podCidr: z.cidrv4().optional() }),
  ),
});

export type SavedPlan = z.output<typeof savedSchema>;

/** Reads a saved plan, or what `groundwork plan --json` printed; of either only what it needs. */
export function readSaved(document: unknown): { saved: SavedPlan } | { problem: Problem } {
  const read = readVersioned(document, savedSchema, { from: "a plan", fix: "use what groundwork plan wrote" });
  if ("problem" in read) return read;
  const { value } = read;
  const twice = value.machines.find((m, i, all) => all.findIndex((other) => other.name === m.name) < i);
  return twice
    ? { problem: { path: "machines", fact: `${shown(twice.name)} is there twice`, fix: "remove one of them" } }
    : { saved: value };
}

/** A saved plan as if it ran; nothing of one that an earlier version wrote. */
export function standingOf({ settled, standing, machines }: SavedPlan): Applied | undefined {
  const whole = machines.flatMap((machine): AppliedMachine[] => {
    const { role, cpus, memoryGiB } = machine;
    return role === undefined || cpus === undefined || memoryGiB === undefined
      ? []
      : [{ ...machine, role, cpus, memoryGiB }];
  });
  if (standing === undefined || whole.length < machines.length) return undefined;
  return { ...standing, ...(settled && { settled }), machines: whole };
}

/** The text of a saved plan: one line a machine, so that a pull request shows which one is new, gone or moved. */
export function savedText(plan: SitePlan): string {
  const { version, settled, machines, ...standing } = appliedOf(plan);
  const settings = Object.entries({ version, site: plan.site, standing, settled }).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  );
  const lines = machines.map((machine) => `    ${JSON.stringify(machine)}`);
  return `{\n${settings.join("")}  "machines": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** What a plan made against a saved one would change of it, each with the reason. */
export function differences(plan: SitePlan, saved: EarlierPlan): Problem[] {
  const before = new Map(saved.machines.map((m) => [m.name, m]));
  const planned = new Set(plan.machines.map((m) => m.name));
  const moves = new Map(plan.moves.map((move) => [move.machine, move]));
  const found: Problem[] = [];
  const add = (name: string, fact: string) =>
    found.push({ path: `machines.${name}`, fact, fix: "save the plan if you want that" });
  for (const machine of plan.machines) {
    const earlier = before.get(machine.name);
    const move = moves.get(machine.name);
    if (!earlier) {
      add(machine.name, `it is new, on ${machine.host}`);
      continue;
    }
    if (move) add(machine.name, `it would move from ${where(move.from)} to ${where(move.to)}: ${move.why}`);
    for (const key of ["address", "podCidr"] as const)
      if (machine[key] !== earlier[key])
        add(machine.name, `its ${key} would change from ${earlier[key]} to ${machine[key]}`);
    const cards = ({ cards = [] }: EarlierMachine) =>
      cards.map(({ network, address }) => `${network} ${address}`).join(", ") || "none";
    if (cards(machine) !== cards(earlier))
      add(machine.name, `its further cards would change from ${cards(earlier)} to ${cards(machine)}`);
    for (const disk of move ? [] : machine.disks) {
      const device = earlier.disks.find((d) => d.name === disk.name)?.device;
      if (device !== undefined && !sameDevice(device, disk.device))
        add(
          machine.name,
          `datastore ${disk.datastore} of its ${disk.name} disk lies on ${disk.device}, no longer on ${device}`,
        );
    }
  }
  for (const name of before.keys()) if (!planned.has(name)) add(name, "it would be deleted: the site has it no more");
  return found;
}

function where({ host, datastores }: { host: string; datastores: string[] }): string {
  return `${host} (${[...new Set(datastores)].join(", ")})`;
}
