import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import type { SiteInput } from "../../site/description/spec";
import { demo, labIsKept, RunningSite } from "../support/lab/site";

type Pool = Pick<NonNullable<SiteInput["workers"]>[number], "labels" | "taints" | "kubelet">;

interface Node {
  metadata: { name: string; labels: Record<string, string> };
  spec: { taints?: { key: string; value?: string; effect: string }[] };
  status: { allocatable: { pods: string } };
}

const folder = mkdtempSync(join(tmpdir(), "groundwork-pools-"));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (labIsKept) await demo();
});

/** Brings the site up with these fields of its one pool, and reads the pool's nodes. */
async function nodesWith(pool: Pool): Promise<Node[]> {
  const before = await RunningSite.open();
  const document = parseDocument(readFileSync(before.stack.configFile ?? "", "utf8"));
  const path = ["config", "groundwork:site", "workers", 0];
  for (const field of ["labels", "taints", "kubelet"] as const)
    if (pool[field] === undefined) document.deleteIn([...path, field]);
    else document.setIn([...path, field], document.createNode(pool[field]));
  const stack = join(folder, "Pulumi.pools.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  const { code, text } = await demo("--stack", stack);
  expect(code, text).toBe(0);
  const site = await RunningSite.open();
  await site.healthy();
  const names = site.machines("worker").map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  const { items } = await site.kubectlJson<{ items: Node[] }>("get", "nodes");
  return items.filter(({ metadata }) => names.includes(metadata.name));
}

const own = ({ metadata }: Node) =>
  Object.fromEntries(Object.entries(metadata.labels).filter(([key]) => key.startsWith("example.com/")));
const taints = ({ spec }: Node) => (spec.taints ?? []).map(({ key, value, effect }) => `${key}=${value}:${effect}`);

test("a pool's labels, taints and kubelet fields reach nodes that run, change with the description and go with it", async () => {
  const given = await nodesWith({
    labels: { "example.com/tier": "front", "example.com/zone": "cold" },
    taints: [{ key: "example.com/dedicated", value: "front", effect: "PreferNoSchedule" }],
    kubelet: { maxPods: 33 },
  });
  for (const node of given) {
    expect(own(node)).toEqual({ "example.com/tier": "front", "example.com/zone": "cold" });
    expect(taints(node)).toEqual(["example.com/dedicated=front:PreferNoSchedule"]);
    expect(node.status.allocatable.pods).toBe("33");
  }

  const changed = await nodesWith({
    labels: { "example.com/tier": "back" },
    taints: [{ key: "example.com/dedicated", value: "back", effect: "NoSchedule" }],
  });
  for (const node of changed) {
    expect(own(node)).toEqual({ "example.com/tier": "back" });
    expect(taints(node)).toEqual(["example.com/dedicated=back:NoSchedule"]);
    expect(node.status.allocatable.pods).not.toBe("33");
  }

  for (const node of await nodesWith({})) {
    expect(own(node)).toEqual({});
    expect(taints(node)).toEqual([]);
  }
});
