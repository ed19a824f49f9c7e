import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubernetesMinor, NEWEST_MINOR } from "../../site/description/versions";

// What it takes to add something, counted: the files of each addition are these, and with no other the compiler and the commands know it.

const root = join(__dirname, "../..");

/** A file as it is to be: new, or with a text behind another one. */
type Edit = { text: string } | { behind: string; put: string }[];

const additions: Record<"rule" | "command" | "pool field", Record<string, Edit>> = {
  rule: {
    "site/judge/rules/poolNames.ts": {
      text: `import { rule } from "./rule";

export const poolsAreNamed = rule({
  id: "pool-named",
  subject: "Capacity",
  scope: "site",
  sentence: "no machine is of a pool that is called unnamed",
  severity: "advisory",
  source: "C1 [B]",
  fix: "give the pool a name",
  check: ({ machines }) =>
    machines.flatMap(({ name }) => (name.includes("-unnamed-") ? [{ path: name, message: "its pool has no name" }] : [])),
});
`,
    },
    "site/judge/rules/catalog.ts": [
      { behind: 'import * as pods from "./pods";\n', put: 'import { poolsAreNamed } from "./poolNames";\n' },
      { behind: "export const allRules = [\n", put: "  poolsAreNamed,\n" },
    ],
  },
  command: {
    "cli/hello/command.ts": {
      text: `import { Command } from "commander";

/** \`groundwork hello\`. */
export function helloCommand(): Command {
  return new Command("hello").description("say hello").action(() => console.log("hello"));
}
`,
    },
    "cli/program.ts": [
      {
        behind: 'init: async () => (await import("./init/command")).initCommand(),\n',
        put: '  hello: async () => (await import("./hello/command")).helloCommand(),\n',
      },
    ],
  },
  "pool field": {
    "site/description/schema/workerPool.ts": [
      {
        behind: "  placement: placements,\n",
        put: '  podsPerCore: z.number().int().min(1).max(500).optional().describe("How many pods a node takes for each CPU."),\n',
      },
    ],
    "site/description/changes/cluster.ts": [
      {
        behind: '  ...placement("workers[]"),\n',
        put: '  "workers[].podsPerCore": oneAtATime("The kubelet starts again; pods go on."),\n',
      },
    ],
    "site/render/kubelet.ts": [
      {
        behind: "  const taints = nodeTaints(plan, machine);\n",
        put: "  const podsPerCore = poolOf(plan, machine)?.podsPerCore;\n",
      },
      { behind: "  const own = {\n", put: "    ...(podsPerCore !== undefined && { podsPerCore }),\n" },
    ],
  },
};

/** What is known of all of it, printed by a program in the tree that has it. */
const program = `
import { siteJsonSchema } from "./cli/schema/command";
import { pages } from "./policies/pages";
import { CHANGES } from "./site/description/changes/table";
import { parseSite } from "./site/description/parse";
import { Settings } from "./site/description/settings";
import { siteDocument } from "./site/description/spec";
import { factsOfPlan } from "./site/facts/plan";
import { checkRules, formatFinding } from "./site/judge/rules";
import type { RuleId } from "./site/judge/rules/catalog";
import { planSite } from "./site/plan/plan";
import { kubeletMachineConfiguration } from "./site/render/kubelet";

const id: RuleId = "pool-named";
const plan = planSite(parseSite({
  name: "shop",
  hosts: [{ name: "a", cpus: 16, memoryGiB: 128, devices: [1, 2, 3].map((n) => ({ id: "naa." + n, datastore: "a-" + n })) }],
  hypervisor: { kind: "vsphere", server: "vc.example", datacenter: "DC0", cluster: "C0", template: "t", network: "n" },
  network: { cidr: "10.0.42.0/24", gateway: "10.0.42.1", apiVip: "10.0.42.5", machines: "10.0.42.10-10.0.42.120" },
  kubernetes: { version: process.argv[2] },
  workers: [{ name: "unnamed", count: 1, cpus: 4, memoryGiB: 16, podsPerCore: 42 }],
}));
const worker = plan.machines.find(({ role }) => role === "worker");
const { workers } = JSON.parse(siteJsonSchema()).properties;
console.log(JSON.stringify({
  findings: checkRules(factsOfPlan(plan)).filter(({ rule }) => rule === id).map(formatFinding),
  page: pages("../requirements.md").get(id + ".md"),
  kubelet: worker && kubeletMachineConfiguration(plan, worker),
  schema: workers.items.properties.podsPerCore,
  unjudged: new Settings(siteDocument).all().filter((setting) => !(setting in CHANGES)),
}));
`;

const tree = mkdtempSync(join(tmpdir(), "groundwork-additions-"));
// biome-ignore lint/suspicious/noExplicitAny: what a program of another tree prints
let printed: any;

beforeAll(() => {
  for (const folder of ["cli", "components", "fleet", "image", "infra", "policies", "sdks", "site"])
    cpSync(join(root, folder), join(tree, folder), { recursive: true });
  cpSync(join(root, "package.json"), join(tree, "package.json"));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  for (const edits of Object.values(additions)) for (const [file, edit] of Object.entries(edits)) apply(file, edit);
  writeFileSync(join(tree, "probe.ts"), program);
  const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  writeFileSync(
    join(tree, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["probe.ts", "infra/index.ts"] }),
  );
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: tree, encoding: "utf8" });
  run("node_modules/typescript/bin/tsc", "--noEmit");
  printed = JSON.parse(run("--require", "tsx/cjs", "probe.ts", kubernetesMinor(NEWEST_MINOR).tested));
  // What was built lacks it: the command is run from its sources.
  printed.help = run("cli/groundwork.cjs", "--help");
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

function apply(file: string, edit: Edit): void {
  const path = join(tree, file);
  if ("text" in edit) {
    if (existsSync(path)) throw new Error(`${file}: it is there; name a new one`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, edit.text);
    return;
  }
  for (const { behind, put } of edit) {
    const text = readFileSync(path, "utf8");
    if (text.split(behind).length !== 2)
      throw new Error(`${file}: ${behind.trim()} is not there once; correct the test`);
    writeFileSync(
      path,
      text.replace(behind, () => behind + put),
    );
  }
}

describe("what it takes to add", () => {
  it("a rule: its file and a line", () => {
    expect(Object.keys(additions.rule)).toHaveLength(2);
    expect(printed.findings).toEqual(["shop-unnamed-a: its pool has no name; give the pool a name"]);
    expect(printed.page).toContain("# pool-named");
    expect(printed.page).toContain("[C1](../requirements.md#c1)");
  });

  it("a command: its file and a line", () => {
    expect(Object.keys(additions.command)).toHaveLength(2);
    expect(printed.help).toMatch(/^ {2}hello +say hello$/m);
  });

  it("a field of worker pools: the schema, what a change of it means, and where it is used", () => {
    expect(Object.keys(additions["pool field"]).length).toBeLessThanOrEqual(3);
    expect(printed.schema).toMatchObject({ type: "integer", description: "How many pods a node takes for each CPU." });
    expect(printed.kubelet).toMatch(/^podsPerCore: 42$/m);
    expect(printed.unjudged).toEqual([]);
  });
});
