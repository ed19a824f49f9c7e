import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSite, readSite } from "../../site/description/parse";
import {
  generationsOf,
  impossibleRotations,
  ROTATED,
  type Rotated,
  type RotationStep,
  type Rotations,
} from "../../site/description/rotation";
import { PHASES } from "../../site/description/schema/pki";
import { authoritiesOf } from "../../site/pki/authorities";
import { certificatesOf } from "../../site/pki/certificates";
import { keysOf } from "../../site/pki/keys";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { secretsIn } from "../../site/render/content";
import { machineFiles } from "../../site/render/files";
import { rotationScript } from "../../site/render/rotation";
import { site, threeHosts } from "../support/sites";

const all = Object.keys(ROTATED) as Rotated[];
const everything = (step: RotationStep): Rotations => Object.fromEntries(all.map((id) => [id, step])) as Rotations;
const first: RotationStep = { generation: 1, phase: "drop" };
const planned = (pki: unknown): SitePlan => planSite(parseSite({ ...site(threeHosts), pki }));
const rotated = (step: RotationStep) => {
  const { networkStore: _, ...rotation } = everything(step);
  return planned({ rotation });
};
const controlPlane = (plan: SitePlan) =>
  plan.machines.find((machine) => machine.role === "control-plane") as SitePlan["machines"][number];
const contentOf = (plan: SitePlan, path: string) =>
  machineFiles(plan, controlPlane(plan)).find((file) => file.path === path)?.content ?? [];

describe("generations", () => {
  test("two are trusted until the old one is dropped; the one that signs comes first", () => {
    expect(PHASES.map((phase) => generationsOf({ generation: 3, phase }))).toEqual([
      { signing: 2, trusted: [2, 3] },
      { signing: 3, trusted: [3, 2] },
      { signing: 3, trusted: [3] },
    ]);
  });

  test("a site that never rotated anything has the names it always had", () => {
    const plan = planned(undefined);
    expect(authoritiesOf(plan).map(({ name, commonName }) => `${name} ${commonName}`)).toEqual([
      "cluster-ca kubernetes-ca",
      "etcd-ca etcd-ca",
      "front-proxy-ca front-proxy-ca",
    ]);
    expect(keysOf(plan).map(({ id }) => id)).toEqual(expect.arrayContaining(["service-account", "encryption"]));
    expect(rotationScript(plan)).toBeUndefined();
    expect(machineFiles(plan, controlPlane(plan))).toEqual(machineFiles(rotated(first), controlPlane(plan)));
  });

  test.each([
    ["trust", ["service-account", "service-account-2"], "service-account"],
    ["reissue", ["service-account-2", "service-account"], "service-account-2"],
    ["drop", ["service-account-2"], "service-account-2"],
  ] as const)("service account keys at %s: all are accepted, one signs", (phase, accepted, signing) => {
    const plan = rotated({ generation: 2, phase });
    expect(secretsIn(contentOf(plan, "/etc/kubernetes/pki/sa.pub"))).toEqual(accepted.map((id) => `public-key/${id}`));
    expect(secretsIn(contentOf(plan, "/etc/kubernetes/pki/sa.key"))).toEqual([`key/${signing}`]);
  });

  test.each([
    ["trust", ["encryption", "encryption-2"]],
    ["reissue", ["encryption-2", "encryption"]],
    ["drop", ["encryption-2"]],
  ] as const)("encryption keys at %s: the first one encrypts", (phase, keys) => {
    const content = contentOf(rotated({ generation: 2, phase }), "/etc/kubernetes/apiserver/encryption.yaml");
    expect(secretsIn(content)).toEqual(keys.map((id) => `encryption-key/${id}`));
  });
});

