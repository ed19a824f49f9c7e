import type { Role, SiteSpec } from "../description/spec";
import { factsOfPlan } from "../facts/plan";
import { planSite } from "../plan/plan";
import { type Change, decisions, largeHosts, purchases } from "./conflict/purchases";
import { type Requirement, requirements } from "./conflict/requirements";
import { checkRules, type Finding } from "./rules";

/** Why a site has no layout without a mandatory finding, and what would give it one. */
export interface Conflict {
  /**
   * Requirements that cannot hold together, while all but any one of them can. On small sites there is no such set with
   * fewer of them.
   */
  requirements: string[];
  /** What mends it, cheapest first, each tried. */
  remedies: Remedy[];
}

export interface Remedy {
  say: string;
  /** The site as it is then. */
  spec: SiteSpec;
}

/** Up to this many hosts all sets of requirements are tried, and pairs of purchases. */
const SMALL = 12;
const MOST_REMEDIES = 3;
/** Pairs of purchases that are tried. */
const MOST_PAIRS = 250;

/** The conflict that leaves a site without a layout; none if its plan breaks no rule, or breaks rules that no hardware mends. */
export function conflictOf(spec: SiteSpec): Conflict | undefined {
  if (feasible(spec, [])) return undefined;
  const all = requirements(spec);
  // What is wrong even with endless hardware is mended by another number or setting, and its finding says which.
  const beside = broken(grant(spec, all).spec).filter((rule) => !all.some((r) => r.rules.includes(rule)));
  if (feasible(spec, beside)) return undefined;
  const holds = (kept: readonly Requirement[]) => feasibleWith(spec, all, kept, beside);
  const core = spec.hosts.length <= SMALL ? smallest(all, holds) : irreducible(all, holds);
  return { requirements: core.map((r) => r.sentence), remedies: remedies(spec, beside) };
}

/** The conflict, told as a finding. */
export function conflictFinding(spec: SiteSpec): Finding | undefined {
  const conflict = conflictOf(spec);
  if (!conflict) return undefined;
  return {
    rule: "layout-exists",
    severity: "mandatory",
    path: "hosts",
    message: `no layout keeps all of: ${conflict.requirements.join("; ")}`,
    fix:
      conflict.remedies.length > 0
        ? conflict.remedies.map((r) => r.say).join(", or ")
        : "two purchases do not mend it: add hosts, devices and memory",
    source: "L8, L11 [B, X]",
  };
}

/** A set that cannot hold, and can without any one of it: what is dropped without effect is not part of it. */
function irreducible(
  all: readonly Requirement[],
  holds: (kept: readonly Requirement[]) => boolean,
): readonly Requirement[] {
  let core = all;
  for (const requirement of all) {
    const fewer = core.filter((r) => r !== requirement);
    if (!holds(fewer)) core = fewer;
  }
  return core;
}

/** The first of the smallest sets that cannot hold. None is larger than one that nothing can be left out of. */
function smallest(
  all: readonly Requirement[],
  holds: (kept: readonly Requirement[]) => boolean,
): readonly Requirement[] {
  const bound = irreducible(all, holds);
  for (let size = 1; size <= bound.length; size++)
    for (const kept of combinations(all, size)) if (!holds(kept)) return kept;
  return bound;
}

function* combinations<T>(items: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i <= items.length - size; i++)
      for (const rest of combinations(items, size - 1, i + 1)) yield [items[i] as T, ...rest];
}

/** Whether a layout keeps these requirements when all others are granted. */
function feasibleWith(
  spec: SiteSpec,
  all: readonly Requirement[],
  kept: readonly Requirement[],
  beside: readonly string[],
): boolean {
  const {
    spec: granted,
    rules,
    together,
  } = grant(
    spec,
    all.filter((r) => !kept.includes(r)),
  );
  return feasible(granted, [...beside, ...rules], together);
}

/** The site as if these were granted, the rules that do not count then, and the roles that may lie together. */
export function grant(spec: SiteSpec, granted: readonly Requirement[]) {
  return {
    spec: granted.reduce((s, r) => r.without?.(s) ?? s, spec),
    rules: granted.flatMap((r) => r.rules),
    together: granted.flatMap((r) => r.together ?? []),
  };
}

function feasible(spec: SiteSpec, ignored: readonly string[], together: readonly Role[] = []): boolean {
  return broken(spec, together).every((rule) => ignored.includes(rule));
}

/** The mandatory rules that a site's plan breaks. */
function broken(spec: SiteSpec, together: readonly Role[] = []): string[] {
  const findings = checkRules(factsOfPlan(planSite(spec, { together })));
  return findings.filter((f) => f.severity === "mandatory").map((f) => f.rule);
}

/**
 * Decisions and single purchases; where none is enough two of them together, the cheapest first; where that is not enough
 * either, large hosts. Where a free decision does, nothing is bought.
 */
function remedies(spec: SiteSpec, beside: readonly string[]): Remedy[] {
  const found: Remedy[] = [];
  const mended = new Set<string>();
  const attempt = (changes: readonly Change[]) => {
    const what = changes.map((change) => change.what).join(" and ");
    if (found.length >= MOST_REMEDIES || [what, ...changes.map((c) => c.what)].some((w) => mended.has(w))) return;
    const changed = changes.reduce((s, change) => change.to(s), spec);
    if (!feasible(changed, beside)) return;
    mended.add(what);
    found.push({ say: changes.map((c) => c.say).join(" and "), spec: changed });
  };
  for (const change of [...decisions(spec), ...purchases(spec)]) if (!mended.has("placement")) attempt([change]);
  if (found.length === 0 && spec.hosts.length <= SMALL)
    for (const pair of pairs([...decisions(spec), ...purchases(spec)]).slice(0, MOST_PAIRS)) attempt(pair);
  if (found.length === 0) for (const changes of largeHosts(spec)) attempt(changes);
  return found;
}

/** Every two changes of different things, cheap ones first. */
function pairs(changes: readonly Change[]): Change[][] {
  return changes
    .flatMap((first, i) => changes.slice(i + 1).map((second, j) => ({ pair: [first, second], cost: 2 * i + 1 + j })))
    .filter(({ pair: [first, second] }) => first?.what !== second?.what)
    .sort((a, b) => a.cost - b.cost)
    .map(({ pair }) => pair);
}
