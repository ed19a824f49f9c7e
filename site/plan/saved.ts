import { z } from "zod";
import { settledOf, settledSchema } from "../description/changes/settled";
import { sameDevice } from "../description/deviceId";
import { readVersioned, versionOne } from "../description/formatVersion";
import { type Problem, shown } from "../description/problem";
import type { EarlierMachine, EarlierPlan, SitePlan } from "./model";

export const cardsSchema = z.array(z.object({ network: z.string(), address: z.ipv4() }));

/**
 * Where a site's machines are, to be kept beside its description in version control: `stacks/<stack>.plan.json`. A later
 * plan holds on to it, so that a changed description moves no machine that runs, unless the change of this file says so.
 */
const savedSchema = z.object({
  version: versionOne,
  settled: settledSchema.optional(),
  machines: z.array(
    z.object({
      name: z.string(),
      host: z.string(),
      address: z.ipv4(),
      cards: cardsSchema.optional(),
      podCidr: z.cidrv4().optional(),
      disks: z.array(
        z.object({
          name: z.enum(["system", "data"]),
          datastore: z.string(),
          device: z.string().optional(),
          sizeGiB: z.number().optional(),
        }),
      ),
    }),
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

/** The text of a saved plan: one line a machine, so that a pull request shows which one is new, gone or moved. */
export function savedText(plan: SitePlan): string {
  const lines = plan.machines.map(({ name, host, address, cards, podCidr, disks }) =>
    JSON.stringify({
      name,
      host,
      address,
      cards,
      podCidr,
      disks: disks.map(({ name, datastore, device, sizeGiB }) => ({ name, datastore, device, sizeGiB })),
    }),
  );
  const settled = JSON.stringify(settledOf(plan.spec));
  return `{\n  "version": 1,\n  "site": ${JSON.stringify(plan.site)},\n  "settled": ${settled},\n  "machines": [\n    ${lines.join(",\n    ")}\n  ]\n}\n`;
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
