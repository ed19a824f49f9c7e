import type { PolicyReport as Judged } from "../../policies/outcome";
import type { Facts } from "../../site/facts/model";
import { checkRules, formatFinding } from "../../site/judge/rules";
import { layoutRules } from "../../site/judge/rules/catalog";
import { nameOf, type Preview } from "./preview";

/** What the policy pack says of a change. */
export interface PolicyReport {
  /** Refuses the change. */
  mandatory: Said[];
  advisory: Said[];
  /** Findings that the owner accepts by name in the site's description, or that nothing better exists for. */
  accepted: Said[];
  exceptions: Judged["exceptions"];
  /** What a preview cannot decide; `up` does. */
  undecided: Said[];
}

export interface Said {
  policy: string;
  message: string;
  resource?: string;
  /** It was not so before. */
  isNew: boolean;
}

/** Policies that speak for others; the pack's own report has the same in parts. */
const speakers = { accepted: "accepted", decided: "undecided" } as const;

/** Sorts what the policies said; what they would have said of the site as it is, is nothing new. */
export function policyReport({ policies, judged }: Preview, before: Facts | undefined): PolicyReport {
  const earlier = before ? checkRules(before).map(formatFinding) : [];
  // Of other policies nobody knows what they said before.
  const isNew = (policy: string, message: string) =>
    before !== undefined &&
    layoutRules.some(({ id }) => id === policy) &&
    !earlier.some((known) => message.endsWith(known));
  const sorted: PolicyReport = { mandatory: [], advisory: [], accepted: [], exceptions: [], undecided: [] };
  const speaks = (policy: string): policy is keyof typeof speakers => policy in speakers;
  for (const { policy, level, message, resource } of policies) {
    const own = ownWords(message);
    const said: Said = { policy, message: own, ...(resource && { resource }), isNew: isNew(policy, own) };
    if (!speaks(policy)) sorted[level].push(said);
    else if (level === "mandatory") sorted.mandatory.push(said);
    else if (judged === undefined) sorted[speakers[policy]].push(said);
  }
  sorted.mandatory.sort(byPolicy);
  sorted.advisory.sort(byPolicy);
  if (judged === undefined) return sorted;
  for (const finding of judged.accepted) {
    const message = formatFinding(finding);
    const resource = finding.urn && nameOf(finding.urn);
    sorted.accepted.push({
      policy: finding.rule,
      message,
      ...(resource && { resource }),
      isNew: isNew(finding.rule, message),
    });
  }
  sorted.accepted.sort(byPolicy);
  sorted.undecided = undecided(judged).sort(byPolicy);
  sorted.exceptions = judged.exceptions;
  return sorted;
}

/** The engine asks policies in no certain order. */
function byPolicy(a: Said, b: Said): number {
  return a.policy.localeCompare(b.policy, "en") || a.message.localeCompare(b.message, "en");
}

/** One sentence a rule. */
function undecided({ undecided: open }: Judged): Said[] {
  const rules = [...new Set(open.map(({ rule }) => rule))];
  return rules.map((policy) => {
    const questions = open.filter(({ rule }) => rule === policy).map(({ resource, what }) => `${resource} (${what})`);
    return { policy, message: `a preview cannot know ${[...new Set(questions)].sort().join(", ")}`, isNew: false };
  });
}

/** The engine puts a policy's description on the lines before its message. */
function ownWords(message: string): string {
  return message.trim().split("\n").at(-1)?.trim() ?? message;
}
