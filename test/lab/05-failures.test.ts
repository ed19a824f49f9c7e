import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { labPaths } from "../../lab/environment";
import { parseSite } from "../../site/description/parse";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { components } from "../../site/judge/failures/components";
import type { Component } from "../../site/judge/failures/model";
import { planSite } from "../../site/plan/plan";
import { statusOf } from "../support/lab/api";
import { labName, RunningSite, until } from "../support/lab/site";

// D7: what the failure table promises is measured, of one failure of each kind; of every row of it in `npm run test:life`.

/** How long clients may see nothing of the API or etcd after a failure, at most. */
const interruption = 60;
/** How long the site may take to be whole again once the failed part is back. */
const recovery = 240;

const config = parse(readFileSync(join(labPaths(labName).folder, `Pulumi.${labName}.yaml`), "utf8"));
const facts = factsOfPlan(planSite(parseSite(config.config["groundwork:site"])));
const promises = singleFailures(facts);
const failures = components(facts).map((component, i) => ({ component, promise: promises[i] }));

/** A load balancer fails as its machine does, a datastore as its device does. The network has no fault to inject. */
const rehearsed = failures.filter(({ component }) => ["machine", "device", "host"].includes(component.kind));

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", recovery, () => site.healthy().then(() => true));
});

describe("what the table says (D7)", () => {
  test("is all about what is rehearsed here, and the network", () => {
    const others = failures.filter((each) => !rehearsed.includes(each));
    for (const { component, promise } of others) {
      if (component.kind === "network") {
        expect(promise).toMatchObject({ etcdQuorum: false, apiReachable: false, dataLost: false, workersLeft: 0 });
        continue;
      }
      const alike = rehearsed.find(
        (each) => each.component.down.join() === component.down.join() && each.promise?.kind !== "host",
      );
      expect(alike?.promise, `${component.kind} ${component.id}`).toMatchObject({
        etcdQuorum: promise?.etcdQuorum,
        apiReachable: promise?.apiReachable,
        dataLost: promise?.dataLost,
      });
    }
  });

  test("is that the site survives every one of them", () => {
    const fatal = rehearsed.filter(({ promise }) => !promise?.etcdQuorum || !promise.apiReachable || promise.dataLost);
    expect(fatal).toEqual([]);
  });
});

/** A host takes along machines of every role, and devices with members' data. */
const caused = ["machine", "device", "host"].flatMap((kind) =>
  rehearsed.filter(({ component }) => component.kind === kind).slice(0, 1),
);

describe.each(caused)("$component.kind $component.id", ({ component, promise }) => {
  test("is survived, and whole again after it came back", async () => {
    const key = `/rehearsal/${component.kind}/${component.id}`;
    const written = `${Date.now()}`;
    await putThroughEtcd(site.machines("etcd")[0]?.name ?? "", key, written);

    await fail(component);
    const failed = Date.now();
    try {
      const [etcd, api] = await Promise.all([
        works(interruption, () => putThroughEtcd(survivor(component), `${key}/during`, written)),
        works(interruption, () => writeThroughApi()),
      ]);
      expect({ etcdQuorum: etcd, apiReachable: api }).toEqual({
        etcdQuorum: promise?.etcdQuorum,
        apiReachable: promise?.apiReachable,
      });
      expect((await readThroughEtcd(survivor(component), key)) === written).toBe(!promise?.dataLost);
      console.log(`${component.kind} ${component.id}: written through etcd and the API within ${since(failed)} s`);
    } finally {
      await mend(component);
    }
    const mended = Date.now();
    await until(`whole again after ${component.kind} ${component.id}`, recovery, async () => {
      const machines = await site.control.machines();
      const off = machines.filter(({ on }) => !on);
      if (off.length > 0) throw new Error(`off: ${off.map(({ name }) => name).join(", ")}`);
      await site.healthy();
      // Each passes requests on again, not only the one that has the virtual address.
      for (const { name, address } of site.machines("load-balancer"))
        if ((await statusOf(`https://${address}:6443/readyz`)) !== 200) throw new Error(`${name} passes nothing on`);
      return true;
    });
    console.log(`${component.kind} ${component.id}: whole again within ${since(mended)} s`);
  });
});

async function fail({ kind, id, down }: Component): Promise<void> {
  if (kind === "machine") await site.control.stopMachine(id);
  else if (kind === "host") expect((await site.control.hostDown(id)).sort()).toEqual([...down].sort());
  else await site.control.failDevice(id);
}

async function mend({ kind, id }: Component): Promise<void> {
  if (kind === "machine") await site.control.startMachine(id);
  else if (kind === "host") await site.control.hostUp(id);
  else await site.control.mendDevice(id);
}

/** An etcd member that the failure leaves alone. */
function survivor({ down }: Component): string {
  const left = site.machines("etcd").filter(({ name }) => !down.includes(name));
  return left[0]?.name ?? site.machines("etcd")[0]?.name ?? "";
}

/** Whether it works within so many seconds, and then three times in a row. */
async function works(seconds: number, attempt: () => Promise<unknown>): Promise<boolean> {
  let inARow = 0;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    try {
      await attempt();
      if (++inARow === 3) return true;
    } catch {
      inARow = 0;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

/** A write that the store has only with a quorum, asked of one member. */
async function putThroughEtcd(member: string, key: string, value: string): Promise<void> {
  await etcdctl(member, "put", key, value);
}

async function readThroughEtcd(member: string, key: string): Promise<string> {
  return (await etcdctl(member, "get", "--print-value-only", key)).trim();
}

async function etcdctl(member: string, ...args: string[]): Promise<string> {
  const pki = "/etc/etcd/pki";
  const access = ["--cacert", `${pki}/ca.crt`, "--cert", `${pki}/healthcheck-client.crt`];
  access.push("--key", `${pki}/healthcheck-client.key`, "--command-timeout", "3s");
  const endpoint = `https://${site.machine(member).address}:2379`;
  return site.run("docker", ["exec", site.container(member), "etcdctl", "--endpoints", endpoint, ...access, ...args], {
    seconds: 10,
  });
}

let writes = 0;

/** A write by the operator through the address that clients use. */
async function writeThroughApi(): Promise<void> {
  const value = `rehearsal=${++writes}-${Date.now()}`;
  const args = ["--request-timeout=3s", "label", "--overwrite", "namespace", "default", value];
  await site.run("kubectl", args, { seconds: 10 });
}

function since(time: number): string {
  return ((Date.now() - time) / 1000).toFixed(1);
}
