import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../../cli/recover/orphans";
import { type PulumiStack, pulumi, pulumiOrThrow } from "../../cli/stack/pulumi";
import { labEnvironment, labPaths } from "../../lab/environment";
import { labFolder, readLabState } from "../../lab/state";
import { repository } from "../../lab/toolchain/artifact";
import { findDatacenter } from "../../lab/vcenter/datacenter";
import { killAll, processes, treeOf } from "../support/lab/processes";
import { attempt, type Ended, labName, RunningSite, until } from "../support/lab/site";

// An `up` that loses its power anywhere is taken up by the next one, in a lab beside the one of the other tests.

const victim = `${labName}-kill`;
const log = join(labPaths(victim).logs, "up.log");

/** How one `npm run demo` in the second lab ended, or was ended. */
const run = (...args: string[]): Promise<Ended> =>
  attempt("node", ["lab/bootstrap.cjs", "lab/demo.ts", "--name", victim, ...args], { seconds: 900 });

interface Moment {
  name: string;
  /** What Pulumi prints then. */
  sign: RegExp;
  /** How long after it. */
  after: number;
  /** Only Pulumi's command line is killed, and what it started has to end by itself. */
  onlyCli?: boolean;
}

const moments: Moment[] = [
  { name: "keys and certificates", sign: /tls:\S+ \S+ created/, after: 300 },
  { name: "clones of the template", sign: /VirtualMachine \S+ creating/, after: 1500 },
  { name: "configuration of etcd", sign: /remote:Command \S+-etcd-\w creating/, after: 2000 },
  { name: "kubeadm init", sign: /initialising the cluster|taking up an interrupted/, after: 4000, onlyCli: true },
  { name: "joins and add-ons", sign: /remote:Command \S+-(general|control-plane)-b creating/, after: 4000 },
];

/** What a `pulumi` had started that was killed alone. */
const leftAtWork: number[] = [];

let untouched: RunningSite;
beforeAll(async () => {
  untouched = await RunningSite.open();
  await run("--destroy");
});
afterAll(async () => {
  await run("--destroy");
});

describe("an `up` that is killed (R5)", () => {
  test.each(moments)("during $name leaves what the next one takes up", async (moment) => {
    expect(await killedAt(moment)).toBe(moment.name);
  });

  test("ends the same as one that was not", async () => {
    const { code, text } = await run();
    expect(code, text).toBe(0);
    const site = await secondLab();
    expect(await resourcesOf(site.stack)).toEqual(await resourcesOf(untouched.stack));
    const state = JSON.parse(await pulumiOrThrow(site.stack, ["stack", "export"])) as {
      deployment: { pending_operations?: unknown[] };
    };
    expect(state.deployment.pending_operations ?? []).toEqual([]);

    const planned = untouched.plan.machines.map(({ name }) => name);
    const template = (untouched.plan.spec.hypervisor as { template: string }).template;
    const found = (await site.datacenter.govc("find", "/", "-type", "m")).split("\n").filter(Boolean);
    expect(found.map((path) => basename(path)).sort()).toEqual([...planned, template].sort());

    const nodes = untouched.machines("control-plane", "worker").map(({ name }) => name);
    const ready = "{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=='Ready')].status} {end}";
    const { stdout } = await attempt("kubectl", ["get", "nodes", "-o", `jsonpath=${ready}`], { env: site.environment });
    expect(stdout.trim().split(" ").sort()).toEqual(nodes.map((name) => `${name}=True`).sort());
  });

  test("leaves none of its processes at work: the next one ends its plugins, its policy pack and its program", () => {
    expect(leftAtWork.length).toBeGreaterThan(3);
    const still = processes().filter(({ pid }) => leftAtWork.includes(pid) && isAlive(pid));
    expect(still.map(({ command }) => command.slice(0, 2).join(" "))).toEqual([]);
  });

  test("leaves nothing to change for a further one", async () => {
    const { stdout, stderr, code } = await pulumi((await secondLab()).stack, ["preview", "--expect-no-changes"]);
    expect(code, stdout + stderr).toBe(0);
  });
});

describe("two labs side by side", () => {
  test("share no network, port, container or folder", async () => {
    const other = await secondLab();
    expect(readLabState(victim)?.subnet).not.toBe(readLabState(labName)?.subnet);
    expect(other.datacenter.server).not.toBe(untouched.datacenter.server);
    expect(other.datacenter.control.url).not.toBe(untouched.datacenter.control.url);
    expect(labFolder(victim)).not.toBe(labFolder(labName));
    const [ours, theirs] = await Promise.all([containers(labName), containers(victim)]);
    expect(ours.length).toBe(untouched.plan.machines.length);
    expect(theirs.length).toBe(ours.length);
    expect(ours.filter((name) => theirs.includes(name))).toEqual([]);
    const passwords = [other.datacenter.password, untouched.datacenter.password];
    expect(new Set(passwords).size).toBe(2);
  });

  test("the first is whole after all that happened to the second", async () => {
    await until("the site is healthy", 120, () => untouched.healthy().then(() => true));
    const { code, stdout, stderr } = await untouched.pulumi("preview", "--expect-no-changes");
    expect(code, stdout + stderr).toBe(0);
  });
});

