import { describe, expect, test } from "vitest";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { planSite } from "../../site/plan/plan";
import { kubeletConfiguration } from "../../site/render/kubelet";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

type Kubernetes = SiteInput["kubernetes"];
type Fields = NonNullable<Kubernetes["kubelet"]>;

const told = (part: "kubelet" | "kubeProxy", fields: Fields, version = "1.37.2") =>
  refusal(site(threeHosts, { kubernetes: { version, [part]: fields } })).map((line) =>
    line.replace(`kubernetes.${part}.`, ""),
  );

describe("what a kubelet would not start with, or nobody would reach it with", () => {
  test.each<[string, Fields, string]>([
    [
      "another runtime's socket",
      { containerRuntimeEndpoint: "unix:///var/run/crio/crio.sock" },
      'containerRuntimeEndpoint: "unix:///var/run/crio/crio.sock" is not what the site needs, "unix:///run/containerd/containerd.sock": containerd listens there; leave it out',
    ],
    [
      "a certificate that nobody renews",
      { tlsCertFile: "/nope.crt" },
      'tlsCertFile: "/nope.crt" is not what the site needs, "/var/lib/kubelet/pki/kubelet.crt": `up` renews it there; leave it out',
    ],
    [
      "another port",
      { port: 10_251 },
      "port: 10251 is not what the site needs, 10250: `up` and what watches the site look for it there; leave it out",
    ],
    [
      "no health",
      { healthzPort: 0 },
      "healthzPort: 0 is not what the site needs, 10248: its machine asks there whether it runs; leave it out",
    ],
    ["one address for all", { address: "10.0.42.9" }, 'address: "10.0.42.9" is not possible; use 0.0.0.0, ::'],
    [
      "a lease that is renewed too rarely",
      { nodeLeaseDurationSeconds: 3600 },
      "nodeLeaseDurationSeconds: 3600 is too large; use 1 to 160",
    ],
    [
      "too few processes for any pod",
      { podPidsLimit: 4 },
      "podPidsLimit: with 4 the cluster's DNS would not start; use at least 11, or -1 for no limit",
    ],
    [
      "too few files",
      { maxOpenFiles: 10 },
      "maxOpenFiles: with 10 the kubelet would not run; use at least 1024, or 0 for its default",
    ],
    [
      "fewer pods than the site's own",
      { maxPods: 3 },
      "maxPods: shop-control-plane-b may have 3 pods, and the site itself runs 4 on it; use more",
    ],
    [
      "fewer pods by the CPU",
      { podsPerCore: 1 },
      "podsPerCore: shop-control-plane-b may have 2 pods, and the site itself runs 4 on it; use more",
    ],
    [
      "all of a disk",
      { evictionHard: { "imagefs.available": "100%" } },
      'evictionHard.imagefs.available: "100%" is not an amount; write a positive quantity, or 0% and more, below 100%, for example 200Mi or 10%',
    ],
    [
      "more of a disk than there is",
      {
        evictionSoft: { "imagefs.available": "500Gi" },
        evictionSoftGracePeriod: { "imagefs.available": "1m" },
      },
      "evictionSoft.imagefs.available: 500Gi are never free of shop-control-plane-b's 40 GiB of disk, and its pods would be evicted for ever; use less, or make the machine larger",
    ],
    [
      "more processes than there are numbers",
      { evictionHard: { "pid.available": "9M" } },
      'evictionHard.pid.available: "9M" is more than a machine ever has, 4194304; use less, for example 10%',
    ],
    [
      "letters for CPUs",
      { reservedSystemCPUs: "a-b" },
      'reservedSystemCPUs: "a-b" is no list of CPUs; use numbers and ranges of them, for example 0-1,4',
    ],
    [
      "CPUs that a machine has not",
      { reservedSystemCPUs: "0,7" },
      "reservedSystemCPUs: shop-control-plane-b has no CPU 7: its CPUs are 0 to 1; reserve fewer, or make the machine larger",
    ],
    [
      "every CPU",
      { reservedSystemCPUs: "0-1" },
      "reservedSystemCPUs: none of shop-control-plane-b's 2 CPUs is left for pods; reserve fewer, or make the machine larger",
    ],
    [
      "memory that is handed out by node, and none reserved",
      { memoryManagerPolicy: "Static" },
      "reservedMemory: it comes to 0Mi, and shop-control-plane-b keeps back 2008Mi: a static memory manager would not start; reserve 2008Mi in all, or change kubeReserved, systemReserved or evictionHard",
    ],
    [
      "an option of no policy",
      { cpuManagerPolicyOptions: { "full-pcpus-only": "true" } },
      "cpuManagerPolicyOptions.full-pcpus-only: only cpuManagerPolicy static has options; set it to static, or remove it",
    ],
    [
      "an option behind a gate",
      { cpuManagerPolicy: "static", cpuManagerPolicyOptions: { "align-by-socket": "true" } },
      "cpuManagerPolicyOptions.align-by-socket: it needs the feature gate CPUManagerPolicyAlphaOptions; set featureGates.CPUManagerPolicyAlphaOptions to true, or remove it",
    ],
    [
      "a group of processes that is not named",
      { enforceNodeAllocatable: ["pods", "system-reserved"] },
      "enforceNodeAllocatable[1]: system-reserved needs the control group that it means; set systemReservedCgroup",
    ],
    [
      "a kernel setting of the whole machine",
      { allowedUnsafeSysctls: ["net.*", "vm.swappiness"] },
      'allowedUnsafeSysctls[1]: "vm.swappiness" is the whole machine\'s; use settings of net., kernel.shm, kernel.msg, kernel.sem, fs.mqueue. or user.',
    ],
    [
      "two ways of ending pods",
      { shutdownGracePeriodByPodPriority: [{ priority: 0, shutdownGracePeriodSeconds: 10 }] },
      "shutdownGracePeriodByPodPriority: it does not go with shutdownGracePeriod and shutdownGracePeriodCriticalPods; set shutdownGracePeriod and shutdownGracePeriodCriticalPods to 0s",
    ],
    [
      "a taint twice",
      {
        registerWithTaints: [
          { key: "a", effect: "NoSchedule" },
          { key: "a", value: "b", effect: "NoSchedule" },
        ],
      },
      "registerWithTaints[1].key: a:NoSchedule is there twice; name a key once for each effect",
    ],
    ["a format of nobody", { logging: { format: "xml" } }, 'logging.format: "xml" is not possible; use text or json'],
    [
      "metrics of a version long gone",
      { showHiddenMetricsForVersion: "1.20" },
      'showHiddenMetricsForVersion: "1.20" is not the version before 1.37; use "1.36", or remove it',
    ],
    [
      "three hundred years and more",
      { syncFrequency: "9999999999h" },
      'syncFrequency: "9999999999h" is not a duration, for example 30s or 1m30s; write a duration, for example 30s or 1m30s',
    ],
    [
      "images that are kept longer than they may be",
      { imageMaximumGCAge: "1m" },
      "imageMaximumGCAge: 60 s are not more than imageMinimumGCAge, 120 s; use more, or 0s for none",
    ],
  ])("%s", (_, fields, line) => {
    expect(told("kubelet", fields)).toEqual([line]);
  });

  test.each<[string, Fields]>([
    ["CPUs for pods alone: the site keeps a part back itself", { cpuManagerPolicy: "static" }],
    ["no limit of processes", { podPidsLimit: 0 }],
    [
      "options that go together",
      {
        cpuManagerPolicy: "static",
        cpuManagerPolicyOptions: { "full-pcpus-only": "true", "strict-cpu-reservation": "true" },
        topologyManagerPolicy: "single-numa-node",
        topologyManagerPolicyOptions: { "max-allowable-numa-nodes": "8" },
      },
    ],
    ["settings of pods' own", { allowedUnsafeSysctls: ["kernel.shm*", "kernel.msg*", "net.core.somaxconn", "user.*"] }],
    ["a name of the node's own for containers", { imageServiceEndpoint: "unix:///run/stargz/stargz.sock" }],
    [
      "ends by priority",
      {
        shutdownGracePeriod: "0s",
        shutdownGracePeriodCriticalPods: "0s",
        shutdownGracePeriodByPodPriority: [{ priority: 0, shutdownGracePeriodSeconds: 10 }],
      },
    ],
  ])("%s is possible", (_, fields) => {
    expect(told("kubelet", fields)).toEqual([]);
  });

  test("no name server at all, and none where the site has some", () => {
    const without = (nameservers: string[]) =>
      refusal(
        site(threeHosts, {
          network: { ...site([]).network, nameservers },
          kubernetes: { version: "1.37.2", kubelet: { resolvConf: "" } },
        }),
      );
    expect(without([])).toContain(
      "kubernetes.kubelet.resolvConf: the cluster's DNS would have no name server to ask; leave it out",
    );
    expect(without(["10.0.42.3"])).toEqual([]);
  });

  test("a pool's static memory manager, with what its machines keep back", () => {
    const pool = (memory: string) =>
      refusal(
        site(threeHosts, {
          workers: [
            {
              name: "general",
              count: 2,
              cpus: 4,
              memoryGiB: 16,
              kubelet: {
                memoryManagerPolicy: "Static",
                kubeReserved: { memory: "2Gi" },
                systemReserved: { memory: "1Gi" },
                evictionHard: { "memory.available": "512Mi" },
                reservedMemory: [{ numaNode: 0, limits: { memory } }],
              },
            },
          ],
        }),
      );
    expect(pool("3584Mi")).toEqual([]);
    expect(pool("3Gi")).toEqual([
      "workers[0].kubelet.reservedMemory: it comes to 3072Mi, and shop-general-b keeps back 3584Mi: a static memory manager would not start; reserve 3584Mi in all, or change kubeReserved, systemReserved or evictionHard",
    ]);
  });

  test("what the site renders itself may be written out", () => {
    const rendered = kubeletConfiguration(planSite(parseSite(site(threeHosts))));
    expect(told("kubelet", rendered as Fields)).toEqual([]);
  });
});

