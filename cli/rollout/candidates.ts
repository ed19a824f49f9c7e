import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { hasLabels, unknownLabels } from "../../fleet/file/read";
import type { Fleet, Labels } from "../../fleet/file/schema";
import type { Candidate } from "../../fleet/rollout/plan";
import { templateOf } from "../../site/description/hypervisors";
import { readSite } from "../../site/description/parse";
import type { Problem } from "../../site/description/problem";
import { printable } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import { UnusableInput } from "../../site/description/unusableInput";
import { planSite } from "../../site/plan/plan";
import { POOL_FILE } from "../fleet/poolFile";
import { FLEET_FILE, type FleetIndex, requireRendered } from "../fleet/render";
import { saidBy, workedOut } from "../fleet/workedOut";
import { readDocument, siteIn } from "../input/document";
import { isOfAStack, type Project, stackFile, stacksOf } from "../report/project";
import { Digests, digestOf } from "../report/reuse/digests";

/** A site that a rollout is asked for, before it is judged. */
export type Site = Omit<Candidate, "verdict">;

/**
 * The sites of a project that have all of some labels, with digests of what each is to get.
 *
 * @param outputs files that the rollout itself writes
 * @param only the one site that is asked for
 * @throws UnusableInput with every problem
 */
export function sitesOf(
  project: Project,
  wanted: readonly string[],
  outputs: readonly string[],
  only?: string,
): Site[] {
  // What one site is to get stands in its stack file, and nobody reads a fleet of hundreds for each.
  const [program, stacks] = [programDigest(project, outputs), stacksOf(project)];
  if (only !== undefined)
    return described(
      project,
      stacks.filter((stack) => stack === only),
      program,
    );
  const fleet = requireRendered(project);
  const labels = labelsIn(wanted, fleet);
  const all = stacks.filter((stack) => fleet === undefined || Object.hasOwn(fleet.sites, stack));
  const sites = workedOut(project, "sites", digestOf([saidBy(project, FLEET_FILE), program]), () =>
    described(project, all, program, fleet),
  );
  return sites.filter((site) => hasLabels(site, labels));
}

/** @throws UnusableInput with every problem of their descriptions */
function described(project: Project, stacks: readonly string[], program: string, fleet?: FleetIndex): Site[] {
  const problems: Problem[] = [];
  const sites = stacks.flatMap((stack): Site[] => {
    const file = stackFile(project, stack);
    const document = readDocument(join(project.folder, file));
    const site = siteIn(document);
    if (site === document) return [];
    const read = readSite(site);
    if ("problems" in read) {
      problems.push(...read.problems.map((problem) => ({ ...problem, path: `${file} ${problem.path}` })));
      return [];
    }
    return [
      {
        name: stack,
        labels: fleet?.sites[stack]?.labels ?? {},
        maintenance: fleet?.sites[stack]?.maintenance ?? {},
        digests: { program, ...digestsOf(read.spec, site) },
        machines: planSite(read.spec).machines.length,
      },
    ];
  });
  if (problems.length > 0) throw new UnusableInput(problems);
  return sites;
}

/** Labels with their values, as `--sites` takes them. @throws UnusableInput for those that the fleet does not have */
export function labelsIn(wanted: readonly string[], fleet: Pick<Fleet, "labels"> | undefined): Labels {
  const problems: Problem[] = [];
  const labels: Labels = {};
  for (const text of wanted) {
    const [, label, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (label === undefined || value === undefined)
      problems.push({
        path: `--sites ${printable(text)}`,
        fact: "it is no label with a value",
        fix: "write town=fulda",
      });
    else if (!fleet)
      problems.push({ path: `--sites ${printable(text)}`, fact: `there is no ${FLEET_FILE}`, fix: "leave it out" });
    else {
      labels[label] = value;
      problems.push(...unknownLabels(fleet, { [label]: value }, "--sites"));
    }
  }
  if (problems.length > 0) throw new UnusableInput(problems);
  return labels;
}

function digestsOf({ kubernetes, etcd, hypervisor, addons }: SiteSpec, description: unknown) {
  const template = templateOf(hypervisor) ?? null;
  const { version, podNetwork, imageRepository = null } = kubernetes;
  return {
    description: digestOf(description),
    images: digestOf({ template, podNetwork, imageRepository, addons }),
    versions: digestOf({ kubernetes: version, etcd: etcd.version }),
  };
}

/** The project without its stacks' own files, and without plans of rollouts: they change nothing of a site. */
function programDigest(project: Project, outputs: readonly string[]): string {
  const digests = new Digests();
  const isLeftOut = (path: string) =>
    outputs.includes(path) || isOfAStack(project, path) || isWritten(project, path) || isSignedPlan(path);
  return digestOf([
    digests.folder(project.folder, isLeftOut),
    digests.file(join(project.folder, "node_modules/.package-lock.json")),
  ]);
}

/**
 * What is written beside the program while sites are changed: states that are kept in a folder, records of drills, and the fleet's own
 * files, which make stack files that are digested for themselves.
 */
function isWritten({ folder }: Project, path: string): boolean {
  return [FLEET_FILE, POOL_FILE, ".pulumi", "drills"].includes(relative(folder, path));
}

function isSignedPlan(path: string): boolean {
  if (!path.endsWith(".json") || !statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const start = Buffer.alloc(64);
  const file = openSync(path, "r");
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return /^\{\s*"plan":\s*\{\s*"version": 1,\s*"made"/.test(start.toString());
}
