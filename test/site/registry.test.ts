import { describe, expect, it } from "vitest";
import { settledOf } from "../../site/description/changes/settled";
import { REGISTRY_MEMORY_MIB } from "../../site/description/registry";
import type { SiteInput } from "../../site/description/spec";
import { singleFailures } from "../../site/judge/failures";
import { certificatesOf } from "../../site/pki/certificates";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { registryEndpoints, registryMachines } from "../../site/plan/registry";
import { machinesOf } from "../../site/plan/roles";
import { applyScript } from "../../site/render/apply";
import { certificatePlaces } from "../../site/render/certificatePlaces";
import { diskGrowthOf } from "../../site/render/diskGrowth";
import { machineFiles } from "../../site/render/files";
import { kubeletMachineFields } from "../../site/render/kubelet";
import { successorContent } from "../../site/render/successorContent";
import { demoPlan, judged, type Resource, stackOf } from "../support/demoStack";
import { planned } from "../support/planning";
import { refusal } from "../support/refusal";
import { host, site, threeHosts } from "../support/sites";

const local = (more: Partial<SiteInput> = {}) => site(threeHosts, { registry: { kind: "local" }, ...more });
const textOf = (plan: SitePlan, machine: MachinePlan, path: string) =>
  machineFiles(plan, machine)
    .find((file) => file.path === path)
    ?.content.map((part) => (typeof part === "string" ? part : `<${part.secret}>`))
    .join("");
const HOSTS = "/etc/containerd/certs.d/_default/hosts.toml";

