import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { planRollout } from "../../fleet/rollout/plan";
import { changedSince, readPolicy, readSignedPlan } from "../../fleet/rollout/read";
import type { RolloutPolicy } from "../../fleet/rollout/schema";
import { refusalOf, signPlan } from "../../fleet/rollout/signature";
import { formatProblem } from "../../site/description/problem";
import { candidate, DAY, digests, planOf, START } from "./plannedRollout";

function readPolicyOf(document: object): RolloutPolicy {
  const read = readPolicy(document);
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  return read.policy;
}

describe("a rollout's plan", () => {
  it("puts canaries first, then waves by count and by share; the smallest sites go before the larger ones", () => {
    const sites = Array.from({ length: 12 }, (_, i) => candidate(`s-${i}`, { machines: 20 - i }));
    const { waves } = planOf(sites, { canaries: 2, waves: [{ count: 3 }, { share: 0.25 }] });
    expect(waves).toEqual([
      ["s-11", "s-10"],
      ["s-9", "s-8", "s-7"],
      ["s-6", "s-5", "s-4"],
      ["s-3", "s-2", "s-1", "s-0"],
    ]);
    expect(planOf(sites, { canaries: ["s-0"], waves: [] }).waves[0]).toEqual(["s-0"]);
  });

  it("leaves out what is not safe, and says why", () => {
    const sites = [
      candidate("a"),
      candidate("b", { verdict: { is: "unsafe", reasons: ["etcd loses its data"] } }),
      candidate("c", { verdict: { is: "unjudged", reasons: ["no state"] } }),
    ];
    expect(planOf(sites).leftOut).toEqual([
      { site: "b", why: "unsafe: etcd loses its data" },
      { site: "c", why: "cannot be judged: no state" },
    ]);
    const none = planRollout(sites.slice(1), readPolicyOf({}), START);
    expect("problems" in none && none.problems.map(formatProblem)).toEqual([
      "sites.b: unsafe: etcd loses its data; mend that, or choose other sites",
      "sites.c: cannot be judged: no state; mend that, or choose other sites",
    ]);
    const many = Array.from({ length: 25 }, (_, i) =>
      candidate(`s-${i}`, { verdict: { is: "unsafe", reasons: ["x"] } }),
    );
    const cut = planRollout(many, readPolicyOf({}), START);
    expect("problems" in cut && cut.problems.slice(20).map(({ fact }) => fact)).toEqual([
      "5 more may not be changed either",
    ]);
    expect(planOf(sites, {}, { withUnjudged: true }).sites.map(({ name }) => name)).toEqual(["a", "c"]);
  });

  it.each([
    [{ canaries: ["x"] }, "canaries[0]: there is no site x among those of the rollout"],
    [{ canaries: ["a", "a"] }, "canaries[1]: a is there twice"],
    [{ canaries: ["b"] }, "canaries[0]: b is unsafe"],
    [{ atOncePer: { town: 1 } }, "atOncePer.town: no site has this label"],
    [{ siteMinutes: 61 }, "sites.a.maintenance: no window is open for the 61 minutes"],
    [{ expiresInDays: 1, siteMinutes: 60 }, "sites.a.maintenance: no window is open"],
    [{ canaries: 0 }, "canaries"],
    [{ waves: [{ share: 1.5 }] }, "waves[0]"],
    [{ atOnse: 2 }, "did you mean atOnce?"],
  ])("%j is refused", (policy, expected) => {
    const windows = [{ days: ["sat" as const], from: "02:00", to: "03:00" }];
    const sites = [
      candidate("a", { maintenance: { windows } }),
      candidate("b", { verdict: { is: "unsafe", reasons: ["x"] } }),
    ];
    const read = readPolicy(policy);
    const planned = "problems" in read ? read : planRollout(sites, read.policy, START);
    expect("problems" in planned ? planned.problems.map(formatProblem).join("\n") : "").toContain(expected);
  });
});

describe("a signed plan", () => {
  const pem = (type: "ed25519" | "x25519") => {
    const { privateKey, publicKey } =
      type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519");
    return [privateKey.export({ type: "pkcs8", format: "pem" }), publicKey.export({ type: "spki", format: "pem" })].map(
      String,
    ) as [string, string];
  };
  const [key, publicKey] = pem("ed25519");
  const plan = planOf([candidate("a"), candidate("b")]);
  const made = signPlan(plan, key);
  const signed = "signed" in made ? made.signed : undefined;

  it("is what was signed, after it was written and read", () => {
    const read = readSignedPlan(JSON.parse(JSON.stringify(signed)));
    expect("signed" in read && refusalOf(read.signed, publicKey, START)).toBeUndefined();
  });

  it.each([
    ["another key", () => refusalOf(signed as never, pem("ed25519")[1], START), "signature"],
    [
      "another plan",
      () =>
        refusalOf(
          { ...(signed as NonNullable<typeof signed>), plan: { ...plan, waves: [["b"], ["a"]] } },
          publicKey,
          START,
        ),
      "signature",
    ],
    ["a later time", () => refusalOf(signed as never, publicKey, START + 31 * DAY), "expires"],
    ["no key", () => refusalOf(signed as never, "x", START), "key"],
    ["a key of another kind", () => refusalOf(signed as never, pem("x25519")[1], START), "key"],
  ])("is refused with %s", (_, refused, path) => {
    expect(refused()?.path).toBe(path);
  });

  it("is refused when it is none, or has a site twice", () => {
    const problems = (document: unknown) => {
      const read = readSignedPlan(document);
      return "problems" in read ? read.problems.map(formatProblem).join("\n") : "";
    };
    expect(problems({ ...signed, plan: { ...plan, waves: [["a"], ["a", "x"]] } })).toMatch(
      /a is there twice(.|\n)*x is none of its sites/,
    );
    expect(problems([])).toContain("is not an object");
  });

  it("is for what was judged and for nothing else", () => {
    expect(changedSince(digests, digests)).toEqual([]);
    expect(changedSince(digests, { ...digests, images: "1".repeat(64) }).map(formatProblem)).toEqual([
      "images: images changed since the rollout was planned; plan the rollout again",
    ]);
  });
});
