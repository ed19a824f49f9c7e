import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Document, parseDocument } from "yaml";
import { Description } from "../../fleet/site/description";
import { type MadeSite, newSites, type Wish } from "../../fleet/site/newSites";
import { formatProblem, type Problem } from "../../site/description/problem";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { hostsYaml } from "../discover/command";
import { discover } from "../discover/vcenter";
import { POOL_FILE, PoolFile } from "../fleet/poolFile";
import { holdingsOf, writeNew } from "../fleet/stackFiles";
import { readDocument } from "../input/document";
import { runPlan } from "../plan/command";
import { type Project, projectIn, stackFile, stacksOf } from "../report/project";
import type { NewSiteOptions } from "./options";
import { type Request, requestsOf } from "./wishes";

/** Makes the sites' files; the exit code. */
export async function newSite(
  name: string | undefined,
  options: NewSiteOptions,
  env: NodeJS.ProcessEnv,
  out: (text: string) => void,
): Promise<0 | 1> {
  const project = projectIn(options.project);
  const requests = requestsOf(name, options);
  const source = sourceOf(project, options.from);
  const there = new Set(stacksOf(project));
  const kept = requests.filter((request) => there.has(request.name));
  const wanted = requests.filter((request) => !there.has(request.name));
  const poolFile = resolve(project.folder, options.pool ?? POOL_FILE);
  const pool = PoolFile.read(relative(".", poolFile) || poolFile);
  if (options.pool !== undefined && pool === undefined)
    throw unusable("--pool", `there is no file ${options.pool}`, "name a pool file: docs/fleet.md");
  const known = holdingsOf(project, () => true);
  const wishes = await wishesOf(project, wanted, source, options, env);
  const result = newSites(source, wishes, pool?.pool, known);
  if ("problems" in result) throw new UnusableInput(result.problems);
  // The pool first: a run that ends here has given each site what the next run finds there.
  if (pool?.give(new Map(result.sites.map((site) => [site.name, site.given])))) out(`wrote    ${pool.file}\n`);
  for (const site of result.sites) {
    const written = writeNew(join(project.folder, site.file), site.text);
    out(written ? `wrote    ${site.file}\n` : `kept     ${site.file}: it was made by somebody else meanwhile\n`);
    out(told(site));
  }
  const keptOnes = kept.map((request) => tellKept(project, request, out));
  out(next(project, options.project, requests));
  const unfinished = result.sites.some(({ missing, refused }) => missing.length + refused.length > 0);
  return unfinished || keptOnes.some((code) => code !== 0) ? 1 : 0;
}

/** A site that has its file already, as it is now: a second run changes nothing, and tells what is still missing. */
function tellKept(project: Project, request: Request, out: (text: string) => void): number {
  const file = stackFile(project, request.name);
  out(`kept     ${file}: it is there already\n`);
  return runPlan(
    join(project.folder, file),
    {},
    (text) => {
      for (const line of text.split("\n").filter((one) => one.startsWith("mandatory"))) out(`refused  ${line}\n`);
    },
    (text) => out(text.replace(/^(?=.)/gm, "missing  ")),
  );
}

function told({ notes, missing, refused }: MadeSite): string {
  return [
    ...notes.map((note) => `         ${note}`),
    ...missing.map((problem) => `missing  ${formatProblem(problem)}`),
    ...refused.map((finding) => `refused  ${finding}`),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function sourceOf(project: Project, from: string): Description {
  const file = stackFile(project, from);
  const stacks = stacksOf(project);
  if (!stacks.includes(from))
    throw unusable("--from", `there is no stack ${from}`, `use one of ${stacks.slice(0, 10).join(", ") || "none yet"}`);
  const path = join(project.folder, file);
  readDocument(path);
  const source = Description.in(readFileSync(path, "utf8"));
  if (source === undefined) throw unusable(file, "it has no groundwork:site", "name a stack that is a site");
  return source;
}

/** With the hardware of each: out of a file, or out of its vCenter. */
async function wishesOf(
  project: Project,
  requests: readonly Request[],
  source: Description,
  options: NewSiteOptions,
  env: NodeJS.ProcessEnv,
): Promise<Wish[]> {
  const problems: Problem[] = [];
  const wishes: Wish[] = [];
  for (const { name, network, hosts, set } of requests) {
    const wish = { name, file: stackFile(project, name), ...(network !== undefined && { network }), set };
    const setting = (path: string, keys: string[]) =>
      String(set.find(([one]) => one === path)?.[1] ?? source.get(keys));
    try {
      if (hosts !== undefined) wishes.push({ ...wish, hardware: hardwareIn(hosts) });
      else if (options.discover) {
        const of = (name: string) => setting(`hypervisor.${name}`, ["hypervisor", name]);
        const [server, datacenter, cluster] = [options.server ?? of("server"), of("datacenter"), of("cluster")];
        const found = await discover({ ...options, server, datacenter, cluster }, env);
        wishes.push({ ...wish, hardware: parseDocument(hostsYaml(found)) });
      } else wishes.push(wish);
    } catch (error) {
      if (!(error instanceof UnusableInput)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new UnusableInput(problems);
  return wishes;
}

function hardwareIn(file: string): Document {
  readDocument(file);
  const document = parseDocument(readFileSync(file, "utf8"));
  if (document.has("hosts")) return document;
  throw unusable(file, "it has no hosts", "use what `groundwork discover` printed");
}

function next(project: Project, folder: string, requests: readonly Request[]): string {
  const [{ name } = { name: "" }] = requests;
  const cd = resolve(folder) === resolve(".") ? "" : `  cd ${folder}\n`;
  return `
Next, for each:
${cd}  npx groundwork plan ${stackFile(project, name)}
  pulumi stack init ${name}
  pulumi up --stack ${name} --policy-pack node_modules/groundwork/policies
`;
}
