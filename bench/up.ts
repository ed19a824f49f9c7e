import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Table from "cli-table3";
import { Command } from "commander";
import { diagnosticsOf, pulumi } from "../cli/stack/pulumi";
import { runner } from "../image/build/run";
import { artifacts } from "../lab/artifacts";
import { destroyLab, type Lab, openLab } from "../lab/lab";
import { runMain } from "../lab/main";
import { prepare } from "../lab/prepare";
import { repository } from "../lab/toolchain/artifact";
import { upArguments } from "../lab/up";
import { parseSite } from "../site/description/parse";
import type { SitePlan } from "../site/plan/model";
import { planSite } from "../site/plan/plan";
import { ProcessWatch, type Usage } from "./processes";
import { machineTable, scriptEnvironment } from "./script";

/** `pulumi up` of a site in an empty lab beside a shell script that makes the same machines and runs kubeadm on them. */
interface Options {
  name: string;
  stack: string;
  runs: string;
  limits: boolean;
  keep?: boolean;
}

/** One measured value and the most it may be. */
interface Measure {
  what: string;
  value: number;
  unit: string;
  limit?: number;
}

const program = new Command("npm run bench:up --")
  .description("Times `pulumi up` of a site against a parallel shell script of kubeadm's steps, on the same guests.")
  .option("--name <lab>", "name of the lab, which must not exist", "bench")
  .option("--stack <stack>", "stack file: a name in stacks/, or a path", "demo")
  .option("--runs <number>", "how often both sides run; their order alternates", "1")
  .option("--no-limits", "measure only: exit code 0 even if a limit is broken")
  .option("--keep", "leave the last lab of `pulumi up` running")
  .exitOverride();

const seconds = (since: number) => (performance.now() - since) / 1000;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const say = (text: string) => console.log(text);
const quiet = () => {};

/** A lab in which nothing is. */
async function emptyLab({ name, stack }: Options): Promise<Lab> {
  await destroyLab(name, quiet);
  return openLab(name, stack, quiet);
}

const planOf = (lab: Lab): SitePlan => planSite(parseSite(lab.site));

/** `pulumi up` from nothing. Returns the seconds until the site's own health check saw all nodes Ready, and in all. */
async function upByPulumi(lab: Lab): Promise<{ ready: number; all: number }> {
  const health = `command:remote:Command ${planOf(lab).site}-health created`;
  const phases: [RegExp, string, number?][] = [
    [/pulumi:providers:vsphere/, "engine, program and policy pack run"],
    [/vsphere:index:VirtualMachine \S+ created/, "machines are started"],
    [/command:remote:Command \S+-etcd-\S+ created/, "etcd serves"],
    [/command:remote:Command \S+-control-plane-a created/, "first control plane is ready"],
    [/command:remote:Command \S+ created/, "every machine is configured, all nodes are Ready"],
    [/kubernetes:\S+ \S+ created/, "add-ons are rolled out"],
  ];
  let ready = Number.NaN;
  const start = performance.now();
  const watch = new ProcessWatch(500);
  const result = await pulumi(lab.stack, upArguments, (line) => {
    if (line.includes(health)) ready = seconds(start);
    // The provider is named again at the end; of everything else the last one counts.
    for (const phase of phases)
      if (phase[0].test(line) && (phase !== phases[0] || !phase[2])) phase[2] = seconds(start);
  });
  const all = seconds(start);
  if (result.code !== 0) throw new Error(`pulumi up: failed\n${diagnosticsOf(result)}`);
  for (const [, what, at] of phases) say(`  ${at?.toFixed(1).padStart(6)} s  ${what}`);
  say(`  ${all.toFixed(1).padStart(6)} s  pulumi up has ended`);
  sayProcessorTime(watch.stop());
  return { ready, all };
}

function sayProcessorTime({ cpu }: Usage): void {
  const programs = [...cpu].filter(([, s]) => s >= 0.5).sort(([, a], [, b]) => b - a);
  say(`  processor time: ${programs.map(([name, s]) => `${name} ${s.toFixed(1)} s`).join(", ")}`);
}

