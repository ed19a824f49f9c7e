import { describe, expect, it } from "vitest";
import { settledOf } from "../../site/description/changes/settled";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { appliedOf } from "../../site/life/applied";
import { changeOfStanding } from "../../site/life/changes/standing";
import { keysOf } from "../../site/pki/keys";
import { planSite } from "../../site/plan/plan";
import { imagesOf } from "../../site/render/images";
import { refusal } from "../support/refusal";
import { host, site, threeHosts } from "../support/sites";

const RANGE = "10.0.42.200-10.0.42.219";
const described = (serviceAddresses: string | undefined, more: Partial<SiteInput> = {}, network = {}) => {
  const base = site(threeHosts, more);
  return { ...base, network: { ...base.network, ...network, ...(serviceAddresses && { serviceAddresses }) } };
};
const planned = (serviceAddresses?: string, more: Partial<SiteInput> = {}) =>
  planSite(parseSite(described(serviceAddresses, more)));

describe("a range for Services of type LoadBalancer", () => {
  it.each<[string, string, Partial<SiteInput>, object, string[]]>([
    ["fits beside everything else", RANGE, {}, {}, []],
    [
      "meets the machines'",
      "10.0.42.100-10.0.42.130",
      {},
      {},
      [
        "network.serviceAddresses: 10.0.42.100-10.0.42.130 meets network.machines 10.0.42.10-10.0.42.120, and a Service and a machine would get one address; use a range that no machine's address is in",
      ],
    ],
    [
      "runs backwards",
      "10.0.42.219-10.0.42.200",
      {},
      {},
      ["network.serviceAddresses: 10.0.42.219-10.0.42.200 runs backwards; write the lower address first"],
    ],
    [
      "lies outside the network",
      "10.0.43.1-10.0.43.9",
      {},
      {},
      [
        "network.serviceAddresses: 10.0.43.1-10.0.43.9 is not inside 10.0.42.0/24; use addresses of 10.0.42.0/24: others are announced to nobody",
      ],
    ],
    [
      "holds the broadcast address",
      "10.0.42.250-10.0.42.255",
      {},
      {},
      [
        "network.serviceAddresses: 10.0.42.250-10.0.42.255 holds the broadcast address of network.cidr 10.0.42.0/24; leave it out of the range",
      ],
    ],
    [
      "holds the API's",
      RANGE,
      {},
      { apiVip: "10.0.42.205" },
      [
        "network.apiVip: 10.0.42.205 is inside network.serviceAddresses 10.0.42.200-10.0.42.219, and a Service would get it; use an address outside that range, or another range",
      ],
    ],
    [
      "holds the router's and a name server's",
      RANGE,
      {},
      { gateway: "10.0.42.200", nameservers: ["10.0.42.219"] },
      [
        "network.gateway: 10.0.42.200 is inside network.serviceAddresses 10.0.42.200-10.0.42.219, and a Service would get it; use an address outside that range, or another range",
        "network.nameservers[0]: 10.0.42.219 is inside network.serviceAddresses 10.0.42.200-10.0.42.219, and a Service would get it; use an address outside that range, or another range",
      ],
    ],
    [
      "holds a host's",
      RANGE,
      { hosts: [...threeHosts, host("10.0.42.210")] },
      {},
      [
        "hosts[3].name: 10.0.42.210 is inside network.serviceAddresses 10.0.42.200-10.0.42.219, and a Service would get it; use an address outside that range, or another range",
      ],
    ],
    [
      "has no worker to answer for it",
      RANGE,
      { workers: [] },
      {},
      [
        "network.serviceAddresses: the site has no worker, and workers are what answers for them; add workers, or leave it out",
      ],
    ],
    [
      "would be answered for by every node",
      RANGE,
      { kubernetes: { version: "1.37.2", kubeProxy: { mode: "ipvs" } } },
      {},
      [
        "kubernetes.kubeProxy.ipvs.strictARP: it is not true, and with mode ipvs every node would answer for every address of network.serviceAddresses; set it to true, or use another mode",
      ],
    ],
    [
      "is answered for by one node with ipvs, too",
      RANGE,
      { kubernetes: { version: "1.37.2", kubeProxy: { mode: "ipvs", ipvs: { strictARP: true } } } },
      {},
      [],
    ],
  ])("%s", (_, range, more, network, problems) => {
    expect(refusal(described(range, more, network))).toEqual(problems);
  });

  it("changes nothing of a site that has none", () => {
    const [without, withRange] = [planned(), planned(RANGE)];
    expect(JSON.stringify([without, settledOf(without.spec), factsOfPlan(without)])).not.toMatch(
      /serviceAddresses|metallb/i,
    );
    expect(imagesOf(without).filter(({ image }) => image.includes("metallb"))).toEqual([]);
    expect(keysOf(without).map(({ id }) => id)).not.toContain("memberlist");
    expect(withRange.machines).toEqual(without.machines);
    expect(
      imagesOf(withRange).filter(({ source }) => !imagesOf(without).some((other) => other.source === source)),
    ).toEqual(
      ["controller", "speaker"].map((program) => ({
        image: `quay.io/metallb/${program}:v0.16.2`,
        source: `quay.io/metallb/${program}:v0.16.2`,
        usedBy: "add-on",
      })),
    );
  });

  it("comes from the site's own registry where it has one", () => {
    const kubernetes = { version: "1.37.2", imageRepository: "registry.example/k8s" };
    expect(imagesOf(planned(RANGE, { kubernetes })).map(({ image }) => image)).toContain(
      "registry.example/k8s/metallb/speaker:v0.16.2",
    );
  });

  it("is counted in what workers have left: a speaker runs on each", () => {
    const left = (plan: ReturnType<typeof planned>) =>
      singleFailures(factsOfPlan(plan)).find(({ kind, workersLeft }) => kind === "host" && workersLeft === 1)
        ?.capacityLeft;
    const [without, withRange] = [left(planned()), left(planned(RANGE))];
    expect(without).toEqual({ cpus: 3.9, memoryGiB: 13.1 });
    expect(withRange).toEqual({ cpus: 3.9, memoryGiB: 13 });
  });

  it("is judged when it changes: who has an address of the old one gets another", () => {
    const cautions = (before: string | undefined, after: string | undefined) =>
      changeOfStanding(planned(after), appliedOf(planned(before))).cautions.map(({ path, fact }) => `${path}: ${fact}`);
    expect(cautions(undefined, RANGE)).toEqual([]);
    expect(cautions(RANGE, RANGE)).toEqual([]);
    expect(cautions(RANGE, "10.0.42.210-10.0.42.219")).toEqual([
      expect.stringMatching(
        /^network.serviceAddresses: "?10.0.42.200-10.0.42.219"? becomes "?10.0.42.210-10.0.42.219"? at a site that runs: Services whose address/,
      ),
    ]);
    expect(cautions(RANGE, undefined)).toEqual([
      expect.stringMatching(/^network.serviceAddresses: "?10.0.42.200-10.0.42.219"? is left out at a site that runs/),
    ]);
  });
});
