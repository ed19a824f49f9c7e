import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHANGES } from "../../site/description/changes/table";
import { parseSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { changeFindings } from "../../site/judge/change";
import { type Applied, appliedOf, readApplied } from "../../site/life/applied";
import { judgeChange } from "../../site/life/changes/judge";
import { changeOfStanding } from "../../site/life/changes/standing";
import { readSaved, savedText } from "../../site/life/saved";
import { planSite } from "../../site/plan/plan";
import { existingSite } from "../support/existingSite";
import { host, site, threeHosts } from "../support/sites";
import { sites } from "./generate";

const workers = (count: number) => [{ name: "general", count, cpus: 4, memoryGiB: 16 }];
const usual = (more: Partial<SiteInput> = {}) => site(threeHosts, { workers: workers(3), ...more });
const network = (more: Partial<SiteInput["network"]>) => usual({ network: { ...usual().network, ...more } });

/** As a stack's output has it, read back. */
function standing(input: SiteInput): Applied {
  const read = readApplied(JSON.parse(JSON.stringify(appliedOf(planSite(parseSite(input))))));
  if (!("applied" in read) || !read.applied) throw new Error("nothing stands");
  return read.applied;
}

function changed(before: SiteInput | Applied, after: SiteInput) {
  const applied =
    "kubernetes" in before && "machines" in before && "settled" in before ? (before as Applied) : undefined;
  const stands = applied ?? standing(before as SiteInput);
  const { refused, cautions } = changeOfStanding(planSite(parseSite(after), { against: stands }), stands);
  return { refused: refused.map(formatProblem), cautions: cautions.map(formatProblem) };
}

describe("a change of a site that runs", () => {
  it.each<[string, SiteInput, string]>([
    ["the site's name", usual({ name: "store" }), 'name: "shop" becomes "store" at a site that runs: machines'],
    [
      "the pods' network",
      network({ podCidr: "10.200.0.0/16" }),
      'network.podCidr: "10.244.0.0/16" becomes "10.200.0.0/16"',
    ],
    ["a node's part of it", network({ nodePodPrefix: 25 }), "network.nodePodPrefix: 24 becomes 25"],
    ["the services' network", network({ serviceCidr: "10.97.0.0/16" }), 'network.serviceCidr: "10.96.0.0/16" becomes'],
    [
      "the cluster's domain",
      network({ domain: "shop.internal" }),
      'network.domain: "cluster.local" becomes "shop.internal"',
    ],
    ["the machines' network", network({ cidr: "10.0.40.0/22" }), 'network.cidr: "10.0.42.0/24" becomes "10.0.40.0/22"'],
    [
      "what connects pods",
      usual({ kubernetes: { ...usual().kubernetes, podNetwork: { kind: "cilium", version: "1.17.4" } } }),
      'kubernetes.podNetwork.kind: "routed" becomes "cilium"',
    ],
    [
      "a range without machines that run",
      network({ machines: "10.0.42.11-10.0.42.120" }),
      "network.machines: 10.0.42.11-10.0.42.120 leaves out shop-etcd-a (10.0.42.10): a machine that runs cannot change its address",
    ],
    [
      "a smaller disk",
      usual({ etcd: { systemDiskGiB: 8 } }),
      "machines.shop-etcd-a: its system disk has 10 GiB and would have 8",
    ],
  ])("is refused by name: %s", (_, after, problem) => {
    const { refused } = changed(usual(), after);
    expect(refused[0]).toContain(problem);
    for (const line of refused) expect(line).toMatch(/^[^:]+: .+; .+$/);
  });

  it("is refused of servers that exist: another address, another role, a name for a server that runs", () => {
    const before = existingSite();
    const other = (change: (machines: NonNullable<SiteInput["machines"]>) => void) => {
      const after = structuredClone(before);
      change(after.machines as never);
      return changed(before, after).refused;
    };
    const renamed = other(([first]) => Object.assign(first as object, { name: "plain-etcd-z" }));
    expect(renamed).toEqual([
      expect.stringContaining("machines.plain-etcd-z: it would be made at 203.0.113.10 while plain-etcd-a"),
    ]);
    // A server of another role, where the site's counts allow it: a worker that becomes the third load balancer.
    const retrained = structuredClone(before);
    retrained.loadBalancer = { kind: "haproxy", count: 3 };
    retrained.workers = [{ name: "general", count: 1, cpus: 4, memoryGiB: 16 }];
    const [last] = retrained.machines?.splice(-1) ?? [];
    if (last === undefined) throw new Error("no machine is listed");
    const { pool: _, ...server } = last;
    retrained.machines?.push({ ...server, role: "load-balancer" });
    expect(changed(before, retrained).refused).toEqual([
      expect.stringContaining(
        "machines.plain-general-b: its role is worker and would be load-balancer: a server keeps what it was made into; ",
      ),
    ]);
    const moved = other(([first]) => Object.assign(first as object, { address: "203.0.113.77" }));
    expect(moved).toEqual([
      expect.stringContaining("machines.plain-etcd-a: it is at 203.0.113.10 and would be at 203.0.113.77"),
    ]);
  });

  it.each<[string, SiteInput, string]>([
    [
      "the API's address",
      network({ apiVip: "10.0.42.6" }),
      'network.apiVip: "10.0.42.5" becomes "10.0.42.6" at a site that runs: every kubeconfig',
    ],
    ["the router", network({ gateway: "10.0.42.2" }), "network.gateway: "],
    [
      "a host that is left out",
      site([...threeHosts.slice(0, 2), host("esx-4")], { workers: workers(3) }),
      "hosts: esx-3 is left out while shop-etcd-c",
    ],
  ])("is told with what has to follow: %s", (_, after, caution) => {
    const { refused, cautions } = changed(usual(), after);
    expect(refused).toEqual([]);
    expect(cautions).toEqual([expect.stringContaining(caution)]);
  });

  it("is nothing to speak of where machines keep their addresses, and ids differ in case only", () => {
    const wider = network({ machines: "10.0.42.8-10.0.42.200" });
    expect(changed(usual(), wider)).toEqual({ refused: [], cautions: [] });
    const loud = threeHosts.map((one) => ({
      ...one,
      devices: one.devices?.map((d) => ({ ...d, id: d.id.toUpperCase() })),
    }));
    expect(changed(usual(), site(loud, { workers: workers(3) }))).toEqual({ refused: [], cautions: [] });
    expect(planSite(parseSite(wider), { against: standing(usual()) }).machines.map(({ address }) => address)).toEqual(
      planSite(parseSite(usual())).machines.map(({ address }) => address),
    );
  });

  it("gives no machine the address or the pods of one that leaves at the same time", () => {
    const renamed = usual({ workers: [{ name: "other", count: 3, cpus: 4, memoryGiB: 16 }] });
    const before = standing(usual());
    const plan = planSite(parseSite(renamed), { against: before });
    const taken = new Set(before.machines.flatMap(({ address, podCidr }) => [address, podCidr]));
    const fresh = plan.machines.filter(({ name }) => name.startsWith("shop-other"));
    expect(fresh).toHaveLength(3);
    for (const { address, podCidr } of fresh) expect([taken.has(address), taken.has(podCidr)]).toEqual([false, false]);
    expect(changed(usual(), renamed).refused).toEqual([]);
    // Where there is no room for both, the one that leaves goes first.
    const tight = { machines: "10.0.42.10-10.0.42.19" };
    const small = network(tight);
    expect(changed(small, { ...small, workers: renamed.workers }).refused[0]).toMatch(
      /^machines\.shop-other-\w: it would be made at 10\.0\.42\.\d+ while shop-general-\w, which leaves, still has that address; let/,
    );
  });

  it("is judged by machines alone where an earlier program wrote no more down", () => {
    const { settled: _, ...older } = standing(usual());
    const refused = (after: SiteInput) =>
      judgeChange(planSite(parseSite(after), { against: older }), older).refused.map(formatProblem);
    expect(refused(usual())).toEqual([]);
    expect(refused(usual({ name: "store" }))).toEqual([
      expect.stringContaining("name: store is not the site that runs"),
    ]);
    expect(refused(network({ podCidr: "10.200.0.0/16" }))).toEqual([
      expect.stringContaining("network.podCidr: 10.200.0.0/16 does not hold 10.244."),
    ]);
    expect(refused(network({ nodePodPrefix: 25 }))).toEqual([
      expect.stringContaining("network.nodePodPrefix: 25 is not"),
    ]);
  });

  it("is judged alike of a saved plan, as findings", () => {
    const read = readSaved(JSON.parse(savedText(planSite(parseSite(usual())))));
    if (!("saved" in read)) throw new Error("no plan");
    const after = network({ podCidr: "10.200.0.0/16", apiVip: "10.0.42.6" });
    const findings = changeFindings(planSite(parseSite(after), { against: read.saved }), read.saved);
    const said = changed(usual(), after);
    expect(findings.map(({ path, message, fix }) => `${path}: ${message}; ${fix}`)).toEqual([
      ...said.refused,
      ...said.cautions,
    ]);
    expect(findings.map(({ severity }) => severity)).toEqual(["mandatory", "advisory"]);
  });
});

/** Values for the settings that are compared, each of which a description may have. */
const mostly = (usual: unknown, other: unknown) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 5 }, { arbitrary: fc.constant(other), weight: 1 });
const values: Record<string, fc.Arbitrary<unknown>> = {
  name: mostly("shop", "store"),
  "network.apiVip": mostly("10.0.42.5", "10.0.42.6"),
  "network.gateway": mostly("10.0.42.1", "10.0.42.2"),
  "network.podCidr": mostly("10.244.0.0/16", "10.128.0.0/14"),
  "network.nodePodPrefix": mostly(24, 25),
  "network.serviceCidr": mostly("10.96.0.0/16", "10.97.0.0/16"),
  "network.domain": mostly("cluster.local", "shop.internal"),
  "network.machines": mostly("10.0.42.10-10.0.42.120", "10.0.42.60-10.0.42.200"),
  "hypervisor.server": mostly("vc.example", "vcenter.example"),
};

