import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../../cli/recover/orphans";
import { type PulumiStack, pulumi, pulumiOrThrow } from "../../cli/stack/pulumi";
import { labEnvironment, labPaths } from "../../lab/environment";
import { readLabState } from "../../lab/state";
import { repository } from "../../lab/toolchain/artifact";
import { findDatacenter } from "../../lab/vcenter/datacenter";
import { cutOff, type Moment } from "../support/lab/cutOff";
import { processes } from "../support/lab/processes";
import { containers, remainsOf } from "../support/lab/remains";
import { attempt, type Ended, labName, RunningSite, until } from "../support/lab/site";

// An `up` that loses its power anywhere is taken up by the next one, in a lab beside the one of the other tests.

const victim = `${labName}-kill`;

/** How one `npm run demo` in the second lab ended, or was ended. */
const run = (...args: string[]): Promise<Ended> =>
  attempt("node", ["lab/bootstrap.cjs", "lab/demo.ts", "--name", victim, ...args], { seconds: 900 });

const moments: (Moment & { name: string })[] = [
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
    leftAtWork.push(...(await cutOff(victim, moment)));
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

test("the first lab is whole after all that happened to the second", async () => {
  await until("the site is healthy", 120, () => untouched.healthy().then(() => true));
  const { code, stdout, stderr } = await untouched.pulumi("preview", "--expect-no-changes");
  expect(code, stdout + stderr).toBe(0);
});

test("destroying a lab leaves nothing of it, and nothing of another is touched", async () => {
  const subnet = readLabState(victim)?.subnet ?? 0;
  expect(await containers(victim)).toHaveLength(untouched.plan.machines.length);
  const { code, text } = await run("--destroy");
  expect(code, text).toBe(0);
  expect(await remainsOf(victim, subnet)).toEqual([]);
  expect(await containers(labName)).toHaveLength(untouched.plan.machines.length);
});

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
