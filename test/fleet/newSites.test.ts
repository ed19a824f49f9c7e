import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { readPool } from "../../fleet/pool/read";
import type { Pool } from "../../fleet/pool/schema";
import { Description } from "../../fleet/site/description";
import { holdingOf } from "../../fleet/site/holding";
import { type MadeSite, newSites, type Wish } from "../../fleet/site/newSites";
import { formatProblem } from "../../site/description/problem";
import { macAddress } from "../../site/plan/macAddress";
import { meetingsIn, planOf } from "./meet";
import { RECIPIENT, store042, twoHosts } from "./sources";

const source = Description.in(store042) as Description;
const wish = (name: string, more: Partial<Wish> = {}): Wish => ({
  name,
  file: `stacks/Pulumi.${name}.yaml`,
  set: [],
  ...more,
});
const known = [holdingOf(planOf(store042), "stacks/Pulumi.store-042.yaml")];
const poolOf = (document: unknown): Pool => {
  const read = readPool(document);
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  return read.pool;
};

function made(wishes: Wish[], pool?: Pool, others = known): MadeSite[] {
  const result = newSites(source, wishes, pool, others);
  if ("problems" in result) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result.sites;
}
function problemsOf(wishes: Wish[], pool?: Pool, others = known): string[] {
  const result = newSites(source, wishes, pool, others);
  return "problems" in result ? result.problems.map(formatProblem) : [];
}
const one = (more: Partial<Wish> = {}) =>
  made([wish("store-043", { network: "10.0.43.0/24", ...more })])[0] as MadeSite;
const missing = (site: MadeSite) => site.missing.map(({ path }) => path);