describe("a site's own registry (S8)", () => {
  it("changes nothing of a site that has none", () => {
    const { plan, facts } = planned(site(threeHosts));
    expect(JSON.stringify([plan, settledOf(plan.spec), facts, singleFailures(facts)])).not.toMatch(
      /registry|imagesServed/,
    );
    for (const machine of plan.machines) {
      expect(machineFiles(plan, machine).filter(({ path }) => /registry|certs\.d/.test(path))).toEqual([]);
      expect(textOf(plan, machine, "/etc/haproxy/haproxy.cfg") ?? "").not.toContain("registr");
    }
    expect(certificatesOf(plan).filter(({ id }) => id.startsWith("registry"))).toEqual([]);
  });

  it("has a copy on each of two control planes, on two hosts where there are", () => {
    const copies = (input: SiteInput) => registryMachines(planned(input).plan);
    const two = copies(local());
    expect(two.map(({ role }) => role)).toEqual(["control-plane", "control-plane"]);
    expect(new Set(two.map((machine) => machine.host)).size).toBe(2);
    const placement = { a: { host: "esx-1" }, b: { host: "esx-1" }, c: { host: "esx-2" } };
    const apart = copies(local({ controlPlanes: { count: 3, placement } }));
    expect(apart.map(({ name }) => name)).toEqual(["shop-control-plane-a", "shop-control-plane-c"]);
    expect(copies(local({ controlPlanes: 1 }))).toHaveLength(1);
  });

  it("is told where one host, or one machine, has all of it", () => {
    const lone = planned(local({ controlPlanes: 1 }));
    expect(lone.mandatory.map(({ rule }) => rule)).toContain("registry-two-hosts");
    const placement = { a: { host: "esx-1" }, b: { host: "esx-1" } };
    const beside = planned(local({ controlPlanes: { count: 2, placement } }));
    expect(beside.finding("registry-two-hosts")?.message).toBe(
      "both copies of the registry, on shop-control-plane-a and shop-control-plane-b, are on host esx-1",
    );
    const box = planned(site([host("box", { deviceCount: 3 })], { registry: { kind: "local" }, controlPlanes: 1 }));
    expect(box.finding("registry-two-hosts")?.severity).toBe("advisory");
    expect(planned(local()).finding("registry-two-hosts")).toBeUndefined();
  });

  it("outlives any one host, machine or device, and the failure table says what it does not outlive", () => {
    const { facts } = planned(local());
    const failures = singleFailures(facts);
    expect(failures.filter(({ imagesServed }) => imagesServed !== true).map(({ kind }) => kind)).toEqual(["network"]);
    const lone = planned(local({ controlPlanes: 1 }));
    const ends = singleFailures(lone.facts).filter(({ imagesServed }) => imagesServed === false);
    expect(ends.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["machine", "host", "network"]));
  });

  it("is asked by every node for every image, and nobody else is", () => {
    const { plan } = planned(local());
    const [vip, ...copies] = registryEndpoints(plan);
    expect(vip).toBe("10.0.42.5:5000");
    for (const machine of machinesOf(plan, "control-plane", "worker")) {
      const text = textOf(plan, machine, HOSTS) ?? "";
      const asked = [...text.matchAll(/^(?:\[host\.|server = )"https:\/\/([^"]+)"/gm)].map(([, where]) => where);
      expect(asked).toEqual([copies[1], vip, copies[0]]);
      expect(textOf(plan, machine, "/etc/groundwork/registry-client/client.key")).toBe(
        `<key/kubelet-client-${machine.name}>`,
      );
    }
    for (const machine of machinesOf(plan, "etcd", "load-balancer"))
      expect(textOf(plan, machine, HOSTS)).toBeUndefined();
  });

  it("is reached without a virtual address where somebody else balances", () => {
    const { plan } = planned(local({ loadBalancer: { kind: "external", endpoint: "10.0.42.6" } }));
    const [worker] = machinesOf(plan, "worker") as [MachinePlan];
    const addresses = registryMachines(plan).map(({ address }) => `${address}:5000`);
    expect(registryEndpoints(plan)).toEqual(addresses);
    expect(textOf(plan, worker, HOSTS)).toMatch(new RegExp(`^server = "https://${addresses[1]}"`));
  });

  it("has keys on the machines that need them, and the pusher's on none; its certificates follow one another", () => {
    const { plan } = planned(local());
    const own = certificatesOf(plan).filter(({ id }) => id.startsWith("registry"));
    const copies = registryMachines(plan).map(({ name }) => name);
    expect(own.map(({ id, machines }) => [id, machines])).toEqual([
      ...copies.map((name) => [`registry-${name}`, [name]]),
      ["registry-push", []],
    ]);
    const [first] = registryMachines(plan) as [MachinePlan];
    expect(own[0]?.ipAddresses).toEqual([first.address, "10.0.42.5"]);
    for (const { path, mode } of machineFiles(plan, first).filter((file) => file.path.endsWith(".key")))
      expect([path, mode]).toEqual([path, 0o600]);
    const followed = successorContent(plan, first).files.map(({ path }) => path);
    expect(followed).toEqual(
      expect.arrayContaining(["/etc/groundwork/registry/server.key", "/etc/groundwork/registry-client/client.key"]),
    );
    const places = certificatePlaces(plan).get(`certificate/kubelet-client-${first.name}`) ?? [];
    expect(places.find(({ path }) => path.includes("registry-client"))?.usedBy).toEqual(["containerd"]);
    expect(certificatePlaces(plan).get("certificate/registry-push")?.[0]?.where).toBe("operator");
  });

  it("is counted on the machines that have it: memory, and the disk", () => {
    const without = planned(site(threeHosts)).plan;
    const { plan } = planned(local({ registry: { kind: "local", sizeGiB: 30 } }));
    const [first] = registryMachines(plan) as [MachinePlan];
    const reserved = (of: SitePlan) => {
      const { systemReserved } = kubeletMachineFields(of, first) as { systemReserved: { memory: string } };
      return Number.parseInt(systemReserved.memory, 10);
    };
    expect(reserved(plan) - reserved(without)).toBe(REGISTRY_MEMORY_MIB);
    const most = (of: SitePlan) => diskGrowthOf(of, first).find(({ disk }) => disk === "system")?.mostMiB ?? 0;
    expect(most(plan) - most(without)).toBe(31 * 1024);
    expect(planned(local({ registry: { kind: "local", sizeGiB: 30 } })).finding("disk-growth")?.message).toMatch(
      /31 of that in \/var\/lib\/groundwork-registry/,
    );
  });

  it("knows who asks: nodes read, the pusher writes, and balancers tell from whom a connection is", () => {
    const { plan } = planned(local());
    const [first] = registryMachines(plan) as [MachinePlan];
    const front = textOf(plan, first, "/etc/groundwork/registry/front.cfg") ?? "";
    const balancers = machinesOf(plan, "load-balancer").map(({ address }) => address);
    expect(front).toContain(`expect-proxy layer4 if { src ${balancers.join(" ")} }`);
    expect(front).toContain("verify optional");
    const [balancer] = machinesOf(plan, "load-balancer") as [MachinePlan];
    const text = textOf(plan, balancer, "/etc/haproxy/haproxy.cfg") ?? "";
    expect(text.match(/^ {4}server \S+ \S+:5000$/gm)).toHaveLength(2);
    expect(applyScript(plan, first)).toContain("groundwork-registry-copy now");
  });

  it.each<[string, SiteInput["registry"] | object, string]>([
    ["a kind that is none", { kind: "here" }, "registry.kind: "],
    ["a field that is none", { kind: "local", upstream: [] }, "registry.upstream: "],
    ["no upstream", { kind: "local", upstreams: [] }, "registry.upstreams: "],
    ["an address with its scheme", { kind: "local", upstreams: ["https://quay.io"] }, "registry.upstreams[0]: "],
    ["a path", { kind: "local", upstreams: ["quay.io/shop"] }, "registry.upstreams[0]: "],
    ["a word", { kind: "local", upstreams: ["quay"] }, "registry.upstreams[0]: "],
    ["a line feed", { kind: "local", upstreams: ["quay.io\nx"] }, "registry.upstreams[0]: "],
    ["a quote", { kind: "local", upstreams: ['quay.io"]'] }, "registry.upstreams[0]: "],
    ["a port that is none", { kind: "local", upstreams: ["quay.io:99999"] }, "registry.upstreams[0]: "],
    ["an address that is none", { kind: "local", upstreams: ["10.0.0.300"] }, "registry.upstreams[0]: "],
    ["a number as its name", { kind: "local", upstreams: [5] }, "registry.upstreams[0]: "],
    [
      "one that is listed twice",
      { kind: "local", upstreams: ["a.io", "a.io"] },
      "registry.upstreams[1]: a.io is listed already; list it once",
    ],
    ["no size", { kind: "local", sizeGiB: 0 }, "registry.sizeGiB: "],
    ["a part of a size", { kind: "local", sizeGiB: 1.5 }, "registry.sizeGiB: "],
    ["no address", { kind: "external" }, "registry.url: "],
    ["one without TLS", { kind: "external", url: "http://harbor.example" }, "registry.url: "],
    ["a login", { kind: "external", url: "https://me:pw@harbor.example" }, "registry.url: "],
    ["a certificate that is none", { kind: "external", url: "https://harbor.example", ca: "x" }, "registry.ca: "],
    ["a query", { kind: "external", url: 'https://harbor.example/?a="]' }, "registry.url: "],
    ["a path that ends elsewhere", { kind: "external", url: "https://harbor.example/a/../b c" }, "registry.url: "],
  ])("is refused with %s", (_, registry, begins) => {
    const told = refusal(site(threeHosts, { registry: registry as SiteInput["registry"] }));
    expect(told).toHaveLength(1);
    expect(told[0]?.startsWith(begins), told[0]).toBe(true);
  });

  it("is refused beside names that images have elsewhere", () => {
    const kubernetes = { ...site([]).kubernetes, imageRepository: "harbor.example/k8s" };
    expect(refusal(local({ kubernetes }))).toEqual([
      "kubernetes.imageRepository: the site's registry has images under the names that they have upstream, and none under this one; leave it out, or leave out registry",
    ]);
  });
});

