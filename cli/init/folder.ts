import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { Problem } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";
import { PROJECT } from "../stack/emptyStack";
import { dependencyOf, isCheckout } from "./package";

const WORKFLOW = ".github/workflows/report.yml";

const pulumiYaml = `name: ${PROJECT}
description: Kubernetes on our own hardware; each stack is a site
runtime:
  name: nodejs
  options:
    typescript: false
    nodeargs: "--require groundwork/start --max-semi-space-size=16 --stack-trace-limit=4"
main: index.ts
stackConfigDir: stacks
`;

const indexTs = `// Each stack is a site, which stacks/Pulumi.<site>.yaml describes.
import program = require("groundwork");
export = program;
`;

const gitignore = `node_modules/
*.kubeconfig
*.log
`;

/** Where a site's description is, from the folder. */
export function stackFileOf(site: string): string {
  return join("stacks", `Pulumi.${site}.yaml`);
}

/** What is in the way in a folder that is to hold a site. */
export function obstacles(folder: string, site: string): Problem[] {
  const has = (file: string) => existsSync(join(folder, file));
  const problems: Problem[] = [];
  const file = stackFileOf(site);
  if (has(file))
    problems.push({ path: file, fact: "it is there already", fix: "edit it, or give the new site another --name" });
  if (has("Pulumi.yaml")) {
    const project = read(join(folder, "Pulumi.yaml"), parse) as { name?: unknown } | undefined;
    if (project?.name !== PROJECT)
      problems.push({
        path: "Pulumi.yaml",
        fact: `it is of another project, ${JSON.stringify(project?.name)}`,
        fix: "name a folder of its own",
      });
  }
  if (has("package.json")) {
    const manifest = read(join(folder, "package.json"), JSON.parse) as
      | { dependencies?: Record<string, string> }
      | undefined;
    if (manifest?.dependencies?.groundwork === undefined)
      problems.push({
        path: "package.json",
        fact: "it does not depend on groundwork",
        fix: "install groundwork there first with `npm install`, or name a folder of its own",
      });
  }
  return problems;
}

/**
 * Writes what a folder of sites lacks; what is there stays as it is.
 *
 * @returns the files that were written, and those that were kept
 */
export function writeFolder(folder: string, site: string, stack: string): { written: string[]; kept: string[] } {
  const problems = obstacles(folder, site);
  if (problems.length > 0) throw new UnusableInput(problems);
  const groundwork = dependencyOf(folder);
  const manifest = { name: "sites", private: true, dependencies: { groundwork } };
  const files = new Map([
    ["Pulumi.yaml", pulumiYaml],
    ["index.ts", indexTs],
    ["package.json", `${JSON.stringify(manifest, null, 2)}\n`],
    [".gitignore", gitignore],
    [WORKFLOW, readFileSync(join(__dirname, "../..", WORKFLOW), "utf8")],
    [stackFileOf(site), stack],
  ]);
  if (isCheckout(folder, groundwork)) files.set(".npmrc", "install-links=true\n");
  const [written, kept]: [string[], string[]] = [[], []];
  for (const [file, text] of files) {
    const path = join(folder, file);
    if (existsSync(path)) {
      kept.push(file);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
    written.push(file);
  }
  return { written, kept };
}

function read(file: string, as: (text: string) => unknown): unknown {
  try {
    return as(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
