import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import type { Run } from "../../../image/build/run";
import type { Problem } from "../../../site/description/problem";
import { program } from "../../process/program";
import type { Part } from "../contents";
import type { Layout } from "../layout";
import { PACKED, packed } from "./pack";

/** A folder of programs that goes into a bundle. */
export interface Programs {
  kind: "engine" | "plugin" | "node";
  name: string;
  version: string;
  folder: string;
  files: string[];
}

/** Pulumi's engine, the plugins of the project's providers, and Node, as they are on this computer; and what of them is missing. */
export async function programsHere(project: string): Promise<{ found: Programs[]; problems: Problem[] }> {
  const found: Programs[] = [
    { ...{ kind: "node", name: "node", version: process.version.slice(1) }, ...fileOf(process.execPath) },
  ];
  const problems: Problem[] = [];
  const engine = onPath("pulumi");
  if (engine === undefined)
    problems.push({ path: "pulumi", fact: "not found on PATH", fix: "install the Pulumi CLI that the project uses" });
  else {
    const { stdout } = await program(engine, ["version"]);
    const folder = dirname(engine);
    const files = readdirSync(folder).filter((name) => /^pulumi(-|$)/.test(name));
    found.push({ kind: "engine", name: "pulumi", version: stdout.trim().replace(/^v/, ""), folder, files });
  }
  for (const { name, version } of providersOf(project)) {
    const plugin = `resource-${name}-v${version}`;
    const folder = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins", plugin);
    if (existsSync(folder)) {
      const files = readdirSync(realpathSync(folder));
      found.push({ kind: "plugin", name: `resource-${name}`, version, folder: realpathSync(folder), files });
    } else
      problems.push({
        path: folder,
        fact: "the plugin is not there",
        fix: `run \`pulumi plugin install resource ${name} v${version}\``,
      });
  }
  return { found, problems };
}

/** Packs programs, each folder as one part. */
export async function programParts(
  layout: Layout,
  programs: readonly Programs[],
  work: string,
  run: Run,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { kind, name, version, folder, files } of programs) {
    const file = join(work, `${name}-${version}.tar.zst`);
    await packed(folder, files, file, run);
    parts.push({ kind, name, version, descriptor: await layout.take(file, PACKED) });
  }
  return parts;
}

/** The providers that the project's packages are made for, by what each package says of itself. */
function providersOf(project: string): { name: string; version: string }[] {
  const own = join(__dirname, "../../../sdks/vsphere/package.json");
  const packages = join(project, "node_modules/@pulumi");
  const files = existsSync(packages) ? readdirSync(packages).map((name) => join(packages, name, "package.json")) : [];
  const told = [...files, own].filter(existsSync).map((file) => {
    const { pulumi = {}, version } = JSON.parse(readFileSync(file, "utf8")) as {
      pulumi?: { resource?: boolean; name?: string; version?: string };
      version: string;
    };
    return pulumi.resource ? { name: pulumi.name ?? "", version: (pulumi.version ?? version).replace(/^v/, "") } : [];
  });
  return [...new Map(told.flat().map((one) => [one.name, one])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fileOf(path: string): Pick<Programs, "folder" | "files"> {
  const real = realpathSync(path);
  return { folder: dirname(real), files: [basename(real)] };
}

/** The program behind a name, links followed. */
function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const file = folders.map((folder) => join(folder, name)).find(existsSync);
  return file && realpathSync(file);
}