describe("a registry of the owner's", () => {
  const asked = (url: string, ca?: string) => {
    const { plan } = planned(site(threeHosts, { registry: { kind: "external", url, ...(ca && { ca }) } }));
    const [worker] = machinesOf(plan, "worker") as [MachinePlan];
    return textOf(plan, worker, HOSTS);
  };

  it("is asked for every image, below a path where it has one", () => {
    expect(asked("https://harbor.example:8443")).toBe(
      'server = "https://harbor.example:8443"\ncapabilities = ["pull", "resolve"]\n',
    );
    expect(asked("https://harbor.example/mirror/")).toBe(
      'server = "https://harbor.example/v2/mirror"\noverride_path = true\ncapabilities = ["pull", "resolve"]\n',
    );
  });

  it("brings nothing else", () => {
    const { plan, facts } = planned(
      site(threeHosts, { registry: { kind: "external", url: "https://harbor.example" } }),
    );
    expect(facts.registry).toBeUndefined();
    expect(registryMachines(plan)).toEqual([]);
    expect(certificatesOf(plan).filter(({ id }) => id.startsWith("registry"))).toEqual([]);
  });
});

describe.each([true, false])("the rule about images' registries (preview: %s)", (preview) => {
  const image = (name: string): Resource => ({
    type: "kubernetes:apps/v1:Deployment",
    name: "it",
    inputs: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "it", namespace: "shop" },
      spec: { template: { spec: { containers: [{ name: "shop", image: name }] } } },
    },
  });
  const refused = (plan: SitePlan, name: string) =>
    judged([...stackOf(plan), image(name)], { preview }).filter(({ policy }) => policy === "image-registry").length;

  it("lets pass what the site's own registry may have", () => {
    const plan = demoPlan((described) => {
      described.registry = { kind: "local", upstreams: ["quay.io"] };
    });
    expect(["quay.io/shop:1.0.0", "10.42.0.5:5000/shop:1.0.0"].map((name) => refused(plan, name))).toEqual([0, 0]);
    expect(["ghcr.io/shop:1.0.0", "shop:1.0.0"].map((name) => refused(plan, name))).toEqual([1, 1]);
    expect(refused(demoPlan(), "quay.io/shop:1.0.0")).toBe(1);
  });
});