test("destroying a lab leaves nothing of it, and nothing of another is touched", async () => {
  const folder = labFolder(victim);
  const subnet = readLabState(victim)?.subnet;
  const { code, text } = await run("--destroy");
  expect(code, text).toBe(0);
  expect(await containers(victim, "--all")).toEqual([]);
  const docker = async (...args: string[]) => (await attempt("docker", args)).stdout.split("\n").filter(Boolean);
  expect(await docker("network", "ls", "--quiet", "--filter", `name=^groundwork-${victim}$`)).toEqual([]);
  expect(await docker("image", "ls", "--quiet", "--filter", `reference=groundwork-${victim}-*`)).toEqual([]);
  expect(readFileSync("/proc/self/mountinfo", "utf8").split("\n").filter(of(folder))).toEqual([]);
  const loops = await attempt("losetup", ["--list", "--noheadings", "--output", "BACK-FILE"]);
  expect(loops.stdout.split("\n").filter(of(folder))).toEqual([]);
  expect(processes().filter(({ command }) => of(folder)(command.join(" ")))).toEqual([]);
  const addresses = await attempt("ip", ["-4", "-o", "addr"]);
  expect(addresses.stdout).not.toContain(`10.42.${subnet}.`);
  expect(existsSync(folder)).toBe(false);
  expect((await containers(labName)).length).toBe(untouched.plan.machines.length);
});

const of = (folder: string) => (line: string) => line.includes(`${folder}/`);

/** Starts an `up` and kills it at a moment. Returns the moment's name, or how the `up` ended before. */
async function killedAt(moment: Moment): Promise<string> {
  const demo = spawn("node", ["lab/bootstrap.cjs", "lab/demo.ts", "--name", victim], {
    cwd: repository,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [demo.stdout, demo.stderr]) stream.on("data", (chunk: Buffer) => (printed += chunk));
  const started = Date.now();
  let ended: string | undefined;
  const exit = new Promise<void>((resolve) =>
    demo.on("close", (code) => {
      ended = `ended with exit code ${code}\n${printed}`;
      resolve();
    }),
  );
  // The log of an earlier run is emptied when Pulumi starts.
  const signed = () => {
    const pulumi = treeOf(demo.pid ?? 0).find(isUp);
    return pulumi && existsSync(log) && moment.sign.test(readFileSync(log, "utf8")) ? pulumi : undefined;
  };
  for (;;) {
    if (ended !== undefined) return ended;
    if (Date.now() - started > 600_000) break;
    if (signed()) break;
    await sleep(50);
  }
  await sleep(moment.after);
  const tree = treeOf(demo.pid ?? 0);
  const cli = tree.find(isUp);
  if (!cli) {
    killAll(tree.filter(({ command }) => !isVcenter(command)));
    return ended ?? `${moment.name}: \`pulumi up\` had ended ${moment.after} ms after its sign\n${printed}`;
  }
  const commands = tree.filter(({ command }) => !isVcenter(command));
  const below = new Set(treeOf(cli.pid).map(({ pid }) => pid));
  if (moment.onlyCli) for (const pid of below) if (pid !== cli.pid) leftAtWork.push(pid);
  killAll(moment.onlyCli ? commands.filter(({ pid }) => pid === cli.pid || !below.has(pid)) : commands);
  await Promise.race([exit, sleep(10_000)]);
  return moment.name;
}

function isUp({ command }: { command: string[] }): boolean {
  return basename(command[0] ?? "") === "pulumi" && command[1] === "up";
}

/** The simulator is the datacenter, not the command. */
function isVcenter(command: string[]): boolean {
  return basename(command[0] ?? "") === "vcenter";
}

async function containers(lab: string, ...flags: string[]): Promise<string[]> {
  const filter = ["--filter", `label=groundwork.lab=${lab}`, "--format", "{{.Names}}"];
  const { stdout } = await attempt("docker", ["ps", ...flags, ...filter]);
  return stdout.split("\n").filter(Boolean).sort();
}

async function secondLab() {
  const paths = labPaths(victim);
  const state = readLabState(victim);
  const datacenter = await findDatacenter(victim, paths.folder);
  if (!state || !datacenter) throw new Error(`lab "${victim}": does not run`);
  const environment = await labEnvironment(state, datacenter);
  const stack: PulumiStack = {
    folder: repository,
    stack: victim,
    configFile: join(paths.folder, `Pulumi.${victim}.yaml`),
    env: { ...process.env, ...environment },
  };
  return { datacenter, environment, stack };
}

/** URNs of a stack without the stack's own name. */
async function resourcesOf(stack: PulumiStack): Promise<string[]> {
  const exported = JSON.parse(await pulumiOrThrow(stack, ["stack", "export"])) as {
    deployment: { resources: { urn: string }[] };
  };
  return exported.deployment.resources
    .map(({ urn }) => urn.replaceAll(`:${stack.stack}::`, ":STACK::").replaceAll(`groundwork-${stack.stack}`, "STACK"))
    .sort();
}