const descriptions = fc
  .tuple(fc.record(values), sites({ hosts: { min: 3, max: 4 }, roomy: true }))
  .map(([settings, input]) => {
    const described = structuredClone(input) as unknown as Record<string, Record<string, unknown>>;
    for (const [path, value] of Object.entries(settings)) {
      const [group = "", key] = path.split(".");
      if (key === undefined) described[group] = value as never;
      else described[group] = { ...described[group], [key]: value };
    }
    return described as unknown as SiteInput;
  });

describe("any two descriptions", () => {
  it("are judged, never refused for nothing, never passed with a setting that cannot change, and alike both ways", () => {
    let [refusals, passed] = [0, 0];
    fc.assert(
      fc.property(descriptions, descriptions, (a, b) => {
        const [there, back] = [changed(a, b), changed(b, a)];
        expect(changed(a, a)).toEqual({ refused: [], cautions: [] });
        const differing = (path: string) => {
          const at = (input: SiteInput) =>
            path.split(".").reduce<unknown>((here, key) => (here as Record<string, unknown>)[key], input);
          return at(a) !== at(b);
        };
        const kept = Object.entries(CHANGES).filter(
          ([path, { is, compared }]) => is === "never" && compared && path in values,
        );
        expect(kept.length).toBeGreaterThan(4);
        for (const [path] of kept) {
          const isNamed = ({ refused }: typeof there) => refused.some((line) => line.startsWith(`${path}: `));
          if (path === "name" || !differing("name"))
            expect([path, isNamed(there), isNamed(back)]).toEqual([path, differing(path), differing(path)]);
        }
        if (there.refused.length > 0) refusals++;
        else passed++;
      }),
      { numRuns: 40, seed: 15 },
    );
    expect(refusals).toBeGreaterThan(10);
    expect(passed).toBeGreaterThan(0);
  });
});
