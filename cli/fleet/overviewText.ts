import { type FleetOverview, type SiteLine, sentence } from "../../fleet/overview/model";
import { table } from "../output/table";

/** A fleet on a terminal: the sentence, what needs a person with the command, and a line for each site. */
export function overviewText({ sites, untold, repair }: FleetOverview): string {
  const urgent = sites.filter(({ state, needs }) => state !== "well" && needs.length > 0);
  const needs = urgent.flatMap(({ stack, needs: [first, ...more] }) => [
    `  ${stack}: ${first?.what}${more.length > 0 ? `, and ${more.length} more` : ""}`,
    ...(first?.run === undefined ? [] : [`      ${first.run}`]),
  ]);
  const unheard = untold
    ? [`The webhook was not told on ${untold.at.slice(0, 16).replace("T", " ")}: ${untold.why}; it is tried again.`]
    : [];
  const mended = repair ? [`Mending, on ${repair.at.slice(0, 16).replace("T", " ")}: ${repair.what}.`] : [];
  return [
    `${sentence(sites)}.`,
    ...needs,
    ...unheard,
    ...mended,
    "",
    ...(sites.length === 0 ? [] : [table(HEAD, sites.map(cells)), ""]),
  ].join("\n");
}

export const HEAD = ["SITE", "IS", "RANK", "WOULD END IT", "KUBERNETES", "ETCD", "ALONE UNTIL", "BACKUP", "DRILL"];

/** What the columns of `HEAD` say of a site. */
export function cells({ stack, state, rank, fatal, kubernetes, etcd, alone, backup, drill }: SiteLine): string[] {
  return [
    stack,
    state,
    rank ? `${rank.rung} of ${rank.of} (${rank.hosts === 3 ? "3+" : rank.hosts} hosts)` : "-",
    fatal === undefined ? "-" : fatal === 0 ? "no one failure" : `${fatal} failures`,
    kubernetes || "-",
    etcd || "-",
    alone ? `${alone.until.slice(0, 10)}` : "-",
    backup ?? "-",
    drillText(drill),
  ];
}

function drillText(drill: SiteLine["drill"]): string {
  if (drill === undefined) return "never";
  const times = [
    ...(drill.rpoSeconds === undefined ? [] : [`RPO ${minutes(drill.rpoSeconds)}`]),
    ...(drill.rtoSeconds === undefined ? [] : [`RTO ${minutes(drill.rtoSeconds)}`]),
  ];
  return [`${drill.time.slice(0, 10)} ${drill.passed ? "passed" : "failed"}`, ...times].join(", ");
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