describe("a site from a site", () => {
  it("differs in what is its own, and in nothing else: comments stay, secrets do not", () => {
    const changed = (from: string[], to: string[]) => from.filter((line) => !to.includes(line));
    const [before, after] = [store042.split("\n"), one().text.split("\n")];
    expect({ gone: changed(before, after), come: changed(after, before) }).toMatchInlineSnapshot(`
      {
        "come": [
          "    name: store-043 # as on the door",
          "      cidr: 10.0.43.0/24",
          "      gateway: 10.0.43.1",
          "      apiVip: 10.0.43.5 # in DNS as api.store-042",
          "      machines: 10.0.43.10-10.0.43.60",
          "      nameservers: [10.0.43.1, 192.0.2.53]",
          "      - {machine: store-043-general-a, host: esx-3, reason: it is beside the printer}",
          "      recipients: []",
          "        - {kind: sftp, host: backup.example, user: backup, path: backups/store-043, hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIGbZjCQnzyG0UvmmTPXjUwNNfvxfWyJfnOEMj2kFT8e}",
        ],
        "gone": [
          "encryptionsalt: v1:c2FsdA==:v1:bm9uY2U=:Y2lwaGVy",
          "  groundwork:backupSftpKey:",
          "    secure: v1:bm9uY2U=:Y2lwaGVyIG9mIGEga2V5",
          "    name: store-042 # as on the door",
          "      cidr: 10.0.42.0/24",
          "      gateway: 10.0.42.1",
          "      apiVip: 10.0.42.5 # in DNS as api.store-042",
          "      machines: 10.0.42.10-10.0.42.60",
          "      nameservers: [10.0.42.1, 192.0.2.53]",
          "      - {machine: store-042-general-a, host: esx-3, reason: it is beside the printer}",
          "      recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]",
          "        - {kind: sftp, host: backup.example, user: backup, path: backups/store-042, hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIGbZjCQnzyG0UvmmTPXjUwNNfvxfWyJfnOEMj2kFT8e}",
          "        - {kind: s3, endpoint: "https://s3.example", bucket: all-stores}",
        ],
      }
    `);
  });

  it("names what is missing, each with what to do", () => {
    expect(one().missing.map(formatProblem)).toMatchInlineSnapshot(`
      [
        "config.groundwork:backupSftpKey: it is a secret of the source, which is not copied; run \`pulumi config set --stack store-043 --secret backupSftpKey < FILE\`",
        "hosts: they are those of store-042; read its own with \`groundwork discover\`, and pass --hosts FILE or --discover",
        "backup.recipients: those of store-042 are not copied; make a key with age-keygen, keep it apart from the site, and write its public half there: age1…",
        "backup.targets[1]: it is where store-042 puts its backups, so it is not copied; name a folder or bucket of the site's own, or pass --set",
      ]
    `);
  });

  it("lacks nothing once hardware, recipients and targets are named", () => {
    const site = one({
      hardware: parseDocument(twoHosts),
      set: [
        ["backup.recipients", [RECIPIENT]],
        ["backup.targets[1].bucket", "store-043"],
        ["workers[0].count", 3],
      ],
    });
    expect(missing(site)).toEqual(["config.groundwork:backupSftpKey"]);
    const { hosts, overrides, backup, workers } = parse(site.text).config["groundwork:site"];
    expect(hosts.map(({ name }: { name: string }) => name)).toEqual(["box-1", "box-2"]);
    expect(overrides).toEqual([]);
    expect(backup).toMatchObject({
      recipients: [RECIPIENT],
      targets: [{ path: "backups/store-043" }, { bucket: "store-043" }],
    });
    expect(workers).toMatchObject([{ count: 3 }]);
    expect(site.text).toContain("# box-1-a (datastore-11) -> VMFS");
    expect(site.notes).toMatchInlineSnapshot(`
      [
        "network: 10.0.43.0/24, machines 10.0.43.10-10.0.43.60",
        "overrides[0]: left out, there is no host esx-3",
        "hardware: 1 host of 32 CPUs, 256 GiB, 2 devices (nvme) and 1 host of 32 CPUs, 256 GiB, 1 device (nvme); store-042 has 3 hosts of 16 CPUs, 128 GiB, 2 devices (ssd)",
        "planned afresh: 3 etcd members on 2 hosts and 3 devices, 2 control planes, 2 load balancers, 3 workers; store-042 has 3 etcd members on 3 hosts and 3 devices, 2 control planes, 2 load balancers, 2 workers",
      ]
    `);
  });

  it("copies no secret from anywhere in the file", () => {
    const text = store042
      .replace(
        "encryptionsalt:",
        "secretsprovider: awskms://alias/stores?region=eu\nencryptedkey: a2V5\nencryptionsalt:",
      )
      .replace(
        "groundwork:vsphereUser:",
        "groundwork:list:\n    - a\n    - {secure: v1:eA==}\n    - b: {c: {secure: v1:eQ==}}\n  groundwork:vsphereUser:",
      );
    const result = newSites(
      Description.in(text) as Description,
      [wish("store-043", { network: "10.0.43.0/24" })],
      undefined,
      known,
    );
    const [site] = "sites" in result ? result.sites : [];
    expect(site?.text).not.toMatch(/secure|v1:|salt|a2V5|awskms/);
    expect(site?.missing.map(({ fix }) => fix).filter((fix) => fix.includes("--secret"))).toEqual([
      "run `pulumi config set --stack store-043 --secret backupSftpKey < FILE`",
      "run `pulumi config set --stack store-043 --secret --path 'groundwork:list[1]' < FILE`",
      "run `pulumi config set --stack store-043 --secret --path 'groundwork:list[2].b.c' < FILE`",
    ]);
    expect(site?.notes.join()).toContain("pulumi stack init store-043 --secrets-provider awskms://alias/stores");
  });

  it("renames only the source: store-0421 is another site, and so is mystore-042", () => {
    const text = store042.replace(
      "path: backups/store-042",
      "path: backups/store-042/store-0421/mystore-042/a-store-042",
    );
    const result = newSites(
      Description.in(text) as Description,
      [wish("x", { network: "10.0.43.0/24" })],
      undefined,
      known,
    );
    expect("sites" in result && result.sites[0]?.text).toContain("path: backups/x/store-0421/mystore-042/a-x,");
  });

  it("changes an alias in one place only", () => {
    const text = store042
      .replace("gateway: 10.0.42.1", "gateway: &router 10.0.42.1")
      .replace("nameservers: [10.0.42.1, 192.0.2.53]", "nameservers: [*router]\n      ntp: [*router]");
    const result = newSites(
      Description.in(text) as Description,
      [wish("x", { network: "10.0.43.0/24" })],
      undefined,
      known,
    );
    expect("sites" in result && parse(result.sites[0]?.text ?? "").config["groundwork:site"].network).toMatchObject({
      gateway: "10.0.43.1",
      nameservers: ["10.0.43.1"],
      ntp: ["10.0.43.1"],
    });
  });
});

