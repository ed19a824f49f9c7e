import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSite, readSite } from "../../site/description/parse";
import { aloneMonths, MONTH_HOURS, MOST_SUCCESSORS, succession } from "../../site/description/succession";
import { aloneUntil, type Lasting, noticeHours, succeededBy } from "../../site/life/alone";
import { authoritiesOf } from "../../site/pki/authorities";
import { certificatesOn, keepersOf, keptBy, succeeded } from "../../site/pki/successors";
import { planSite } from "../../site/plan/plan";
import { secretsIn } from "../../site/render/content";
import { machineFiles } from "../../site/render/files";
import { successorContent } from "../../site/render/successorContent";
import { site, threeHosts } from "../support/sites";

const pkiOf = (pki: object) => parseSite({ ...site(threeHosts), pki }).pki;
const planned = (pki: object = {}) => planSite(parseSite({ ...site(threeHosts), pki }));
const plan = planned();

const lifetimes = fc
  .record({
    certificateHours: fc.integer({ min: 24, max: 397 * 24 }),
    part: fc.double({ min: 0.01, max: 1, noNaN: true }),
    months: fc.integer({ min: 0, max: 60 }),
  })
  .map(({ certificateHours, part, months }) => ({
    certificateHours,
    earlyRenewalHours: Math.max(1, Math.floor(certificateHours * part)),
    aloneMonths: months,
  }));

describe("the succession of certificates", () => {
  test("two generations follow a year's certificates for two years alone", () => {
    expect(succession(pkiOf({}))).toEqual({ validityHours: [16425, 24090], leadHours: 2190 });
    expect(succession(pkiOf({ aloneMonths: 3 })).validityHours).toEqual([]);
    expect(succession(pkiOf({ aloneMonths: 0 })).validityHours).toEqual([]);
  });

  test("left out, it is as long as twelve generations last, two years at most", () => {
    expect(aloneMonths(pkiOf({ certificateHours: 720, earlyRenewalHours: 400 }))).toBe(12);
    expect(aloneMonths(pkiOf({ certificateHours: 1, earlyRenewalHours: 1 }))).toBe(0);
    const read = readSite({ ...site(threeHosts), pki: { certificateHours: 720, aloneMonths: 24 } });
    expect("problems" in read && read.problems.map(({ path, fact }) => `${path}: ${fact}`)).toEqual([
      "pki.earlyRenewalHours: 2190 is more than certificates last (720)",
      "pki.aloneMonths: 24 months need 22 generations of certificates of 720 h, and 12 are kept at most",
    ]);
  });

  test("an `up` that renews nothing leaves as many months, and no key is in use for longer than a certificate", () => {
    fc.assert(
      fc.property(lifetimes, (pki) => {
        const { validityHours, leadHours } = succession(pki as never);
        fc.pre(validityHours.length <= MOST_SUCCESSORS);
        const ends = [pki.certificateHours, ...validityHours];
        // The last moment at which `up` finds nothing to renew.
        const latest = pki.certificateHours - pki.earlyRenewalHours;
        expect((ends.at(-1) as number) - latest).toBeGreaterThanOrEqual(
          validityHours.length === 0 ? 0 : pki.aloneMonths * MONTH_HOURS,
        );
        for (const [i, end] of validityHours.entries()) {
          const [before, own] = [(ends[i] as number) - leadHours, end - leadHours];
          expect(own - before).toBeLessThanOrEqual(pki.certificateHours);
          expect(own).toBeGreaterThan(before);
        }
      }),
    );
  });

  test("an `up` is asked for 90 days before the end, and never on the day of one", () => {
    expect(noticeHours(pkiOf({}))).toBe(90 * 24);
    expect(noticeHours(pkiOf({ aloneMonths: 3 }))).toBe(90 * 24);
    expect(noticeHours(pkiOf({ aloneMonths: 0 }))).toBe(90 * 24);
    expect(noticeHours(pkiOf({ certificateHours: 720, earlyRenewalHours: 720, aloneMonths: 0 }))).toBe(360);
    fc.assert(
      fc.property(lifetimes, (pki) => {
        const { validityHours } = succession(pki as never);
        fc.pre(validityHours.length <= MOST_SUCCESSORS);
        const end = [pki.certificateHours, ...validityHours].at(-1) as number;
        // An `up` that finds nothing to renew comes a moment before; one that does leaves all of it.
        const left = Math.min(end, end - (pki.certificateHours - pki.earlyRenewalHours));
        expect(left).toBeGreaterThan(noticeHours(pki as never));
      }),
    );
  });

  test("an authority outlives what it signs ahead", () => {
    expect(authoritiesOf(plan).map(({ earlyRenewalHours }) => earlyRenewalHours)).toEqual([17520, 17520, 17520]);
    for (const { earlyRenewalHours } of authoritiesOf(planned({ aloneMonths: 60 })))
      expect(earlyRenewalHours).toBe(60 * MONTH_HOURS);
  });
});

