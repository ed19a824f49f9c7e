import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { printReport } from "../../cli/plan/print";
import { impossibleKms, type Kms } from "../../site/description/kms";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { assess } from "../../site/judge/assessment";
import { appliedOf } from "../../site/life/applied";
import { changeOfStanding } from "../../site/life/changes/standing";
import { unfit } from "../../site/life/restore";
import type { SitePlan } from "../../site/plan/model";
import { machineFiles } from "../../site/render/machine";
import { rotationScript } from "../../site/render/rotation";
import { planned } from "../support/planning";
import { site, threeHosts } from "../support/sites";

type Described = NonNullable<SiteInput["kubernetes"]["secretsEncryption"]>["kms"];
const kms = { name: "vault", socket: "/run/kms/vault.sock" };
const withKms = (described?: Described, more: Partial<SiteInput> = {}) =>
  planned(
    site(threeHosts, {
      ...more,
      kubernetes: { version: "1.37.2", ...(described && { secretsEncryption: { kms: described } }) },
    }),
  ).plan;
const textOf = (plan: SitePlan, role: string, path: string) => {
  const machine = plan.machines.find((one) => one.role === role);
  if (machine === undefined) throw new Error(`no ${role}`);
  const content = machineFiles(plan, machine).find((file) => file.path === path)?.content ?? [];
  return content.map((part) => (typeof part === "string" ? part : `<${part.secret}>`)).join("");
};
const [none, reads, writes] = [withKms(), withKms({ ...kms, phase: "read" }), withKms(kms)];

describe("a site whose secrets a KMS encrypts (S6)", () => {
  test.each([
    [none, ["secretbox", "identity"]],
    [reads, ["secretbox", "kms", "identity"]],
    [writes, ["kms", "secretbox", "identity"]],
  ])("has the plugin behind its own keys, then before them", (plan, order) => {
    const file = parse(textOf(plan, "control-plane", "/etc/kubernetes/apiserver/encryption.yaml"));
    const { resources, providers } = file.resources[0];
    expect(resources).toEqual(["secrets"]);
    expect(providers.flatMap(Object.keys)).toEqual(order);
    const [provider] = providers.flatMap((one: { kms?: object }) => one.kms ?? []);
    if (order.includes("kms"))
      expect(provider).toEqual({
        apiVersion: "v2",
        name: "vault",
        endpoint: "unix:///run/kms/vault.sock",
        timeout: "3s",
      });
  });

  test("has the socket's folder in its API servers, and is as it was without one", () => {
    const volumes = (plan: SitePlan) =>
      parseAllDocuments(textOf(plan, "control-plane", "/etc/kubernetes/kubeadm.yaml"))
        .map((document) => document.toJS())
        .find(({ kind }) => kind === "ClusterConfiguration").apiServer.extraVolumes;
    expect(volumes(writes).at(-1)).toEqual({
      name: "kms",
      hostPath: "/run/kms",
      mountPath: "/run/kms",
      readOnly: true,
      pathType: "DirectoryOrCreate",
    });
    expect(volumes(none)).toHaveLength(2);
    expect(rotationScript(none)).toBeUndefined();
  });

  test("has its secrets written again by what comes first, whatever is rotated", () => {
    const by = (plan: SitePlan) => /^ENCRYPTED_BY=(.*)$/m.exec(rotationScript(plan) ?? "")?.[1];
    expect([reads, writes].map(by)).toEqual(["secretbox:v1:encryption", "kms:v2:vault"]);
    const rotated = { pki: { rotation: { encryption: { generation: 2 } } } };
    expect([withKms({ ...kms, phase: "read" }, rotated), withKms(kms, rotated)].map(by)).toEqual([
      "secretbox:v1:encryption-2",
      "kms:v2:vault",
    ]);
  });

  test("sends requests to API servers without their plugin only when none has one", () => {
    const path = "/etc/haproxy/haproxy.cfg";
    const [before, after] = [none, writes].map((plan) => textOf(plan, "load-balancer", path)) as [string, string];
    expect(before).not.toContain("kms");
    expect(after).toContain(
      "use_backend control-planes-without-kms if { nbsrv(control-planes) eq 0 }\n    default_backend",
    );
    expect(after).toContain("uri /readyz?exclude=kms-providers&exclude=informer-sync ver");
    expect(after.match(/server shop-control-plane-a /g)).toHaveLength(2);
  });

  test("is told by the plan what it needs the plugin for", () => {
    const line = (plan: SitePlan) =>
      printReport(assess(plan))
        .split("\n")
        .filter((text) => text.startsWith("Secrets:"));
    expect(line(none)).toEqual([]);
    expect(line(reads)[0]).toContain("they can be read as encrypted by KMS vault;");
    expect(line(writes)[0]).toContain("they are encrypted by KMS vault; while its plugin is away,");
  });

  test.each<[Partial<Described>, string]>([
    [{ name: "Vault" }, "kubernetes.secretsEncryption.kms.name"],
    [{ name: "a:b" }, "kubernetes.secretsEncryption.kms.name"],
    [{ socket: "/run/vault.sock" }, "kubernetes.secretsEncryption.kms.socket"],
    [{ socket: "/etc/kubernetes/pki/vault.sock" }, "kubernetes.secretsEncryption.kms.socket"],
    [{ socket: "/run/../etc/kms/vault.sock" }, "kubernetes.secretsEncryption.kms.socket"],
    [{ socket: "run/kms/vault.sock" }, "kubernetes.secretsEncryption.kms.socket"],
    [{ timeoutSeconds: 0 }, "kubernetes.secretsEncryption.kms.timeoutSeconds"],
  ])("is none with %o", (wrong, path) => {
    const result = readSite({
      ...site(threeHosts),
      kubernetes: { version: "1.37.2", secretsEncryption: { kms: { ...kms, ...wrong } } },
    });
    expect("problems" in result && result.problems.map((problem) => problem.path)).toEqual([path]);
  });
});

