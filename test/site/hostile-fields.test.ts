import { describe, expect, test } from "vitest";
import type { SiteInput } from "../../site/description/spec";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

type Kubernetes = SiteInput["kubernetes"];
const kubelet = (fields: Kubernetes["kubelet"], version = "1.36.3") =>
  refusal(site(threeHosts, { kubernetes: { version, kubelet: fields } })).map((line) =>
    line.replace("kubernetes.kubelet.", ""),
  );
const kubeProxy = (fields: Kubernetes["kubeProxy"]) =>
  refusal(site(threeHosts, { kubernetes: { version: "1.36.3", kubeProxy: fields } })).map((line) =>
    line.replace("kubernetes.kubeProxy.", ""),
  );

describe("fields of the kubelet", () => {
  test.each<[string, NonNullable<Kubernetes["kubelet"]>, string]>([
    ["a wrong type", { maxPods: "many" }, 'maxPods: "many" is not a whole number; write a whole number'],
    ["a fraction", { maxPods: 1.5 }, "maxPods: 1.5 is not a whole number; write a whole number"],
    ["a name that is nearly one", { maxPodz: 50 }, "maxPodz: there is no such field; did you mean maxPods?"],
    ["a name in other letters", { maxpods: 50 }, "maxpods: there is no such field; did you mean maxPods?"],
    ["a name of nothing", { colour: "red" }, "colour: there is no such field; remove it or correct its name"],
    [
      "a duration without a unit",
      { syncFrequency: "60" },
      'syncFrequency: "60" is not a duration, for example 30s or 1m30s; write a duration, for example 30s or 1m30s',
    ],
    ["a text for a list", { clusterDNS: "10.96.0.10" }, 'clusterDNS: "10.96.0.10" is not a list; write a list'],
    [
      "a field inside",
      { authentication: { x509: { ca: "x" } } },
      "authentication.x509.ca: there is no such field; remove it or correct its name",
    ],
    [
      "everybody",
      { authentication: { anonymous: { enabled: true } } },
      "authentication.anonymous.enabled: true is not what the site needs, false: everybody would be let in; leave it out",
    ],
    [
      "everything taken away",
      { authentication: null },
      "authentication: null is not what the site needs, false: everybody would be let in; leave it out",
    ],
    [
      "every request",
      { authorization: { mode: "AlwaysAllow" } },
      'authorization.mode: "AlwaysAllow" is not what the site needs, "Webhook": everybody who is known could do everything; leave it out',
    ],
    [
      "a port for all",
      { readOnlyPort: 10255 },
      "readOnlyPort: 10255 is not what the site needs, 0: that port answers everybody; leave it out",
    ],
    [
      "another DNS",
      { clusterDNS: ["1.2.3.4"] },
      'clusterDNS: a list of 1 is not what the site needs, ["10.96.0.10"]: pods find the cluster\'s DNS there; leave it out',
    ],
    [
      "another domain",
      { clusterDomain: "other" },
      'clusterDomain: "other" is not what the site needs, "cluster.local": it is network.domain; leave it out',
    ],
    ["no pods", { maxPods: 0 }, "maxPods: 0 is too small; use at least 1"],
    [
      "more than all",
      { imageGCHighThresholdPercent: 200 },
      "imageGCHighThresholdPercent: 200 is too large; use 0 to 100",
    ],
    [
      "low above high",
      { imageGCLowThresholdPercent: 90 },
      "imageGCLowThresholdPercent: 90 is not below imageGCHighThresholdPercent, 85; use less",
    ],
    [
      "a policy of nobody",
      { cpuManagerPolicy: "dynamic" },
      'cpuManagerPolicy: "dynamic" is not possible; use none, static',
    ],
    [
      "soft eviction at once",
      { evictionSoft: { "memory.available": "500Mi" } },
      "evictionSoft.memory.available: it has no time of grace, and the kubelet would not start; set evictionSoftGracePeriod.memory.available",
    ],
    [
      "a signal of nobody",
      { evictionHard: { memory: "5%" } },
      "evictionHard.memory: no such signal; use memory.available, nodefs.available, nodefs.inodesFree, imagefs.available, imagefs.inodesFree, containerfs.available, containerfs.inodesFree, pid.available",
    ],
    [
      "a threshold that is none",
      { evictionHard: { "memory.available": "five" } },
      'evictionHard.memory.available: "five" is not an amount; write a positive quantity, or 0% and more, below 100%, for example 200Mi or 10%',
    ],
    [
      "a resource of nobody",
      { kubeReserved: { ram: "1Gi" } },
      "kubeReserved.ram: no such resource can be reserved; use cpu, memory, ephemeral-storage or pid",
    ],
  ])("%s", (_, fields, line) => {
    expect(kubelet(fields)).toEqual([line]);
  });

  test("what a version does not know yet is refused for it alone", () => {
    expect(kubelet({ memoryReservationPolicy: "None" }, "1.36.3")).toEqual([]);
    expect(kubelet({ memoryReservationPolicy: "None" }, "1.35.4")).toEqual([
      "memoryReservationPolicy: there is no such field; remove it or correct its name",
    ]);
  });

  // What the kubelets of both versions took and refused when they were run with each of them.
  const gone = [
    "AnonymousAuthConfigurableEndpoints",
    "StructuredAuthenticationConfiguration",
    "AuthorizeWithSelectors",
    "AuthorizeNodeWithSelectors",
    "APIServerTracing",
    "ConsistentListFromCache",
    "ResilientWatchCacheInitialization",
    "StreamingCollectionEncodingToJSON",
    "StreamingCollectionEncodingToProtobuf",
    "OrderedNamespaceDeletion",
    "PodLifecycleSleepActionAllowZero",
    "JobPodReplacementPolicy",
    "SchedulerQueueingHints",
  ];
  const kept = [
    "KubeletTracing",
    "RelaxedEnvironmentVariableValidation",
    "RecoverVolumeExpansionFailure",
    "KubeletCgroupDriverFromCRI",
    "NodeSwap",
    "VolumeAttributesClass",
    "WinDSR",
    "WinOverlay",
  ];
  const on = (gates: string[]) => ({ featureGates: Object.fromEntries(gates.map((gate) => [gate, true])) });

  test("feature gates that a version knows no more are refused for it, and those that it still takes are not", () => {
    expect(kubelet(on([...gone, ...kept]), "1.36.3")).toEqual([]);
    expect(kubelet(on(kept), "1.37.2")).toEqual([]);
    expect(kubelet(on(gone), "1.37.2")).toEqual(
      gone.map(
        (gate) =>
          `featureGates.${gate}: Kubernetes 1.37.2 knows this feature gate no more, and its programs would not start with it; leave it out: 1.36 is the last that knows it`,
      ),
    );
  });

  test("a feature gate that a later version brings is refused before it", () => {
    expect(kubelet(on(["AtomicWriteVolumeUserFields"]), "1.37.2")).toEqual([]);
    expect(kubelet(on(["AtomicWriteVolumeUserFields"]), "1.36.3")).toEqual([
      "featureGates.AtomicWriteVolumeUserFields: Kubernetes 1.36.3 knows this feature gate not yet, and its programs would not start with it; leave it out before 1.37",
    ]);
  });

  test("a feature gate that is mistyped or locked is refused, of kube-proxy and of a pool's kubelets too", () => {
    const mistyped =
      "featureGates.NodeSwapp: Kubernetes 1.36.3 knows no such feature gate, and its programs would not start with it; did you mean NodeSwap?";
    expect(kubelet(on(["NodeSwapp"]))).toEqual([mistyped]);
    expect(kubeProxy(on(["NodeSwapp"]))).toEqual([mistyped]);
    expect(kubelet({ featureGates: { NodeSwap: false } })).toEqual([
      "featureGates.NodeSwap: the gate is locked to true in Kubernetes 1.36.3; leave it out",
    ]);
    const workers = [{ name: "general", count: 2, cpus: 4, memoryGiB: 16, kubelet: on(["NodeSwapp"]) }];
    expect(refusal(site(threeHosts, { workers }))[0]).toMatch(/^workers\[0\]\.kubelet\.featureGates\.NodeSwapp: /);
  });

  test("sound ones pass", () => {
    expect(
      kubelet({
        cgroupDriver: "cgroupfs",
        failSwapOn: false,
        featureGates: { KubeletInUserNamespace: true },
        maxPods: 60,
        evictionSoft: { "memory.available": "10%" },
        evictionSoftGracePeriod: { "memory.available": "1m30s" },
        systemReserved: { cpu: "500m", memory: "1Gi" },
        logging: { flushFrequency: "5s", verbosity: 3, format: "json" },
        registerWithTaints: [{ key: "a", effect: "NoSchedule" }],
        containerLogMaxSize: null,
      }),
    ).toEqual([]);
  });
});

