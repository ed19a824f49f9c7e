import { listed } from "../../site/description/listed";
import { formatProblem } from "../../site/description/problem";
import { lossOf } from "../../site/judge/failures/survival";
import { refusalsIn } from "../../site/judge/refusal";
import { checkRules } from "../../site/judge/rules";
import type { ChangeVerdict } from "../../site/life/changes/model";
import type { Described, StackReport, Verdict } from "./model";
import type { Said } from "./policies";
import type { Preview } from "./preview";
import type { SiteReport } from "./site";

type Judged = Omit<StackReport, "verdict">;

/** @param change what the program itself says of the way from what stands */
export function verdictOf(report: Judged, preview: Preview, { now }: Described, change: ChangeVerdict): Verdict {
  const reasons = [
    ...change.refused.map(formatProblem),
    ...refusals(report),
    ...report.errors.flatMap(refusalsIn),
    ...(preview.complete ? [] : (now?.refused ?? [])),
  ];
  const cautions = [...change.cautions.map(formatProblem), ...cautionsOf(report)];
  if (reasons.length > 0) return { is: "unsafe", reasons: [...new Set(reasons)], cautions };
  if (!preview.complete || report.errors.length > 0)
    return { is: "unjudged", reasons: [whyNot(preview)], cautions: [] };
  return { is: "safe", reasons: [], cautions };
}

function whyNot({ errors }: Preview): string {
  const [first] = errors.flatMap((error) => error.split("\n")).filter(Boolean);
  return first ?? "the preview ended before it was complete";
}

function refusals(report: Judged): string[] {
  return [...ofEachSite(report, siteRefusals), ...refusedBy(report.policies.mandatory)];
}

/** The same of each site, named where a stack has several. */
function ofEachSite(report: Judged, told: (site: SiteReport) => string[]): string[] {
  const sites = [report, ...report.others];
  return sites.flatMap((site) => told(site).map((what) => (sites.length > 1 ? `${site.site}: ${what}` : what)));
}

function siteRefusals(site: SiteReport): string[] {
  const { disruption, survival } = site;
  const stores = [
    { name: "etcd", ...disruption.etcd },
    ...(disruption.events ? [{ name: "the store of events", ...disruption.events }] : []),
  ];
  return [
    ...stores.flatMap(({ name, steps, dataLost, replaced }) => [
      ...(dataLost
        ? [
            `${name} loses its data: ${listed(replaced)} ${replaced.length > 1 ? "are" : "is"} replaced with an empty disk at the same time, and that is a majority`,
          ]
        : []),
      ...steps
        .filter(({ quorum }) => !quorum)
        .map(
          ({ what, up, of }) => `${name} has no quorum while this is applied: ${up} of ${of} members are up (${what})`,
        ),
    ]),
    ...disruption.others
      .filter(({ role, up }) => role !== "worker" && up === 0)
      .map(
        ({ role, of }) => `the API is down while this is applied: all ${of} ${plural(role)} are off at the same time`,
      ),
    ...(isRefused(site) ? survival.changes.flatMap(lossOf) : []),
  ];
}

/** A loss of what a site survives that no rule refuses is its owner's to weigh: `up` goes on with a caution, too. */
function isRefused({ drawing }: SiteReport): boolean {
  return drawing !== undefined && checkRules(drawing.facts).some(({ severity }) => severity === "mandatory");
}

/** A policy that finds much is quoted once. */
function refusedBy(said: readonly Said[]): string[] {
  const policies = [...new Set(said.map(({ policy }) => policy))];
  return policies.map((policy) => {
    const [first, ...others] = said.filter((finding) => finding.policy === policy);
    const more = others.length > 0 ? ` (and ${others.length} more of this policy)` : "";
    return `policy ${policy}: ${first?.message}${more}`;
  });
}

function cautionsOf(report: Judged): string[] {
  const { certificates, policies, machines } = report;
  const authorities = certificates.filter(({ authority, kind }) => authority && kind === "reissued");
  const deleted = machines.filter(({ kind }) => kind === "deleted");
  const drifted = machines.filter(({ drift }) => drift.length > 0);
  return [
    ...ofEachSite(report, siteCautions),
    ...(authorities.length > 0
      ? [
          `${listed(authorities.map(({ name }) => name))} ${authorities.length > 1 ? "are certificate authorities" : "is a certificate authority"}: every certificate below is reissued`,
        ]
      : []),
    ...(deleted.length > 0 ? [`deleted for good: ${listed(deleted.map(({ machine }) => machine))}`] : []),
    ...(drifted.length > 0 ? [`changed without Pulumi: ${listed(drifted.map(({ machine }) => machine))}`] : []),
    ...ofEachSite(report, capacityCautions),
    ...(policies.undecided.length > 0
      ? [
          `${policies.undecided.length} ${policies.undecided.length > 1 ? "policies are" : "policy is"} undecided until \`up\``,
        ]
      : []),
  ];
}

function siteCautions(site: SiteReport): string[] {
  const { disruption, rank, broken, survival } = site;
  const [{ etcd, others }, { before, after }] = [disruption, rank];
  return [
    ...(isRefused(site) ? [] : survival.changes.flatMap(lossOf)),
    ...broken.map((finding) => `as it stands, ${finding}; \`pulumi up --refresh\` puts it back`),
    ...(etcd.replaced.length > 0 && !etcd.dataLost
      ? [`etcd member ${listed(etcd.replaced)} is replaced: until it has caught up, no other member may fail`]
      : []),
    ...etcd.steps
      .filter(({ quorum, up, of, what }) => quorum && up < of && !etcd.replaced.length && what.includes("restarted"))
      .map(({ what, up, of }) => `${what}: ${up} of ${of} etcd members are up meanwhile`),
    ...others
      .filter(({ up, of }) => up < of)
      .map(({ role, up, of }) =>
        role === "worker" && up === 0
          ? `all ${of} workers are off at the same time: pods are down until they are back; \`pulumi up --target\` takes one at a time`
          : `${of - up} of ${of} ${plural(role)} are off while this is applied`,
      ),
    ...(before && after && after.rung < before.rung && after.hosts === before.hosts
      ? [`the site's rank falls from ${before.rung} to ${after.rung} of ${after.of}`]
      : []),
  ];
}

function capacityCautions({ capacity: { hosts } }: SiteReport): string[] {
  const shrunk = hosts.filter(
    ({ before, after }) => before && after && (after.cpus < before.cpus || after.memoryGiB < before.memoryGiB),
  );
  return shrunk.length > 0 ? [`less is left for pods after the loss of ${listed(shrunk.map(({ host }) => host))}`] : [];
}

function plural(role: string): string {
  return `${role.replace("-", " ")}s`;
}