describe("what kube-proxy would not start with", () => {
  test.each<[string, Fields, string]>([
    [
      "an interface without a name",
      { detectLocalMode: "BridgeInterface" },
      "detectLocalMode: BridgeInterface needs the name of the interface; set detectLocal.bridgeInterface",
    ],
    [
      "an interface that Linux cannot have",
      { detectLocalMode: "BridgeInterface", detectLocal: { bridgeInterface: "a-name-of-nineteen-" } },
      'detectLocal.bridgeInterface: "a-name-of-nineteen-" is no name of an interface; use up to 15 letters',
    ],
    ["one address for all", { bindAddress: "10.9.9.9" }, 'bindAddress: "10.9.9.9" is not possible; use 0.0.0.0, ::'],
    [
      "a port of the kubelet's",
      { metricsBindAddress: "0.0.0.0:10250" },
      "metricsBindAddress: port 10250 is that of the kubelet; use another port",
    ],
    [
      "one port for two",
      { metricsBindAddress: "0.0.0.0:10256" },
      "metricsBindAddress: port 10256 is that of kube-proxy's healthzBindAddress; use another port",
    ],
    [
      "a scheduler that the kernel has not",
      { mode: "ipvs", ipvs: { scheduler: "fair" } },
      'ipvs.scheduler: "fair" is not possible; use rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos',
    ],
    [
      "a word twice",
      { nodePortAddresses: ["primary", "primary"] },
      'nodePortAddresses[1]: "primary" is there twice; name each once',
    ],
    ["a format of nobody", { logging: { format: "xml" } }, 'logging.format: "xml" is not possible; use text or json'],
  ])("%s", (_, fields, line) => {
    expect(told("kubeProxy", fields)).toEqual([line]);
  });

  test("words for a node's addresses are those of the version", () => {
    expect(told("kubeProxy", { nodePortAddresses: ["primary", "10.0.42.0/24"] })).toEqual([]);
    expect(told("kubeProxy", { nodePortAddresses: ["primary"] }, "1.36.3")).toEqual([]);
    expect(told("kubeProxy", { nodePortAddresses: ["all"] }, "1.36.3")).toEqual([
      'nodePortAddresses[0]: "all" is not a block of addresses; use a block, for example 10.0.42.0/24',
    ]);
  });
});