describe("what lies where", () => {
  test("every machine with a certificate has successors; a load balancer has none", () => {
    const roles = new Set(succeeded(plan).map(({ role }) => role));
    expect(roles).toEqual(new Set(["etcd", "control-plane", "worker"]));
  });

  test("keepers are on other hosts, and what opens a machine's own successors is never on it", () => {
    for (const machine of succeeded(plan)) {
      const keepers = keepersOf(plan, machine);
      expect(keepers).toHaveLength(3);
      expect(keepers[0]?.host).not.toBe(machine.host);
      expect(new Set(keepers.slice(0, 2).map(({ host }) => host)).size).toBe(2);
      for (const file of machineFiles(plan, machine))
        for (const ref of secretsIn(file.content)) expect(ref).not.toMatch(`^successor-key/${machine.name}/`);
      for (const keeper of keepers) expect(keptBy(plan, keeper).map(({ name }) => name)).toContain(machine.name);
    }
  });

  test("all files with a certificate or its key are sealed, and nothing else", () => {
    for (const machine of succeeded(plan)) {
      const { files } = successorContent(plan, machine);
      const held = new Set(certificatesOn(plan, machine).flatMap(({ id }) => [`certificate/${id}`, `key/${id}`]));
      const wanted = machineFiles(plan, machine).filter(
        ({ units, content }) =>
          !units.includes("kubeadm-init") && secretsIn(content).some((ref) => held.has(ref as string)),
      );
      expect(files.map(({ path }) => path)).toEqual(wanted.map(({ path }) => path));
      expect(files.length).toBeGreaterThan(2);
    }
  });

  test("control planes renew what lies in the cluster", () => {
    const of = (role: string) =>
      plan.machines
        .filter((machine) => machine.role === role)
        .map((machine) => successorContent(plan, machine).cluster);
    for (const cluster of of("control-plane")) expect(cluster.map(({ name }) => name)).toEqual(["metrics-server-tls"]);
    for (const cluster of [...of("worker"), ...of("etcd")]) expect(cluster).toEqual([]);
  });

  test("without a life alone none of it is there", () => {
    const none = planned({ aloneMonths: 0 });
    const paths = none.machines.flatMap((machine) => machineFiles(none, machine)).map(({ path }) => path);
    expect(paths.filter((path) => /successor|keeper/.test(path))).toEqual([]);
  });
});

describe("until when a site lives alone", () => {
  const record = (id: string, expires: string, machines: string[], where = machines[0] ?? "cluster"): Lasting => ({
    id,
    expires,
    machines,
    places: [{ where }],
  });
  const generation = (ends: string) => ({ due: ends, ends, identity: "", sealed: "" });
  const successors = {
    machines: {
      a: {
        basis: "",
        issued: "",
        generations: [generation("2028-01-01T00:00:00Z"), generation("2029-01-01T00:00:00Z")],
      },
      b: {
        basis: "",
        issued: "",
        generations: [generation("2027-12-01T00:00:00Z"), generation("2029-02-01T00:00:00Z")],
      },
    },
  };

  test("the first chain that ends, what comes next, and not the operator's kubeconfig", () => {
    const records = succeededBy(
      [
        record("shared", "2027-01-01T00:00:00Z", ["a", "b"]),
        record("metrics-server", "2027-01-01T00:00:00Z", []),
        record("cluster-ca", "2036-01-01T00:00:00Z", [], "a"),
        record("operator", "2027-01-01T00:00:00Z", [], "operator"),
      ],
      successors,
      { ids: ["metrics-server"], by: ["b"] },
    );
    expect(records.map(({ successors }) => successors)).toEqual([
      ["2027-12-01T00:00:00Z", "2029-01-01T00:00:00Z"],
      ["2027-12-01T00:00:00Z", "2029-02-01T00:00:00Z"],
      undefined,
      undefined,
    ]);
    expect(aloneUntil(records)).toEqual({
      until: "2029-01-01T00:00:00Z",
      first: "shared",
      next: { id: "metrics-server", ends: "2029-02-01T00:00:00Z" },
    });
  });

  test("without successors it ends with its certificates", () => {
    expect(aloneUntil([record("one", "2027-01-01T00:00:00Z", ["a"])])?.until).toBe("2027-01-01T00:00:00Z");
    expect(aloneUntil([])).toBeUndefined();
  });
});