describe("no two sites meet:", () => {
  it("a pool gives each what nobody has, and remembers it", () => {
    const pool = poolOf({
      networks: [{ kind: "block", cidr: "10.0.40.0/21", prefixLength: 24, except: ["10.0.40.9"] }],
    });
    const sites = made(
      ["a", "b", "c"].map((name) => wish(name)),
      pool,
    );
    expect(sites.map(({ given }) => given.cidr)).toEqual(["10.0.41.0/24", "10.0.43.0/24", "10.0.44.0/24"]);
    const again = poolOf({ ...pool, given: { b: { cidr: "10.0.43.0/24" }, gone: { cidr: "10.0.41.0/24" } } });
    expect(
      made(
        ["a", "b"].map((name) => wish(name)),
        again,
      ).map(({ given }) => given.cidr),
    ).toEqual(["10.0.44.0/24", "10.0.43.0/24"]);
  });

  it("in a segment each has its own addresses, virtual address and VRRP id", () => {
    const pool = poolOf({ networks: [{ kind: "segment", cidr: "10.9.0.0/22", gateway: "10.9.0.1", addresses: 64 }] });
    const sites = made(
      Array.from({ length: 14 }, (_, i) => wish(`s-${i}`)),
      pool,
    );
    expect(sites[0]?.given).toEqual({
      cidr: "10.9.0.0/22",
      gateway: "10.9.0.1",
      apiVip: "10.9.0.64",
      machines: "10.9.0.65-10.9.0.127",
    });
    expect(meetingsIn([store042, ...sites.map(({ text }) => text)])).toEqual([]);
    expect(
      problemsOf(
        Array.from({ length: 15 }, (_, i) => wish(`s-${i}`)),
        pool,
      ),
    ).toEqual([
      "stacks/Pulumi.s-14.yaml network.cidr: the pool is exhausted: no network of it is left for s-14; add a block to the pool's networks, or pass --network",
    ]);
  });

  it("not by their MAC addresses either: a seed tells them apart", () => {
    const [first] = made([wish("store-043", { network: "10.0.43.0/24" })]);
    const mac = macAddress(planOf(first?.text ?? ""), { name: "store-043-etcd-a" });
    const other = { ...(known[0] as (typeof known)[0]), macs: [mac] };
    const [site] = made([wish("store-043", { network: "10.0.43.0/24" })], undefined, [other]);
    expect(site?.given.macSeed).toBe("store-043/2");
    expect(parse(site?.text ?? "").config["groundwork:site"].hypervisor.macSeed).toBe("store-043/2");
    const plan = planOf(site?.text ?? "");
    expect(plan.machines.map((machine) => macAddress(plan, machine))).not.toContain(mac);
  });

  it("whatever the pool and the number of sites", () => {
    const network = fc.oneof(
      fc
        .record({
          kind: fc.constant("block"),
          second: fc.integer({ min: 0, max: 2 }),
          prefixLength: fc.constantFrom(24, 25, 26),
        })
        .map(({ second, prefixLength }) => ({ kind: "block", cidr: `10.${second}.0.0/21`, prefixLength })),
      fc
        .record({
          third: fc.integer({ min: 0, max: 9 }),
          addresses: fc.constantFrom(32, 64, 128),
          serviceAddresses: fc.constantFrom(undefined, 4, 8),
        })
        .map(({ third, addresses, serviceAddresses }) => ({
          kind: "segment",
          cidr: `10.9.${third * 4}.0/22`,
          gateway: `10.9.${third * 4 + 1}.3`,
          addresses,
          ...(serviceAddresses !== undefined && { serviceAddresses }),
        })),
    );
    const networks = fc.uniqueArray(network, { minLength: 1, maxLength: 3, selector: ({ cidr }) => cidr });
    fc.assert(
      fc.property(networks, fc.integer({ min: 1, max: 8 }), fc.nat(3), (networks, count, named) => {
        const pool = poolOf({ networks });
        const wishes = Array.from({ length: count }, (_, i) =>
          wish(
            `s-${i}`,
            i < named ? { network: `10.1.${i}.0/24`, set: [["network.machines", `10.1.${i}.10-10.1.${i}.40`]] } : {},
          ),
        ).reverse();
        const result = newSites(source, wishes, pool, known);
        if ("problems" in result) {
          expect(result.problems.every(({ fact }) => /exhausted|has no place/.test(fact))).toBe(true);
          return;
        }
        expect(meetingsIn([store042, ...result.sites.map(({ text }) => text)])).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  it.each([
    [
      { network: "10.0.42.0/24" },
      /network.machines: some of these addresses are store-042's(.|\n)*apiVip: 10.0.42.5 is the API's virtual address/,
    ],
    [{ network: "10.0.0.0/16" }, /network.cidr: 10.0.0.0\/16 overlaps 10.0.42.0\/24 of store-042/],
    [{ network: "10.0.43.0/28" }, /network.machines: 10.0.42.10-10.0.42.60 has no place in 10.0.43.0\/28/],
    [{}, /network.cidr: no network is named, and there is no pool/],
    [{ network: "10.0.43.0/24", set: [["nonsense", 1]] }, /nonsense: no such setting/],
    [
      { network: "10.0.43.0/24", set: [["workers[7].count", 1]] },
      /--set workers\[7\].count: there is nothing to set it in/,
    ],
    [{ network: "10.0.43.0/24", set: [["a..b", 1]] }, /--set a..b: it is no path/],
    [{ network: "10.0.43.0/24", hardware: parseDocument("hosts: []") }, /hosts: /],
  ] as [Partial<Wish>, RegExp][])("%j is refused", (more, expected) => {
    expect(problemsOf([wish("store-043", more)]).join("\n")).toMatch(expected);
  });

  describe("with a range for Services", () => {
    const text = store042.replace(/( +)machines: .*/, "$&\n$1serviceAddresses: 10.0.42.200-10.0.42.219 # the tills'");
    const original = Description.in(text) as Description;
    const others = [holdingOf(planOf(text), "stacks/Pulumi.store-042.yaml")];
    const segment = { kind: "segment", cidr: "10.9.0.0/22", gateway: "10.9.0.1", addresses: 32 };
    const rangesOf = (wishes: Wish[], networks: object[]) => {
      const result = newSites(original, wishes, poolOf({ networks }), others);
      if ("problems" in result) return result.problems.map(formatProblem);
      return result.sites.map((site) => {
        const { machines, serviceAddresses } = planOf(site.text).spec.network;
        return `${machines} ${serviceAddresses}`;
      });
    };

    it("has it at the same place of a network of its own, or the last addresses of its part of a shared one", () => {
      expect(rangesOf([wish("a"), wish("b")], [{ kind: "block", cidr: "10.4.0.0/16", prefixLength: 24 }])).toEqual([
        "10.4.0.10-10.4.0.60 10.4.0.200-10.4.0.219",
        "10.4.1.10-10.4.1.60 10.4.1.200-10.4.1.219",
      ]);
      expect(rangesOf([wish("a"), wish("b")], [{ ...segment, serviceAddresses: 8 }])).toEqual([
        "10.9.0.33-10.9.0.55 10.9.0.56-10.9.0.63",
        "10.9.0.65-10.9.0.87 10.9.0.88-10.9.0.95",
      ]);
    });

    it("is refused in a shared network whose parts have none for it", () => {
      expect(rangesOf([wish("a")], [segment]).join("\n")).toMatch(
        /network.serviceAddresses: the pool keeps no addresses of 10.9.0.0\/22 for Services, and 10.0.42.200-10.0.42.219 may be/,
      );
    });

    it("is no other site's, nor another's machines'", () => {
      const to = { network: "10.0.42.0/24" };
      const set = (machines: string, services: string): Wish["set"] => [
        ["network.machines", machines],
        ["network.serviceAddresses", services],
        ["network.apiVip", "10.0.42.7"],
      ];
      const problems = (machines: string, services: string) =>
        rangesOf([wish("store-043", { ...to, set: set(machines, services) })], [segment]);
      expect(problems("10.0.42.100-10.0.42.140", "10.0.42.150-10.0.42.160")).toEqual([
        "10.0.42.100-10.0.42.140 10.0.42.150-10.0.42.160",
      ]);
      expect(problems("10.0.42.100-10.0.42.140", "10.0.42.210-10.0.42.230")).toEqual([
        expect.stringContaining("network.serviceAddresses: some of these addresses are store-042's"),
      ]);
      expect(problems("10.0.42.190-10.0.42.230", "10.0.42.150-10.0.42.160")).toEqual([
        expect.stringContaining("network.machines: some of these addresses are store-042's"),
      ]);
    });
  });

  it("tells of every site at once", () => {
    expect(problemsOf([wish("a"), wish("b", { network: "10.0.42.0/23" })]).map((line) => line.split(":")[0])).toEqual([
      "stacks/Pulumi.a.yaml network.cidr",
      "stacks/Pulumi.b.yaml network.cidr",
    ]);
  });
});

describe("a pool file", () => {
  it.each([
    [{ networks: [{ kind: "blok", cidr: "10.0.0.0/16" }] }, "networks[0].kind"],
    [{ networks: [{ kind: "block", cidr: "10.0.0.0/24", prefixLength: 16 }] }, "a /16 is larger than 10.0.0.0/24"],
    [
      {
        networks: [
          { kind: "block", cidr: "10.0.0.0/16", prefixLength: 24 },
          { kind: "block", cidr: "10.0.9.0/24", prefixLength: 25 },
        ],
      },
      "networks[1].cidr: 10.0.9.0/24 overlaps networks[0].cidr 10.0.0.0/16",
    ],
    [
      { networks: [{ kind: "segment", cidr: "10.0.0.0/24", gateway: "10.1.0.1", addresses: 60 }] },
      "use a power of two",
    ],
    [
      { networks: [{ kind: "segment", cidr: "10.0.0.0/24", gateway: "10.1.0.1", addresses: 64 }] },
      "10.1.0.1 is outside",
    ],
    [
      {
        networks: [{ kind: "segment", cidr: "10.0.0.0/24", gateway: "10.0.0.1", addresses: 16, serviceAddresses: 14 }],
      },
      "networks[0].serviceAddresses: 14 of 16 addresses for Services leave too few for machines; use fewer",
    ],
    [{ networks: [{ kind: "block", cidr: "10.0.0.0/16", prefixlength: 24 }] }, "did you mean prefixLength?"],
    [{ networks: [], given: {} }, "networks"],
    [null, "null is not an object"],
  ])("%j is refused", (document, expected) => {
    const read = readPool(document);
    expect("problems" in read ? read.problems.map(formatProblem).join("\n") : "").toContain(expected);
  });
});
