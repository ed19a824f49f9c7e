import fc from "fast-check";
import { parseDocument } from "yaml";

/** One setting of a site's description with another value; `undefined` takes it out. */
export type Change = readonly [path: readonly (string | number)[], value: unknown];

const one = (path: string, ...values: unknown[]): fc.Arbitrary<Change> => {
  const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return fc.constantFrom(...values).map((value): Change => [keys, value]);
};

/** What somebody may change in the demo's description: what can be done while it runs, what cannot, and what never works. */
const settings: fc.Arbitrary<Change>[] = [
  one("workers.0.count", 1, 2, 3, 4),
  one("workers.0.cpus", 2, 4, 6),
  one("workers.0.memoryGiB", 8, 16, 20),
  one("workers.0.labels", { tier: "shop" }, { tier: "back" }, undefined),
  one("workers.1", { name: "batch", count: 1, cpus: 2, memoryGiB: 4 }, undefined),
  one("controlPlanes.count", 1, 2, 3),
  one("controlPlanes.cpus", 2, 3),
  one("controlPlanes.memoryGiB", 8, 10),
  one("etcd.members", 1, 3, 5),
  one("etcd.heartbeatMs", 100, 200),
  one("etcd.diskGiB", 10, 20, 24),
  one("loadBalancer.count", 1, 2),
  one("kubernetes.drainSeconds", 60, 120),
  one("kubernetes.kubelet.maxPods", 90, 100),
  one("kubernetes.version", "1.36.3", "1.37.2"),
  one("workload.cpus", 1, 3, 40),
  one("network.podCidr", "10.244.0.0/16", "10.128.0.0/16"),
  one("network.serviceCidr", "10.96.0.0/16", "10.97.0.0/16"),
  one("network.domain", "cluster.local", "shop.internal"),
  one("network.nodePodPrefix", 24, 25),
  one("name", "demo", "store"),
  one("hosts.2.devices.0.id", "naa.5000c500a0000031", "naa.5000c500a0000032"),
];

/** One to three of them at once. */
export const changes: fc.Arbitrary<Change[]> = fc.uniqueArray(fc.oneof(...settings), {
  minLength: 1,
  maxLength: 3,
  selector: ([path]) => path.join("."),
});

/** A stack file with changes in it, as text. */
export function withChanges(stackFile: string, made: readonly Change[]): string {
  const document = parseDocument(stackFile);
  for (const [path, value] of made) {
    const at = ["config", "groundwork:site", ...path];
    if (value === undefined) document.deleteIn(at);
    else document.setIn(at, value);
  }
  return document.toString({ lineWidth: 0 });
}

/** As a person would tell them. */
export function told(made: readonly Change[]): string {
  return made.map(([path, value]) => `${path.join(".")}=${JSON.stringify(value) ?? "-"}`).join(", ");
}