/** The script on the same lab's empty datacenter. Returns the seconds until all nodes were Ready. */
async function upByScript(lab: Lab): Promise<number> {
  const folder = join(lab.paths.folder, "kubeadm");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const plan = planOf(lab);
  const table = join(lab.paths.folder, "machines");
  writeFileSync(table, machineTable(plan));
  const start = performance.now();
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(join(repository, "bench/kubeadm.sh"), [table, folder], {
      env: { ...lab.stack.env, ...scriptEnvironment(plan) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface({ input: child.stdout }).on("line", (line) => say(`  ${line}`));
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`bench/kubeadm.sh: failed; its logs are in ${folder}`);
  return seconds(start);
}

/** What the site costs that nothing changes in: a preview, a second `up`. */
async function unchanged(lab: Lab): Promise<Measure[]> {
  const preview = upArguments.filter((word) => !["--yes", "--skip-preview"].includes(word)).with(0, "preview");
  const times: number[] = [];
  let peakMB = 0;
  for (let run = 0; run < 3; run++) {
    const watch = new ProcessWatch(100);
    const start = performance.now();
    const result = await pulumi(lab.stack, [...preview, "--expect-no-changes"]);
    times.push(seconds(start));
    const usage = watch.stop();
    peakMB = Math.max(peakMB, usage.peakMB);
    if (run === 0) sayProcessorTime(usage);
    if (result.code !== 0) throw new Error(`pulumi preview: shows changes or failed\n${result.stdout}`);
  }
  const second = await pulumi(lab.stack, upArguments);
  if (second.code !== 0) throw new Error(`pulumi up: the second one failed\n${diagnosticsOf(second)}`);
  const changes = [...second.stdout.matchAll(/^ {4}[+~-]+ ?(\d+)/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return [
    { what: "preview of the unchanged site, median of 3", value: median(times), unit: "s", limit: 6 },
    { what: "memory of all its processes, highest of 3", value: peakMB, unit: "MB", limit: 700 },
    { what: "changes of a second up", value: changes, unit: "", limit: 0 },
  ];
}

/** SSH logins on the machine that saw most of them. */
async function logins(lab: Lab): Promise<number> {
  const counts = await Promise.all(
    planOf(lab).machines.map(async ({ name }) => {
      const machine = `groundwork-${lab.state.name}-${name}`;
      const log = await runner()("docker", ["exec", machine, "journalctl", "--unit=ssh", "--output=cat", "--quiet"]);
      return log.split("\n").filter((line) => line.startsWith("Accepted ")).length;
    }),
  );
  return Math.max(...counts);
}

/** Memory of all machines, in MB, without what the kernel would give back at once; Docker's own figure. */
async function siteMemory(lab: Lab): Promise<number> {
  const ids = await runner()("docker", ["ps", "--quiet", "--filter", `label=groundwork.lab=${lab.state.name}`]);
  const text = await runner()("docker", [
    ...["stats", "--no-stream", "--format", "{{.MemUsage}}"],
    ...ids.split("\n").filter(Boolean),
  ]);
  const scale: Record<string, number> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
  return [...text.matchAll(/^([\d.]+)([KMG]iB)/gm)].reduce(
    (sum, [, value, unit = ""]) => sum + (Number(value) * (scale[unit] ?? 0)) / 1e6,
    0,
  );
}

async function main(): Promise<void> {
  const options = program.parse().opts<Options>();
  await prepare(artifacts);
  const [byPulumi, withAddons, byScript]: number[][] = [[], [], []];
  const runs = Number(options.runs);
  const measures: Measure[] = [];
  for (let run = 0; run < runs; run++) {
    const script = async () => {
      const lab = await emptyLab(options);
      say("\nA shell script of kubeadm's steps");
      byScript?.push(await upByScript(lab));
    };
    const site = async () => {
      const lab = await emptyLab(options);
      say("\npulumi up");
      const { ready, all } = await upByPulumi(lab);
      byPulumi?.push(ready);
      withAddons?.push(all);
      if (measures.length > 0) return;
      const [most, memory] = [await logins(lab), await siteMemory(lab)];
      say("\npulumi preview of the unchanged site");
      measures.push(
        { what: "SSH connections to one machine, at most", value: most, unit: "", limit: 3 },
        { what: "memory of the whole site", value: memory, unit: "MB", limit: 4000 },
        ...(await unchanged(lab)),
      );
    };
    for (const side of run % 2 === 0 ? [script, site] : [site, script]) await side();
  }
  if (!options.keep) await destroyLab(options.name, quiet);
  const [up, all, shell] = [byPulumi, withAddons, byScript].map((values) => median(values ?? []));
  measures.unshift(
    { what: "the script, until all nodes are Ready", value: shell ?? 0, unit: "s" },
    { what: "pulumi up, until all nodes are Ready", value: up ?? 0, unit: "s" },
    { what: "pulumi up, with add-ons, until it ends", value: all ?? 0, unit: "s" },
    {
      what: "pulumi up / the script, until all nodes are Ready",
      value: (up ?? 0) / (shell ?? 1),
      unit: "",
      limit: 1.5,
    },
  );
  report(measures, options.limits);
}

function report(measures: Measure[], limits: boolean): void {
  const table = new Table({ head: ["", "measured", "limit", ""], style: { head: [], border: [] } });
  const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1));
  const broken = ({ value, limit }: Measure) => limit !== undefined && !(value <= limit);
  for (const measure of measures) {
    const { what, value, unit, limit } = measure;
    const judged = limit === undefined ? ["", ""] : [`${limit} ${unit}`, broken(measure) ? "TOO MUCH" : "ok"];
    table.push([what, `${number(value)} ${unit}`, ...judged]);
  }
  say(`\n${table.toString()}`);
  if (limits && measures.some(broken)) process.exitCode = 1;
}

runMain(main);