describe("the way to a KMS and back (S6)", () => {
  const STEPS = [undefined, "read", "write"] as const;
  const step = (phase: (typeof STEPS)[number], name = "vault") => phase && { name, phase };

  test("is one step an up", () => {
    STEPS.forEach((applied, here) => {
      STEPS.forEach((wanted, goal) => {
        const problems = impossibleKms(step(wanted), step(applied));
        expect(problems, `${applied} to ${wanted}`).toHaveLength(Math.abs(goal - here) > 1 ? 1 : 0);
      });
    });
  });

  /** An API server of a site reads what its own keys wrote, and what the plugin that it knows wrote. */
  test.each(
    STEPS.flatMap((from) => STEPS.flatMap((to) => ["vault", "other"].map((name) => [from, to, name] as const))),
  )(
    "from %s to %s of %s is allowed where both sides read what the other writes, and nothing else",
    (from, to, name) => {
      const writer = (one?: Pick<Kms, "name" | "phase">) => (one?.phase === "write" ? one.name : "own");
      const readers = (one?: Pick<Kms, "name" | "phase">) => ["own", ...(one ? [one.name] : [])];
      const [before, after] = [step(from), step(to, name)];
      const isReadable = readers(after).includes(writer(before)) && readers(before).includes(writer(after));
      expect(impossibleKms(after, before).length === 0).toBe(isReadable);
    },
  );

  test("is judged by what the last up left, with what each step means", () => {
    const told = (plan: SitePlan, before: SitePlan) => {
      const { refused, cautions } = changeOfStanding(plan, appliedOf(before));
      return { refused: refused.map(formatProblem), cautions: cautions.map(formatProblem) };
    };
    expect(told(reads, none)).toEqual({ refused: [], cautions: [] });
    expect(told(writes, none).refused).toEqual([
      "kubernetes.secretsEncryption.kms.phase: no API server of the site reads what vault encrypts, and each would meet what the one before it wrote; set phase: read for one `up`, then write",
    ]);
    expect(told(writes, reads)).toEqual({
      refused: [],
      cautions: [
        'kubernetes.secretsEncryption.kms.phase: "read" becomes "write" at a site that runs: secrets are read by whatever encrypted them, and an API server that starts while the plugin is away reads none; one step an `up`: phase read, phase write, and the same way back; see docs/kms.md',
      ],
    });
    expect(told(none, writes).refused).toEqual([
      "kubernetes.secretsEncryption.kms: vault encrypts the secrets, and no API server would read them without it; keep it with phase: read for one `up`, which writes them again, then leave it out",
    ]);
    expect(told(withKms({ ...kms, name: "other" }), writes).refused).toEqual([
      "kubernetes.secretsEncryption.kms.name: vault encrypts the secrets, and other would read none of them; go back first: name vault, phase read",
    ]);
    expect(told(none, reads).refused).toEqual([]);
    expect(told(withKms({ ...kms, socket: "/run/other/vault.sock", timeoutSeconds: 5 }), writes)).toEqual({
      refused: [],
      cautions: [],
    });
  });

  test("ends at a backup that only the plugin reads", () => {
    const backup = (plan: SitePlan) => ({ kubernetes: "1.37.2", etcd: "3.6.8", spec: plan.spec });
    expect(unfit(backup(writes), none.spec).map(formatProblem)).toEqual([
      "kubernetes.secretsEncryption.kms: KMS vault encrypted the backup's secrets, and the site would not ask it; describe it as the backup has it, and have its plugin answer with the same key on each control plane",
    ]);
    for (const [was, is] of [
      [writes, writes],
      [writes, reads],
      [reads, none],
      [none, writes],
    ] as const)
      expect(unfit(backup(was), is.spec)).toEqual([]);
  });
});
