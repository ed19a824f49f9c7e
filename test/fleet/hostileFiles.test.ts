import { describe, expect, it } from "vitest";
import { readFleet } from "../../fleet/file/read";
import { readPool } from "../../fleet/pool/read";
import { readPolicy } from "../../fleet/rollout/read";
import { formatProblem } from "../../site/description/problem";

const told = (read: object) => ("problems" in read ? (read.problems as never[]).map(formatProblem) : []);

describe("drills that have no place, in a fleet's file", () => {
  const network = {
    ...{ cidr: "10.20.0.0/24", gateway: "10.20.0.1", apiVip: "10.20.0.5", machines: "10.20.0.10-10.20.0.120" },
    nameservers: ["10.20.0.2"],
  };
  const free = { machines: "10.20.0.200-10.20.0.220", apiVip: "10.20.0.6" };
  const watch = (drills: object, more: object = {}) =>
    told(
      readFleet({
        labels: { town: ["fulda"] },
        defaults: { network },
        watch: { drills: { ...free, ...drills }, ...more },
        sites: { a: { labels: { town: "fulda" } } },
      }),
    );

  it("are none where addresses are free and the label is there", () => {
    expect(watch({ notTogether: "town" })).toEqual([]);
  });

  it.each<[object, string]>([
    [{ machines: "somewhere" }, 'watch.drills.machines: "somewhere" is not valid; use first-last'],
    [{ machines: "10.20.0.220-10.20.0.200" }, "watch.drills.machines: 10.20.0.220-10.20.0.200 runs backwards; "],
    [{ machines: "10.99.0.2-10.99.0.9" }, "watch.drills.machines: 10.99.0.2-10.99.0.9 is not in 10.20.0.0/24; "],
    [
      { machines: "10.20.0.100-10.20.0.220" },
      "watch.drills.machines: 10.20.0.100-10.20.0.220 meets defaults.network.machines 10.20.0.10-10.20.0.120; ",
    ],
    [
      { machines: "10.20.0.2-10.20.0.4" },
      "watch.drills.machines: 10.20.0.2-10.20.0.4 meets defaults.network.nameservers[0] 10.20.0.2; ",
    ],
    [{ apiVip: "x" }, 'watch.drills.apiVip: "x" is not valid; use an IPv4 address'],
    [
      { apiVip: "10.20.0.5" },
      "watch.drills.apiVip: 10.20.0.5 meets defaults.network.apiVip 10.20.0.5; name free addresses of 10.20.0.0/24",
    ],
    [
      { apiVip: "10.20.0.201" },
      "watch.drills.apiVip: 10.20.0.201 is inside watch.drills.machines 10.20.0.200-10.20.0.220; ",
    ],
    [{ notTogether: "twon" }, "watch.drills.notTogether: there is no label twon; did you mean town?"],
    [
      { notTogether: "country" },
      "watch.drills.notTogether: there is no label country; correct it, or add it to labels",
    ],
  ])("%j", (drills, line) => {
    expect(watch(drills)).toEqual([expect.stringContaining(line)]);
  });

  it("at one time of day twice", () => {
    expect(watch({}, { looks: ["04:00", "04:00"] })).toEqual([
      expect.stringMatching(/^watch\.looks: .+; name each time once$/),
    ]);
  });
});

describe("a pool that has nothing to give", () => {
  const block = { kind: "block", cidr: "10.20.0.0/18", prefixLength: 24 };
  const segment = { kind: "segment", cidr: "10.9.0.0/22", gateway: "10.9.0.1", addresses: 64 };
  const pool = (network: object) => told(readPool({ networks: [network] }));

  it.each<[object, string]>([
    [{ ...block, cidr: "127.0.0.0/8" }, "networks[0].cidr: 127.0.0.0/8 meets 127.0.0.0/8, which is loopback"],
    [
      { ...segment, cidr: "224.9.0.0/22", gateway: "224.9.0.1" },
      "networks[0].cidr: 224.9.0.0/22 meets 224.0.0.0/4, which is multicast",
    ],
    [{ ...block, except: ["10.20.0.9-10.20.0.1"] }, "networks[0].except[0]: 10.20.0.9-10.20.0.1 runs backwards; "],
    [
      { ...block, except: ["x"] },
      'networks[0].except[0]: "x" is not possible; use an address, first-last, or a network',
    ],
    [
      { ...segment, cidr: "10.9.0.0/27" },
      "networks[0].addresses: 10.9.0.0/27 has 32 addresses, and each site would get 64; ",
    ],
    [
      { ...segment, gateway: "10.9.0.0" },
      "networks[0].gateway: 10.9.0.0 is the network or the broadcast address of 10.9.0.0/22; ",
    ],
    [
      { ...segment, gateway: "10.9.3.255" },
      "networks[0].gateway: 10.9.3.255 is the network or the broadcast address of",
    ],
  ])("%j", (network, line) => {
    expect(pool(network)).toEqual([expect.stringContaining(line)]);
  });

  it("but one that has", () => {
    expect(pool({ ...block, except: ["10.20.0.1-10.20.0.9", "10.20.1.0/24", "10.20.2.7"] })).toEqual([]);
    expect(pool({ ...segment, serviceAddresses: 16 })).toEqual([]);
  });
});

describe("a rollout that cannot go", () => {
  it.each<[object, string]>([
    [{ canaries: "a" }, 'canaries: "a" is not possible; use a number, or a list of sites'],
    [{ waves: [3] }, "waves[0]: 3 is not possible; use {count: 3}, so many sites, or {share: 0.25}, a share of all"],
    [{ waves: [{ count: 1, share: 0.1 }] }, "waves[0]: an object is none of its values; use {count: 3}"],
    [
      { soakMinutes: 43_200 },
      "soakMinutes: nothing begins after 30 days, and the canaries alone are watched for 43200 minutes; ",
    ],
  ])("%j", (policy, line) => {
    expect(told(readPolicy(policy))).toEqual([expect.stringContaining(line)]);
  });

  it.each([{ soakMinutes: 43_199 }, { canaries: ["a", "b"] }, { waves: [{ count: 3 }, { share: 0.25 }] }])(
    "%j goes",
    (policy) => {
      expect(told(readPolicy(policy))).toEqual([]);
    },
  );
});
