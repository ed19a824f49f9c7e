import type { Document } from "yaml";
import { readSite } from "../../site/description/parse";
import type { Problem } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import { assess } from "../../site/judge/assessment";
import { formatFinding } from "../../site/judge/rules";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { allocate } from "../pool/allocate";
import type { Given, Pool } from "../pool/schema";
import { derive } from "./derive";
import { Description } from "./description";
import { hardwareNotes } from "./hardware";
import { givenHolding, givenHoldings, type Holding, holdingOf } from "./holding";
import { withMacSeed } from "./macSeed";
import { meetings } from "./meetings";
import { withoutShared } from "./own";

/** What is asked for of a new site. */
export interface Wish {
  name: string;
  /** The stack file it will be, as problems name it. */
  file: string;
  /** Left out: from the pool. */
  network?: string;
  hardware?: Document;
  set: readonly (readonly [path: string, value: unknown])[];
}

export interface MadeSite {
  name: string;
  file: string;
  /** The stack file's text. */
  text: string;
  given: Given;
  notes: string[];
  missing: Problem[];
  /** Mandatory findings of its plan. */
  refused: string[];
}

/**
 * Sites from a site, each with what is its own, and none that meets another.
 *
 * @param known what the fleet's other sites hold
 * @returns all of them, or every problem of all
 */
export function newSites(
  source: Description,
  wishes: readonly Wish[],
  pool: Pool | undefined,
  known: readonly Holding[],
): { sites: MadeSite[] } | { problems: Problem[] } {
  const read = readSite(source.toJS());
  if ("problems" in read) return read;
  const original = planSite(read.spec);
  const given = new Map(Object.entries(pool?.given ?? {}));
  const named = new Set([...known, ...wishes.map(({ name }) => ({ site: name }))].map(({ site }) => site));
  const before = [...known, ...givenHoldings(pool, named)];
  const held = [...before];
  const made: { site: MadeSite; holding: Holding }[] = [];
  const problems: Problem[] = [];
  // Whoever names its network, or has got one before, is served before those that get what is free.
  const mine = wishes.map((wish) => ({ wish, part: networkOf(wish, given) }));
  for (const { wish, part } of mine) if (part) held.push(givenHolding(wish.name, part, wish.file));
  for (const { wish, part } of mine) {
    const own = part ?? (pool && allocate(pool, held));
    if (own === undefined) {
      problems.push(noNetwork(wish, pool));
      continue;
    }
    if (!part) held.push(givenHolding(wish.name, own, wish.file));
    const one = makeSite(source, original, wish, own, [...before, ...made.map(({ holding }) => holding)]);
    if ("problems" in one) problems.push(...one.problems.map((p) => ({ ...p, path: `${wish.file} ${p.path}` })));
    else made.push(one);
  }
  problems.push(
    ...meetings(
      made.map(({ holding }) => holding),
      before,
    ),
  );
  return problems.length > 0 ? { problems } : { sites: made.map(({ site }) => site) };
}

/** What it asks for itself, or has got of the pool before. */
function networkOf({ name, network, set }: Wish, given: ReadonlyMap<string, Given>): Given | undefined {
  const cidr = network ?? set.find(([path]) => path === "network.cidr")?.[1];
  const before = given.get(name);
  if (typeof cidr !== "string") return before;
  return before?.cidr === cidr ? before : { cidr };
}

function noNetwork({ name, file }: Wish, pool: Pool | undefined): Problem {
  return pool
    ? {
        path: `${file} network.cidr`,
        fact: `the pool is exhausted: no network of it is left for ${name}`,
        fix: "add a block to the pool's networks, or pass --network",
      }
    : {
        path: `${file} network.cidr`,
        fact: "no network is named, and there is no pool to take one from",
        fix: "pass --network, or write a pool file: docs/fleet.md",
      };
}

function makeSite(
  source: Description,
  original: SitePlan,
  { name, file, hardware, set }: Wish,
  given: Given,
  taken: readonly Holding[],
): { site: MadeSite; holding: Holding } | { problems: Problem[] } {
  const { description, notes, missing, problems } = derive(source, original.spec, { name, given, hardware, set });
  if (problems.length > 0) return { problems };
  const chosen = set.find(([path]) => path === "hypervisor.macSeed")?.[1];
  const at = ["hypervisor", "macSeed"];
  if (description.get(at) !== undefined) description.delete(at);
  const seeded = withMacSeed(taken, typeof chosen === "string" ? chosen : given.macSeed, (seed) => {
    if (seed !== undefined) description.set(at, seed);
    const read = readSite(description.toJS());
    return "problems" in read ? read : { plan: planSite(read.spec) };
  });
  if ("problems" in seeded) return seeded;
  const { plan, macSeed } = seeded;
  if (macSeed !== undefined) notes.push(`hypervisor.macSeed: ${macSeed}, or MAC addresses would be another site's`);
  const { findings } = assess(plan);
  missing.push(
    ...withoutShared(
      description,
      original.spec,
      set.map(([path]) => path),
    ),
  );
  const { cidr } = plan.spec.network;
  return {
    site: {
      name,
      file,
      text: description.text(),
      given: { ...given, cidr, ...(macSeed !== undefined && { macSeed }) },
      notes: [`network: ${cidr}, machines ${plan.spec.network.machines}`, ...notes, ...hardwareNotes(original, plan)],
      missing,
      refused: findings.filter(({ severity }) => severity === "mandatory").map(formatFinding),
    },
    holding: holdingOf(plan, file),
  };
}

/** What a site's stack file holds, whatever is missing in it of its backups. */
export function holdingIn(text: string, file: string): { holding?: Holding } | { problems: Problem[] } {
  const site = Description.in(text)?.toJS() as Partial<SiteSpec> | undefined;
  if (site === undefined) return {};
  const { backup: _, ...rest } = site;
  const read = readSite(rest);
  if ("problems" in read) return { problems: read.problems.map((p) => ({ ...p, path: `${file} ${p.path}` })) };
  return { holding: holdingOf(planSite(read.spec), file) };
}
