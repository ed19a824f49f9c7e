import { readSite } from "../../site/description/parse";
import { formatPath, type Problem } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { allocate } from "../pool/allocate";
import type { Given, Pool } from "../pool/schema";
import { givenHolding, givenHoldings, type Holding, holdingOf } from "../site/holding";
import { withMacSeed } from "../site/macSeed";
import { meetings } from "../site/meetings";
import { moveTo } from "../site/move";
import { keysOf } from "../site/path";
import { fill } from "./fill";
import { type Layer, type Merged, merge } from "./merge";
import { hasLabels } from "./read";
import type { Fleet, FleetSite } from "./schema";

/** A site of a fleet, as its description comes out. */
export interface DescribedSite {
  name: string;
  /** The description that its stack file holds. */
  description: Record<string, unknown>;
  plan: SitePlan;
  /** What it has of the pool; none if its network is written in the fleet's file. */
  given?: Given;
}

/**
 * The description of every site that its stack file does not describe: the defaults, the groups that it is in, in their order, and its
 * own, each over those before; in its own network, and meeting no other.
 *
 * @param known what sites hold that are not of this file
 * @returns all of them, or every problem with its path in the fleet's file; one that many sites have is told once
 */
export function fleetSites(
  fleet: Fleet,
  pool: Pool | undefined,
  known: readonly Holding[],
): { sites: DescribedSite[] } | { problems: Problem[] } {
  const described = describedHere(fleet);
  const before = [
    ...known,
    ...givenHoldings(pool, new Set([...described.map(([name]) => name), ...known.map((k) => k.site)])),
  ];
  const problems = new Problems();
  const drafts = described.flatMap(([name, site]) => {
    const draft = draftOf(fleet, name, site, pool);
    if (!("problems" in draft)) return [draft];
    problems.add(name, draft.problems);
    return [];
  });
  const held = [...before];
  // Whoever names its network, or has got one before, is served before those that get what is free.
  for (const { name, part } of drafts) if (part) held.push(givenHolding(name, part, ""));
  const sites: DescribedSite[] = [];
  const holdings: Holding[] = [];
  for (const draft of drafts) {
    const part = draft.part ?? (pool && allocate(pool, held));
    if (part === undefined) {
      problems.add(draft.name, [noNetwork(draft.name, pool)]);
      continue;
    }
    if (!draft.part) held.push(givenHolding(draft.name, part, ""));
    const made = placed(draft, part, [...before, ...holdings], pool?.given[draft.name]?.macSeed);
    if ("problems" in made) problems.add(draft.name, made.problems);
    else {
      sites.push(made);
      holdings.push(holdingOf(made.plan, `sites.${draft.name}`));
    }
  }
  const all = [...problems.all(), ...meetings(holdings, before)];
  return all.length > 0 ? { problems: all } : { sites };
}

/** The sites that a fleet's file describes itself. */
export function describedHere({ sites }: Fleet): [name: string, site: FleetSite][] {
  return Object.entries(sites).filter(([, { description }]) => description === "fleet");
}

interface Draft {
  name: string;
  merged: Merged;
  value: Record<string, unknown>;
  spec: SiteSpec;
  part?: Given;
  /** Its network is of the pool. */
  pooled: boolean;
}

function draftOf(fleet: Fleet, name: string, site: FleetSite, pool: Pool | undefined): Draft | { problems: Problem[] } {
  const groups = Object.entries(fleet.groups).filter(([, group]) => hasLabels(site, group.labels));
  const layers: Layer[] = [
    { at: ["defaults"], value: fleet.defaults },
    ...groups.map(([group, { settings }]) => ({ at: ["groups", group, "settings"], value: settings })),
    { at: ["sites", name, "settings"], value: site.settings },
  ];
  const merged = merge(layers);
  const { value, problems } = fill({ name, ...merged.value }, { name, labels: site.labels }, merged.originOf);
  if (problems.length > 0) return { problems };
  const read = readSite(value);
  if ("problems" in read) return { problems: atOrigin(read.problems, merged) };
  const description = value as Record<string, unknown>;
  const isOwn = merged.originOf(["network", "cidr"])[0] === "sites";
  const own = site.network ?? (isOwn ? read.spec.network.cidr : undefined);
  const given = own === undefined ? pool?.given[name] : { cidr: own };
  return {
    name,
    merged,
    value: description,
    spec: read.spec,
    pooled: own === undefined,
    ...(given && { part: given }),
  };
}

function placed(
  { name, merged, value, spec, pooled }: Draft,
  part: Given,
  taken: readonly Holding[],
  macSeed: string | undefined,
): DescribedSite | { problems: Problem[] } {
  const { edits, problems } = moveTo(spec, part);
  if (problems.length > 0)
    return {
      problems: problems.map((p) => ({ ...p, path: `sites.${name}.network`, fix: "write it in the site's settings" })),
    };
  const description = structuredClone(value);
  for (const { path, from, to } of edits) edit(description, keysOf(path) ?? [], from, to);
  const hypervisor = description.hypervisor as Record<string, unknown>;
  const chosen = typeof hypervisor.macSeed === "string" ? hypervisor.macSeed : macSeed;
  const seeded = withMacSeed(taken, chosen, (seed) => {
    if (seed !== undefined) hypervisor.macSeed = seed;
    const read = readSite(description);
    return "problems" in read ? read : { plan: planSite(read.spec) };
  });
  if ("problems" in seeded) return { problems: atOrigin(seeded.problems, merged) };
  const given = { ...part, ...(seeded.macSeed !== undefined && { macSeed: seeded.macSeed }) };
  const kept = pooled || seeded.macSeed !== undefined;
  return { name, description, plan: seeded.plan, ...(kept && { given }) };
}

function edit(within: unknown, [key, ...rest]: readonly (string | number)[], from: string, to: string): void {
  if (key === undefined || typeof within !== "object" || within === null) return;
  const holder = within as Record<string | number, unknown>;
  if (rest.length > 0) edit(holder[key], rest, from, to);
  else holder[key] = String(holder[key]).replace(from, to);
}

function atOrigin(problems: readonly Problem[], merged: Merged): Problem[] {
  return problems.map((problem) => ({ ...problem, path: formatPath(merged.originOf(keysOf(problem.path) ?? [])) }));
}

function noNetwork(name: string, pool: Pool | undefined): Problem {
  const path = `sites.${name}.network`;
  return pool
    ? { path, fact: "the pool is exhausted", fix: "add a block to the pool's networks, or name a network" }
    : {
        path,
        fact: "it is missing, and there is no pool to take one from",
        fix: "name a network, or write a pool file",
      };
}

/** Problems of sites; one that several have is told once, with how many. */
class Problems {
  private readonly found = new Map<string, { problem: Problem; sites: string[] }>();

  add(site: string, problems: readonly Problem[]): void {
    for (const problem of problems) {
      const key = JSON.stringify(problem).replaceAll(site, "{name}");
      const known = this.found.get(key);
      if (known) known.sites.push(site);
      else this.found.set(key, { problem, sites: [site] });
    }
  }

  all(): Problem[] {
    return [...this.found.values()].map(({ problem, sites: [first, ...others] }) => {
      if (others.length === 0 || problem.path.startsWith("sites.")) return problem;
      return { ...problem, fact: `${problem.fact} (in ${first} and ${others.length} more)` };
    });
  }
}
