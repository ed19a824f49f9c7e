import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { kubernetes } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import type { FieldType } from "../../site/description/kubernetes/fieldTypes";
import { parseSite } from "../../site/description/parse";
import { kubernetesMinor, NEWEST_MINOR } from "../../site/description/versions";
import type { MachinePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { kubeletConfiguration, kubeletMachineFields } from "../../site/render/kubelet";
import { kubeProxyConfiguration } from "../../site/render/kubeProxy";
import { merged, yaml } from "../../site/render/yaml";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

// The kubelet and kube-proxy themselves: what they refuse, the description refuses. Each gets one fault on purpose, so that it ends
// before it does anything, and tells that one and every other.

type Fields = { [field: string]: unknown };
const { tested, fields } = kubernetesMinor(NEWEST_MINOR);
const plan = planSite(parseSite(site(threeHosts)));
const folder = mkdtempSync(join(tmpdir(), "groundwork-fields-"));
let programs: string;
beforeAll(async () => {
  programs = await ensure(kubernetes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Component {
  name: "kubelet" | "kubeProxy";
  program: string;
  rendered: Fields;
  fault: Fields;
  /** What the program says of the fault alone. */
  alone: RegExp;
}

const kubelet: Component = {
  name: "kubelet",
  program: "kubelet",
  rendered: { ...kubeletConfiguration(plan), failCgroupV1: false },
  fault: { eventBurst: -1 },
  alone: /error: invalid configuration: eventBurst \(--event-burst\) -1 must not be a negative number, path/,
};
const kubeProxy: Component = {
  name: "kubeProxy",
  program: "kube-proxy",
  rendered: parse(kubeProxyConfiguration(plan)),
  fault: { configSyncPeriod: "-1s" },
  alone: /failed validate: KubeProxyConfiguration\.ConfigSyncPeriod: Invalid value: [^:]*: must be greater than 0"/,
};

/** What the program says beside the fault; empty where nothing. */
function refused({ program, rendered, fault, alone }: Component, given: Fields): string {
  const file = join(folder, "configuration.yaml");
  writeFileSync(file, yaml({ ...(merged(rendered as never, given as never) as Fields), ...fault }));
  const { stderr, status } = spawnSync(join(programs, program), ["--config", file], { encoding: "utf8" });
  expect(status).toBe(1);
  return alone.test(stderr) ? "" : stderr;
}

function described({ name }: Component, given: Fields): string[] {
  return refusal(site(threeHosts, { kubernetes: { version: tested, [name]: given as never } }));
}

const TEXTS = [
  "",
  "x",
  "a b",
  "/var/x",
  "none",
  "static",
  "text",
  "json",
  "0-1",
  "3-1",
  "10%",
  "150%",
  "1h",
  "soon",
  "-1",
];
const ENDPOINTS = ["unix:///run/x.sock", "http://x", "x:4317", "1.36", "1.2.3.4", "::", "0.0.0.0:10300", "10.0.0.0/8"];
const NAMES = ["memory", "memory.available", "cpu", "x", "a b", "net.core.somaxconn", "full-pcpus-only"];

/** A time that only the API server gives, and what depends on the control groups of the machine that tests run on. */
const OTHERS = ["timeAdded", "singleProcessOOMKill", "failCgroupV1"];

function anyOf(type: FieldType): fc.Arbitrary<unknown> {
  if (typeof type === "string") return scalarOf(type);
  if ("list" in type) return fc.array(anyOf(type.list), { maxLength: 2 });
  if ("map" in type) return fc.dictionary(fc.constantFrom(...NAMES), anyOf(type.map), { maxKeys: 1 });
  const all = Object.entries(type.fields).filter(([name]) => !OTHERS.includes(name));
  return fc.constantFrom(...all).chain(([name, one]) => anyOf(one as FieldType).map((value) => ({ [name]: value })));
}

function scalarOf(type: string): fc.Arbitrary<unknown> {
  if (type === "boolean") return fc.boolean();
  if (/int|number/.test(type)) return fc.constantFrom(-2, -1, 0, 1, 5, 50, 200, 70_000, 2 ** 31 - 1);
  if (type.startsWith("duration")) return fc.constantFrom("0s", "1ms", "1s", "1m30s", "2h", "9999999999h");
  if (type === "quantity") return fc.constantFrom("0", "1Gi", "-5", "x");
  return fc.constantFrom(...TEXTS, ...ENDPOINTS);
}

/** One field or two of a configuration. */
function someOf(type: FieldType): fc.Arbitrary<Fields> {
  return fc.tuple(anyOf(type), anyOf(type)).map(([a, b]) => ({ ...(a as Fields), ...(b as Fields) }));
}

test.each(["control-plane", "worker"] as const)("the kubelet of a %s starts with what bounds its disk, too", (role) => {
  const [machine] = machinesOf(plan, role);
  const rendered = { ...kubeletMachineFields(plan, machine as MachinePlan), failCgroupV1: false };
  expect(rendered).toMatchObject({ containerLogMaxFiles: 5, evictionHard: { "nodefs.available": "10%" } });
  expect(refused({ ...kubelet, rendered }, {})).toBe("");
  expect(refused({ ...kubelet, rendered }, { containerLogMaxFiles: 1 })).toContain("containerLogMaxFiles");
});

describe.each([kubelet, kubeProxy])("$program", (component) => {
  test("what the site renders is possible", () => {
    expect(refused(component, {})).toBe("");
  });

  test("what it refuses, the description refuses", () => {
    const all = fc.sample(someOf(fields[component.name]), { numRuns: 120, seed: 37 });
    const planned = all.filter((given) => described(component, given).length === 0);
    expect(planned.length).toBeGreaterThan(20);
    expect(planned.map((given) => [given, refused(component, given)]).filter(([, told]) => told !== "")).toEqual([]);
  });
});