describe("fields of kube-proxy", () => {
  test.each<[string, NonNullable<Kubernetes["kubeProxy"]>, string]>([
    ["a mode of nobody", { mode: "telepathy" }, 'mode: "telepathy" is not possible; use iptables, ipvs, nftables'],
    [
      "others' pods",
      { clusterCIDR: "1.2.3.4/24" },
      'clusterCIDR: "1.2.3.4/24" is not network.podCidr 10.244.0.0/16, which pods get; leave it out',
    ],
    [
      "a mistyped field",
      { conntrack: { maxPerCores: 1 } },
      "conntrack.maxPerCores: there is no such field; did you mean maxPerCore?",
    ],
    [
      "a negative number",
      { conntrack: { min: -1 } },
      "conntrack.min: -1 is outside 0 to 2147483647; use 0 to 2147483647",
    ],
    [
      "an address without a port",
      { metricsBindAddress: "0.0.0.0" },
      'metricsBindAddress: "0.0.0.0" is not address:port; use address:port, for example 127.0.0.1:10249',
    ],
    [
      "a block that is none",
      { nodePortAddresses: ["10.0.42.0"] },
      'nodePortAddresses[0]: "10.0.42.0" is not a block of addresses; use a block, for example 10.0.42.0/24',
    ],
    [
      "one name for all",
      { hostnameOverride: "a" },
      'hostnameOverride: "a" is not possible: every node would be that one; leave it out',
    ],
  ])("%s", (_, fields, line) => {
    expect(kubeProxy(fields)).toEqual([line]);
  });

  test("sound ones pass", () => {
    expect(
      kubeProxy({
        mode: "nftables",
        clusterCIDR: "10.244.0.0/16",
        conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s" },
      }),
    ).toEqual([]);
  });
});

describe("fields of a pool's kubelet", () => {
  const pool = (fields: Kubernetes["kubelet"]) =>
    refusal(site(threeHosts, { workers: [{ name: "general", count: 2, cpus: 4, memoryGiB: 16, kubelet: fields }] }));

  test.each<[string, NonNullable<Kubernetes["kubelet"]>, string]>([
    ["an open one", { authentication: { anonymous: { enabled: true } } }, "everybody would be let in"],
    ["a port that answers everybody", { readOnlyPort: 10255 }, "that port answers everybody"],
    ["a wrong type", { maxPods: "many" }, "is not a whole number"],
    ["a name that is nearly one", { maxPodz: 50 }, "did you mean maxPods?"],
  ])("%s is refused where it is written", (_, fields, told) => {
    const lines = pool(fields);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^workers\[0\]\.kubelet\./);
    expect(lines[0]).toContain(told);
  });
});
