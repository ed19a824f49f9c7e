// What the policy pack adds to a preview of a thousand resources, in one go: previews without and with it take turns, and
// others with what any pack costs: one that says yes to everything at once, and one of Pulumi's SDK that looks at nothing.
// `npx tsx bench/policies.ts [objects|site|running] [ROUNDS]`: a program of small objects, a
// large site's own, or that of one that runs.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../lab/toolchain/artifact";
import { objects, type Programmed, running, site } from "./policyPrograms";
import { ProcessWatch } from "./processes";

const programs = { objects, site, running };
const [what = "objects", rounds = "3"] = process.argv.slice(2);

interface Run {
  seconds: number;
  cpu: number;
  peakMB: number;
}

async function main(): Promise<void> {
  const program = programs[what as keyof typeof programs];
  if (program === undefined) throw new Error(`${what}: no such program; use ${Object.keys(programs).join(" or ")}`);
  const { project, remove } = await program();
  try {
    const packs = {
      "without a pack": [],
      "with a server that says yes": ["--policy-pack", pack(project, "yes", yes)],
      "with an empty pack": ["--policy-pack", pack(project, "empty", empty)],
      "with the pack": ["--policy-pack", join(repository, "policies")],
    };
    const runs = new Map<string, Run[]>(Object.keys(packs).map((name) => [name, []]));
    await timed("to warm up", project, packs["with the pack"]);
    for (let round = 0; round < Number(rounds); round++)
      for (const [name, args] of Object.entries(packs)) runs.get(name)?.push(await timed(name, project, args));
    for (const [of, figure] of Object.entries({ median, least })) {
      const [plain] = [...runs.values()].map((those) => each(those, figure));
      for (const [name, those] of runs) {
        const { seconds, cpu, peakMB } = each(those, figure);
        const more = (value: number, than = 0) => `${((value / than - 1) * 100).toFixed(1)} % more`;
        console.log(
          `${of} ${name}: ${seconds.toFixed(2)} s (${more(seconds, plain?.seconds)}), ${cpu.toFixed(2)} s of CPU (${more(cpu, plain?.cpu)}), ` +
            `${peakMB.toFixed(0)} MB (${(peakMB - (plain?.peakMB ?? 0)).toFixed(0)} MB more)`,
        );
      }
    }
  } finally {
    await remove();
  }
}

/** Answers the engine before it has read the question: what no pack that Pulumi starts in Node can be quicker than. */
const yes = `
const http2 = require("node:http2");
const server = http2.createServer();
server.on("stream", (stream, { ":path": path }) => {
  const answered = { ":status": 200, "content-type": "application/grpc" };
  stream.resume();
  if (/Remediate|Handshake/.test(path)) return stream.respond({ ...answered, "grpc-status": "12" }, { endStream: true });
  stream.respond(answered, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(Buffer.alloc(5));
});
server.listen(0, "127.0.0.1", () => console.log(String(server.address().port)));
`;

/** What the SDK takes for itself. */
const empty = `
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("empty", { policies: [
  { name: "one", description: "nothing", enforcementLevel: "advisory", validateResource: () => {} },
  { name: "stack", description: "nothing", enforcementLevel: "advisory", validateStack: () => {} },
] });
`;

function pack(project: Programmed["project"], name: string, program: string): string {
  const folder = join(project.folder, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "index.cjs"), program);
  writeFileSync(join(folder, "package.json"), `{"name": "${name}", "version": "0.1.0", "main": "index.cjs"}`);
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.cjs\n");
  return folder;
}

async function timed(name: string, project: Programmed["project"], args: string[]): Promise<Run> {
  const watch = new ProcessWatch(1000);
  const started = performance.now();
  const { code, output } = await project.preview(...args);
  const seconds = (performance.now() - started) / 1000;
  const { peakMB, cpu } = watch.stop();
  if (code !== 0 || /mandatory\]/.test(output)) throw new Error(output);
  const [, resources] = /^ +(?:\+ )?(\d+) (?:to create|unchanged)$/m.exec(output) ?? [];
  const spent = [...cpu.values()].reduce((sum, used) => sum + used, 0);
  const pack = cpu.get("node (policy pack)") ?? 0;
  console.log(
    `${name}: ${resources} resources, ${seconds.toFixed(2)} s, ${spent.toFixed(2)} s of CPU (the pack ${pack.toFixed(2)}), ${peakMB.toFixed(0)} MB`,
  );
  return { seconds, cpu: spent, peakMB };
}

type Figure = (values: number[]) => number;

const median: Figure = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Of the run that the machine's other work disturbed least. */
const least: Figure = (values) => Math.min(...values);

function each(runs: Run[], figure: Figure): Run {
  const of = (what: keyof Run) => figure(runs.map((run) => run[what]));
  return { seconds: of("seconds"), cpu: of("cpu"), peakMB: of("peakMB") };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