describe("what an up may go on to (S3)", () => {
  const problems = (wanted: RotationStep, applied: RotationStep) =>
    impossibleRotations({ ...everything(first), etcd: wanted }, { ...everything(first), etcd: applied });
  const step = (generation: number, phase: RotationStep["phase"]): RotationStep => ({ generation, phase });

  test("the next phase, or where it stands", () => {
    const way = [first, ...[2, 3].flatMap((generation) => PHASES.map((phase) => step(generation, phase)))];
    way.forEach((applied, i) => {
      expect(problems(applied, applied)).toEqual([]);
      const next = way[i + 1];
      if (next) expect(problems(next, applied)).toEqual([]);
      for (const skipped of way.slice(i + 2)) {
        const [problem] = problems(skipped, applied);
        expect(problem?.fix, `${i}`).toBe(`set {generation: ${next?.generation}, phase: ${next?.phase}}`);
      }
    });
  });

  test("the way back from trust, and from nothing else", () => {
    expect(problems(first, step(2, "trust"))).toEqual([]);
    expect(problems(step(2, "trust"), step(2, "reissue"))).toEqual([
      {
        path: "pki.rotation.etcd",
        fact: "etcd's authority stands at generation 2, phase reissue; generation 2, phase trust is behind it, and what the later one signed would be trusted by nobody",
        fix: "set {generation: 2, phase: reissue}",
      },
    ]);
    expect(problems(step(2, "reissue"), step(2, "drop"))).toHaveLength(1);
    expect(problems(first, step(2, "drop"))).toHaveLength(1);
  });

  test("a skipped phase says what would happen", () => {
    expect(problems(step(2, "reissue"), first)[0]?.fact).toBe(
      "etcd's authority stands at generation 1, phase drop; generation 2, phase reissue would skip a phase, and machines would not trust each other",
    );
  });

  test("any way through allowed steps never meets a generation that is signed by and not trusted on both sides", () => {
    const steps = fc.record({ generation: fc.integer({ min: 1, max: 5 }), phase: fc.constantFrom(...PHASES) });
    fc.assert(
      fc.property(steps, steps, (a, b) => {
        fc.pre(a.generation > 1 || a.phase === "drop");
        fc.pre(b.generation > 1 || b.phase === "drop");
        if (problems(b, a).length > 0) return;
        const [before, after] = [generationsOf(a), generationsOf(b)];
        expect(after.trusted).toContain(before.signing);
        expect(before.trusted).toContain(after.signing);
      }),
    );
  });
});

describe("a description's mistakes", () => {
  const told = (pki: unknown) => {
    const result = readSite({ ...site(threeHosts), pki });
    return "problems" in result ? result.problems.map(({ path, fact }) => `${path}: ${fact}`) : [];
  };

  test("all of them are told", () => {
    expect(told({ certificateHours: 100, earlyRenewalHours: 101 })).toEqual([
      "pki.earlyRenewalHours: 101 is more than certificates last (100)",
    ]);
    expect(told({ rotation: { cluster: { phase: "trust" } } })).toEqual([
      "pki.rotation.cluster.phase: trust is a step from one generation to the next, and 1 is the first",
    ]);
    expect(told({ rotation: { networkStore: { generation: 2 } } })).toEqual([
      "pki.rotation.networkStore: the site has no store for a network add-on",
    ]);
    expect(told({ rotation: { cluster: { generation: 2, phase: "now" } } })).toEqual([
      'pki.rotation.cluster.phase: "now" is not possible',
    ]);
  });

  test("lifetimes are those of every certificate", () => {
    const lives = certificatesOf(planned({ certificateHours: 720, earlyRenewalHours: 400 })).map(
      ({ validityHours, earlyRenewalHours }) => `${validityHours} ${earlyRenewalHours}`,
    );
    expect([...new Set(lives)]).toEqual(["720 400"]);
  });
});

describe("what the cluster does in a phase", () => {
  test.each(PHASES)("%s", (phase) => {
    const script = rotationScript(rotated({ generation: 2, phase })) ?? "";
    expect(
      script
        .split("\n")
        .filter((line) => /^[A-Z_]+=/.test(line))
        .slice(0, 5),
    ).toMatchSnapshot();
  });
});
