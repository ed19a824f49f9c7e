import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Document, isMap, parseDocument } from "yaml";
import { maintenanceOf } from "../../fleet/file/maintenance";
import { readFleet } from "../../fleet/file/read";
import type { Fleet, Labels, Maintenance } from "../../fleet/file/schema";
import { type DescribedSite, describedHere, fleetSites } from "../../fleet/file/sites";
import type { Given, Pool } from "../../fleet/pool/schema";
import type { Problem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { UnusableInput } from "../../site/description/unusableInput";
import { readDocument, siteIn } from "../input/document";
import { writeWhole } from "../output/file";
import { type Project, projectIn, stackFile, stacksOf } from "../report/project";
import { POOL_FILE, PoolFile } from "./poolFile";
import { FROM_FLEET, holdingsOf, isFromFleet, readIfThere } from "./stackFiles";
import { saidBy, workedOut } from "./workedOut";

export const FLEET_FILE = "fleet.yaml";

/** What a fleet's file makes of a project's stack files. */
export interface Rendered {
  fleet: Fleet;
  sites: DescribedSite[];
  pool?: PoolFile;
  /** Files that are not what the fleet's file says, with what they should be. */
  stale: { file: string; text: string }[];
}

/** Writes the stack files; the exit code. */
export function render(
  { project: folder, check }: { project: string; check?: boolean },
  out: (text: string) => void,
): 0 | 1 {
  const project = projectIn(folder);
  const { sites, pool, stale } = renderedOf(project);
  if (check) {
    for (const { file } of stale)
      out(`${file}: it is not what ${FLEET_FILE} says; run \`npx groundwork fleet render\`\n`);
    return stale.length > 0 ? 1 : 0;
  }
  // The pool first: a run that ends here has given each site what the next run finds there.
  const given = sites.flatMap((site) => (site.given ? [[site.name, site.given] as const] : []));
  if (pool?.give(new Map(given))) out(`wrote  ${relative(project.folder, pool.file)}\n`);
  for (const { file, text } of stale) {
    const path = join(project.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, text);
    out(`wrote  ${file}\n`);
  }
  out(`${sites.length} sites, ${stale.length === 0 ? "every file as it was" : "the others as they were"}\n`);
  return 0;
}

/** What a fleet's file says of its sites beside their descriptions. */
export interface FleetIndex extends Pick<Fleet, "labels"> {
  sites: Record<string, { labels: Labels; maintenance: Maintenance }>;
}

/**
 * Stops where a project has a fleet's file, and stack files are not what it says: what is said of them would not be said of the fleet.
 *
 * @returns the fleet, if there is one
 * @throws UnusableInput with every such file
 */
export function requireRendered(project: Project): FleetIndex | undefined {
  if (!existsSync(join(project.folder, FLEET_FILE))) return undefined;
  return workedOut(project, "fleet", saidBy(project, FLEET_FILE), () => {
    const { fleet, stale } = renderedOf(project);
    const fix = "run `npx groundwork fleet render`";
    if (stale.length > 0)
      throw new UnusableInput(
        stale.map(({ file }) => ({ path: file, fact: `it is not what ${FLEET_FILE} says`, fix })),
      );
    const sites = Object.entries(fleet.sites).map(([name, site]) => {
      return [name, { labels: site.labels, maintenance: maintenanceOf(fleet, site) }] as const;
    });
    return { labels: fleet.labels, sites: Object.fromEntries(sites) };
  });
}

/**
 * The sites of a project's fleet, and which of its files are not what they should be.
 *
 * @throws UnusableInput with every problem, by its path in the fleet's file
 */
export function renderedOf(project: Project): Rendered {
  const fleet = fleetIn(project);
  const pool = PoolFile.read(join(project.folder, POOL_FILE));
  const names = new Set(describedHere(fleet).map(([name]) => name));
  const result = fleetSites(
    fleet,
    pool && { ...pool.pool, given: givenIn(project, names, pool.pool) },
    holdingsOf(project, (stack) => !names.has(stack) && !isRendered(project, stack)),
  );
  const problems = "problems" in result ? result.problems.map(inFleet) : [];
  const stacks = stacksOf(project);
  for (const stack of stacks)
    if (!names.has(stack) && isRendered(project, stack)) problems.push(left(stackFile(project, stack), stack, fleet));
  for (const name of Object.keys(fleet.sites))
    if (!names.has(name) && !stacks.includes(name))
      problems.push({
        path: `${FLEET_FILE} sites.${name}.description`,
        fact: `there is no ${stackFile(project, name)} that describes it`,
        fix: `make it (\`npx groundwork new-site ${name} --from …\`), correct the name, or describe the site here`,
      });
  const sites = "sites" in result ? result.sites : [];
  const stale = sites.flatMap((site) => {
    const file = stackFile(project, site.name);
    const before = readIfThere(join(project.folder, file));
    const text = stackText(before, site, schemaFrom(project));
    if (text !== undefined) return text === before ? [] : [{ file, text }];
    problems.push({
      path: file,
      fact: `somebody else wrote it, and ${FLEET_FILE} has the site, too`,
      fix: `move what is its own to sites.${site.name}.settings and delete groundwork:site there, or leave it there with sites.${site.name}.description: stack`,
    });
    return [];
  });
  if (problems.length > 0) throw new UnusableInput(problems);
  return { fleet, sites, ...(pool && { pool }), stale };
}

/** A stack file that was written from the fleet's file, and is not any more. */
function left(path: string, stack: string, { sites }: Fleet): Problem {
  if (Object.hasOwn(sites, stack))
    return {
      path,
      fact: `it says that ${FLEET_FILE} writes it, which says that the site is described here`,
      fix: `remove its line "${FROM_FLEET}", or description of sites.${stack}`,
    };
  return {
    path,
    fact: `${FLEET_FILE} has this site no more`,
    fix: `destroy its stack, then delete the file; or put the site back into ${FLEET_FILE}`,
  };
}

export function fleetIn(project: Project): Fleet {
  const read = readFleet(readDocument(join(project.folder, FLEET_FILE), 16));
  if ("problems" in read) throw new UnusableInput(read.problems.map(inFleet));
  return read.fleet;
}

function inFleet(problem: Problem): Problem {
  return { ...problem, path: `${FLEET_FILE} ${problem.path}` };
}

/** What the pool gave, and what sites have whose entry there is gone: nobody is given other addresses by that. */
function givenIn(project: Project, names: ReadonlySet<string>, pool: Pool): Pool["given"] {
  const found = [...names].flatMap((name): [string, Given][] => {
    if (pool.given[name] !== undefined || !isRendered(project, name)) return [];
    const site = siteIn(readDocument(join(project.folder, stackFile(project, name)))) as Partial<SiteInput>;
    const { cidr, gateway, apiVip, machines, serviceAddresses } = site.network ?? {};
    if (cidr === undefined) return [];
    const isShared = pool.networks.some((network) => network.kind === "segment" && network.cidr === cidr);
    const { macSeed } = (site.hypervisor ?? {}) as { macSeed?: string };
    return [
      [
        name,
        {
          cidr,
          ...(isShared && { gateway, apiVip, machines, ...(serviceAddresses !== undefined && { serviceAddresses }) }),
          ...(macSeed !== undefined && { macSeed }),
        },
      ],
    ];
  });
  return { ...pool.given, ...Object.fromEntries(found) };
}

function isRendered(project: Project, stack: string): boolean {
  return isFromFleet(readIfThere(join(project.folder, stackFile(project, stack))) ?? "");
}

/** A stack file with a site's description, the rest of it as it was; undefined if somebody described another site there. */
function stackText(before: string | undefined, { description }: DescribedSite, schema: string): string | undefined {
  const document = before === undefined ? new Document({ config: {} }) : parseDocument(before);
  const written = isMap(document.contents) ? document.getIn(["config", "groundwork:site"], true) : undefined;
  if (before !== undefined && isMap(written)) {
    if (isDeepStrictEqual(written.toJS(document), description)) return before;
    if (!isFromFleet(before)) return undefined;
  }
  document.setIn(["config", "groundwork:site"], document.createNode(description, { aliasDuplicateObjects: false }));
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return isFromFleet(text) ? text : `# yaml-language-server: $schema=${schema}\n${FROM_FLEET}\n${text}`;
}

/** Where a stack file finds its schema. */
function schemaFrom({ stackFolder }: Project): string {
  const up = relative(join("/", stackFolder), "/").split(sep).join("/");
  return `${up || "."}/node_modules/groundwork/docs/stack.schema.json`;
}
