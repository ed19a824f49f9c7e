import { nearest } from "../../site/description/nearest";
import type { Problem } from "../../site/description/problem";
import { DocumentReader } from "../document";
import { drillPlaceProblems } from "../watch/place";
import { type Fleet, type FleetSite, fleetSchema, type Labels } from "./schema";

const reader = new DocumentReader<Fleet>(fleetSchema);

/** Reads a fleet's file; every problem it has, with the path in it. Its sites' descriptions are not looked at yet. */
export function readFleet(document: unknown): { fleet: Fleet } | { problems: Problem[] } {
  const read = reader.read(document);
  if ("problems" in read) return read;
  const problems = inconsistencies(read.value);
  return problems.length > 0 ? { problems } : { fleet: read.value };
}

function inconsistencies(fleet: Fleet): Problem[] {
  const named = (path: string, settings: Record<string, unknown>): Problem[] =>
    Object.hasOwn(settings, "name")
      ? [{ path: `${path}.name`, fact: "a site's name is its key in sites", fix: "remove it" }]
      : [];
  return [
    ...named("defaults", fleet.defaults),
    ...Object.entries(fleet.groups).flatMap(([name, group]) => [
      ...unknownLabels(fleet, group.labels, `groups.${name}.labels`),
      ...named(`groups.${name}.settings`, group.settings),
    ]),
    ...Object.entries(fleet.sites).flatMap(([name, site]) => [
      ...unknownLabels(fleet, site.labels, `sites.${name}.labels`),
      ...named(`sites.${name}.settings`, site.settings),
      ...describedTwice(`sites.${name}`, site),
    ]),
    ...notTogether(fleet),
    ...drillPlaceProblems(fleet),
    ...(Object.keys(fleet.sites).length === 0 ? [{ path: "sites", fact: "there is none", fix: "name a site" }] : []),
  ];
}

/** What a site has of this file although its stack file describes it. */
function describedTwice(path: string, { description, network, settings }: FleetSite): Problem[] {
  if (description === "fleet") return [];
  const here = [
    ...(network === undefined ? [] : ["network"]),
    ...Object.keys(settings).map((key) => `settings.${key}`),
  ];
  const fix = "write it there; or leave description out, and this file describes the site";
  return here.map((key) => ({ path: `${path}.${key}`, fact: "its stack file describes this site", fix }));
}

function notTogether({ labels, watch: { drills } }: Fleet): Problem[] {
  const label = drills?.notTogether;
  if (label === undefined || Object.hasOwn(labels, label)) return [];
  const meant = nearest(label, Object.keys(labels));
  const fix = meant.startsWith("did you mean") ? meant : "correct it, or add it to labels";
  return [{ path: "watch.drills.notTogether", fact: `there is no label ${label}`, fix }];
}

/** Labels, or values of them, that the fleet does not have. */
export function unknownLabels(fleet: Pick<Fleet, "labels">, labels: Labels, path: string): Problem[] {
  return Object.entries(labels).flatMap(([label, value]): Problem[] => {
    const values = Object.hasOwn(fleet.labels, label) ? fleet.labels[label] : undefined;
    const at = `${path}.${label}`;
    const add = (to: string, known: string[]) => {
      const meant = nearest(to, known);
      return meant.startsWith("did you mean") ? meant : `correct it, or add it to labels`;
    };
    if (values === undefined)
      return [{ path: at, fact: "there is no such label", fix: add(label, Object.keys(fleet.labels)) }];
    return values.includes(value)
      ? []
      : [{ path: at, fact: `"${value}" is no value of this label`, fix: add(value, values) }];
  });
}

/** Whether a site has all of some labels. */
export function hasLabels({ labels }: { labels: Labels }, wanted: Labels): boolean {
  return Object.entries(wanted).every(([label, value]) => Object.hasOwn(labels, label) && labels[label] === value);
}
