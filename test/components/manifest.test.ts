import { expect, it } from "vitest";
import { coreDnsReplicas } from "../../components/addons/CoreDns";
import { manifestObjects } from "../../components/addons/manifest";

const manifest = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: network}
---
# nothing but a comment
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: network}}
  - {apiVersion: v1, kind: Namespace, metadata: {name: network}}
`;

it("takes a manifest apart, namespaces first", () => {
  expect(manifestObjects(manifest).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "Namespace network",
    "ConfigMap settings",
    "DaemonSet agent",
  ]);
});

it.each([
  { nodes: 1, cpus: 4, replicas: 1 },
  { nodes: 4, cpus: 12, replicas: 2 },
  { nodes: 50, cpus: 200, replicas: 4 },
  { nodes: 20, cpus: 2000, replicas: 8 },
])("runs $replicas replicas of CoreDNS for $nodes nodes with $cpus CPUs", ({ nodes, cpus, replicas }) => {
  expect(coreDnsReplicas(nodes, cpus)).toBe(replicas);
});
