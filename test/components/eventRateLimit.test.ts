import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EVENT_BYTES } from "../../site/plan/eventLimits";
import { admissionConfiguration, eventRateLimit } from "../../site/render/admission";
import { apiServerFlags } from "../../site/render/apiServer";
import { ApiServer } from "../support/apiServer";
import { statusOf } from "../support/lab/api";
import { planned } from "../support/planning";
import { site, threeHosts } from "../support/sites";

const FILE = "/etc/kubernetes/apiserver/event-rate-limit.yaml";
const { plan } = planned(
  site(threeHosts, {
    kubernetes: {
      version: "1.37.2",
      eventRateLimit: {
        server: { perSecond: 1000, burst: 100_000 },
        namespace: { perSecond: 1, burst: 60 },
        user: { perSecond: 1, burst: 40 },
        sourceAndObject: { perSecond: 1, burst: 10 },
      },
    },
  }),
);

const LONGEST = 1024;
let made = 0;

/** An event as a kubelet writes it. */
function event(namespace: string, source: string, about: string, message = "Back-off restarting failed container") {
  const pod = { kind: "Pod", namespace, name: about, uid: "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0" };
  const time = "2026-11-29T12:00:00Z";
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${about}.${++made}` },
    involvedObject: { ...pod, apiVersion: "v1", fieldPath: "spec.containers{main}" },
    source: { component: source, host: "shop-general-a" },
    ...{ reason: "BackOff", type: "Warning", count: 1, message, firstTimestamp: time, lastTimestamp: time },
  };
}

describe("a storm of events at a real API server (S6)", () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-storm-"));
  const agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
  let api: ApiServer;

  const write = (token: string, namespace: string, body: object, group = "/api/v1") =>
    statusOf(`https://127.0.0.1:${api.port}${group}/namespaces/${namespace}/events`, {
      method: "POST",
      token,
      body,
      agent,
    });
  /** How many of so many events were written; the others must be told that they are too many. */
  async function written(count: number, one: (i: number) => Promise<number>): Promise<number> {
    const said = await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
    expect(said.filter((status) => status !== 201 && status !== 429)).toEqual([]);
    return said.filter((status) => status === 201).length;
  }

  beforeAll(async () => {
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const limits = file("limits.yaml", eventRateLimit(plan) ?? "");
    const plugins = apiServerFlags(plan).find(({ name }) => name === "enable-admission-plugins")?.value;
    api = await ApiServer.start([
      `--enable-admission-plugins=${plugins?.replace("NodeRestriction,", "")}`,
      `--admission-control-config-file=${file("admission.yaml", admissionConfiguration(plan).replace(FILE, limits))}`,
    ]);
    for (const name of ["tills", "stock", "office"]) await api.kubectl("create", "namespace", name);
  });
  afterAll(async () => {
    agent.destroy();
    await api?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("ends for the program that makes it about one object, the user and the namespace, and goes on for others", async () => {
    const ofProgram = await written(60, () => write("operators", "tills", event("tills", "storm", "till-0")));
    expect(ofProgram).toBeGreaterThanOrEqual(10);
    expect(ofProgram).toBeLessThan(40);
    const ofUser = await written(90, (i) => write("operators", "stock", event("stock", "storm", `stock-${i}`)));
    expect(ofUser).toBeLessThan(40);
    expect(await write("token", "office", event("office", "calm", "desk-0")), "another user").toBe(201);
    const inNamespace = await written(90, (i) => write("token", "stock", event("stock", "calm", `shelf-${i}`)));
    expect(inNamespace).toBeLessThan(60);
  });

  it("goes on in the newer API of events, which the plugin of Kubernetes does not look at", async () => {
    const newer = (i: number) => ({
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { name: `newer-${i}` },
      eventTime: "2026-11-29T12:00:00.000000Z",
      regarding: { kind: "Pod", namespace: "tills", name: "till-0" },
      ...{ reason: "Storm", action: "Storming", type: "Normal", note: "x" },
      ...{ reportingController: "example.com/storm", reportingInstance: "storm-0" },
    });
    const all = await written(200, (i) => write("operators", "tills", newer(i), "/apis/events.k8s.io/v1"));
    expect(all).toBe(200);
  });
});

it("reckons with what an event takes of etcd (S6)", async () => {
  const api = await ApiServer.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
  try {
    const count = 4_000;
    const before = await api.storedBytes();
    const write = (i: number) =>
      statusOf(`https://127.0.0.1:${api.port}/api/v1/namespaces/default/events`, {
        method: "POST",
        token: "token",
        body: event("default", "kubelet", `storefront-7d9c6b5f4d-${i}`, "x".repeat(LONGEST)),
        agent,
      });
    for (let i = 0; i < count; i += 200)
      expect(new Set(await Promise.all(Array.from({ length: 200 }, (_, k) => write(i + k))))).toEqual(new Set([201]));
    const each = ((await api.storedBytes()) - before) / count;
    expect(each).toBeGreaterThan(LONGEST);
    expect(each).toBeLessThan(EVENT_BYTES);
  } finally {
    agent.destroy();
    await api.remove();
  }
});
